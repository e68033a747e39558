import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";

/** Scores of tokens that a row doesn't see. */
const HIDDEN = -1e9;

/** One token of a run: what it is, where it stands, and which cached and new tokens it sees. */
export interface TreeToken {
  readonly id: number;
  readonly position: number;
  /** Indices into the cache, then, from the cache's length on, into this run's tokens; itself included. */
  readonly sees: readonly number[];
}

/** Runs a tree graph with a cache that only grows. */
export class TreeSession {
  readonly #keysAndValues: Float32Array[];
  #length = 0;

  private constructor(
    readonly session: ort.InferenceSession,
    readonly layers: number,
    readonly heads: number,
    readonly kvHeads: number,
    readonly headSize: number,
    readonly pageSize: number,
  ) {
    this.#keysAndValues = Array.from({ length: 2 * layers }, () => new Float32Array(0));
  }

  static async open(directory: string, precision: "exact" | "fast"): Promise<TreeSession> {
    const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
    const session = await ort.InferenceSession.create(join(directory, "onnx", `tree_${precision}.onnx`), {
      intraOpNumThreads: 2,
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    const { num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim } = config;
    const past = session.inputMetadata.find(({ name }) => name === "past.0.key");
    const pageSize = past?.isTensor ? Number(past.shape[3]) : Number.NaN;
    return new TreeSession(
      session,
      num_hidden_layers,
      num_attention_heads,
      num_key_value_heads,
      head_dim,
      pageSize,
    );
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.#length;
  }

  /** Empties the cache. */
  clear(): void {
    this.crop(0);
  }

  /** Forgets all tokens but the first ones. */
  crop(length: number): void {
    this.#length = length;
  }

  /** Appends one text to the cache; logits after each of its tokens. */
  async append(ids: readonly number[]): Promise<Float32Array[]> {
    const start = this.#length;
    const tokens = ids.map((id, i) => ({ id, position: start + i, sees: range(start + i + 1) }));
    return (await this.run(tokens)).logits;
  }

  /**
   * Runs any tree of new tokens and keeps their keys and values.
   * @param together rows of one product of the attention
   */
  async run(
    tokens: readonly TreeToken[],
    rows: readonly number[] = range(tokens.length),
    together = tokens.length,
  ) {
    const past = this.pageSize * Math.max(1, Math.ceil(this.#length / this.pageSize));
    const outputs = await this.session.run({
      input_ids: int64(tokens.map(({ id }) => id)),
      position_ids: int64(
        tokens.map(({ position }) => position),
        [1, tokens.length],
      ),
      bias: this.#bias(tokens, past, together),
      logit_rows: int64(rows),
      ...this.#feeds(past),
    });
    this.#keep(floats(outputs.kv_new), tokens.length);
    return {
      logits: split(floats(outputs.logits), rows.length),
      hidden: split(floats(outputs.hidden), rows.length),
      shapes: Object.fromEntries(Object.entries(outputs).map(([name, { dims }]) => [name, [...dims]])),
    };
  }

  #bias(tokens: readonly TreeToken[], past: number, together: number): ort.Tensor {
    const groups = this.heads / this.kvHeads;
    const width = past + tokens.length;
    const bias = new Float32Array(groups * tokens.length * width).fill(HIDDEN);
    for (let row = 0; row < groups * tokens.length; row++) {
      for (const seen of tokens[row % tokens.length].sees) {
        bias[row * width + (seen < this.#length ? seen : seen - this.#length + past)] = 0;
      }
    }
    return new ort.Tensor("float32", bias, [1, (groups * tokens.length) / together, together, width]);
  }

  #feeds(past: number): Record<string, ort.Tensor> {
    const { kvHeads, headSize, pageSize } = this;
    const shape = [past / pageSize, kvHeads, 1, pageSize, headSize];
    const names = range(this.layers).flatMap((layer) => [`past.${layer}.key`, `past.${layer}.value`]);
    const tensor = (i: number) =>
      new ort.Tensor("float32", this.#grown(i, past).subarray(0, past * kvHeads * headSize), shape);
    return Object.fromEntries(names.map((name, i) => [name, tensor(i)]));
  }

  /** Keys or values with room for `slots` tokens in whole pages. */
  #grown(i: number, slots: number): Float32Array {
    const length = Math.ceil(slots / this.pageSize) * this.pageSize * this.kvHeads * this.headSize;
    const old = this.#keysAndValues[i];
    if (old.length >= length) return old;
    const grown = new Float32Array(length);
    grown.set(old);
    this.#keysAndValues[i] = grown;
    return grown;
  }

  /** Turns [2 * layers * kvHeads, 1, tokens, headSize] into pages of [kvHeads, pageSize, headSize] per key or value. */
  #keep(fresh: Float32Array, count: number): void {
    const { kvHeads, headSize, pageSize } = this;
    for (const i of range(2 * this.layers)) {
      const numbers = this.#grown(i, this.#length + count);
      for (let head = 0; head < kvHeads; head++) {
        for (let token = 0; token < count; token++) {
          const from = ((i * kvHeads + head) * count + token) * headSize;
          const slot = this.#length + token;
          const page = Math.floor(slot / pageSize);
          const row = (page * kvHeads + head) * pageSize + (slot % pageSize);
          numbers.set(fresh.subarray(from, from + headSize), row * headSize);
        }
      }
    }
    this.#length += count;
  }
}

export const range = (length: number) => Array.from({ length }, (_, i) => i);

function int64(values: readonly number[], shape = [values.length]): ort.Tensor {
  return new ort.Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}

function floats(tensor: ort.Tensor): Float32Array {
  if (!(tensor.data instanceof Float32Array)) throw new TypeError(`not float32 but ${tensor.type}`);
  return tensor.data;
}

function split(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return range(rows).map((row) => values.slice(row * width, (row + 1) * width));
}

/** The largest difference between two rows. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers against ${b.length}`);
  return range(a.length).reduce((most, i) => Math.max(most, Math.abs(a[i] - b[i])), 0);
}
