import { dequantize, type GgufFile, readableTensor, readGguf } from "../../../lib/models/gguf/index.js";

/** A row-major matrix. */
type Matrix = { readonly values: Float32Array; readonly columns: number };

/**
 * A llama model computed the plain way, in double precision, from the file's own numbers: no cache, no fused
 * operators, and rotary pairs as neighbours, as llama.cpp lays them out.
 */
export class ReferenceModel {
  private constructor(
    private readonly file: GgufFile,
    private readonly weights: ReadonlyMap<string, Matrix>,
  ) {}

  static async load(bytes: Uint8Array): Promise<ReferenceModel> {
    const file = await readGguf(bytes);
    const weights = new Map<string, Matrix>();
    for (const name of file.tensors.keys()) {
      const tensor = readableTensor(file, name);
      weights.set(name, {
        values: dequantize(tensor.type, await file.read(tensor)),
        columns: tensor.columns,
      });
    }
    return new ReferenceModel(file, weights);
  }

  /** Normalised final states and logits after each token, and what the output layer makes of each layer's input. */
  forward(tokens: readonly number[]): { hidden: number[][]; logits: number[][]; early: number[][][] } {
    const embedding = this.#weight("token_embd.weight");
    const head = this.weights.get("output.weight") ?? embedding;
    let states = tokens.map((token) => row(embedding, token));
    const early: number[][][] = [];
    for (let layer = 0; layer < this.#number("llama.block_count"); layer++) {
      const name = (part: string) => this.#weight(`blk.${layer}.${part}.weight`);
      early.push(states.map((x) => multiply(head, x)));
      const mixed = this.#attention(
        states.map((x) => this.#norm(x, name("attn_norm"))),
        name,
      );
      states = states.map((x, t) => add(x, multiply(name("attn_output"), mixed[t])));
      states = states.map((x) => add(x, feedForward(this.#norm(x, name("ffn_norm")), name)));
    }
    const hidden = states.map((x) => this.#norm(x, this.#weight("output_norm.weight")));
    return { hidden, logits: hidden.map((x) => multiply(head, x)), early };
  }

  #attention(inputs: number[][], name: (part: string) => Matrix): number[][] {
    const heads = this.#number("llama.attention.head_count");
    const kvHeads = this.#number("llama.attention.head_count_kv");
    const size = this.#number("llama.attention.key_length");
    const queries = inputs.map((x, t) => this.#rotate(multiply(name("attn_q"), x), t, size));
    const keys = inputs.map((x, t) => this.#rotate(multiply(name("attn_k"), x), t, size));
    const values = inputs.map((x) => multiply(name("attn_v"), x));
    const slice = (x: number[], head: number) => x.slice(head * size, (head + 1) * size);
    return inputs.map((_, t) =>
      Array.from({ length: heads }, (_, head) => {
        const shared = Math.floor((head * kvHeads) / heads);
        const query = slice(queries[t], head);
        const seen = keys.slice(0, t + 1).map((key) => dot(query, slice(key, shared)) / Math.sqrt(size));
        const weights = softmax(seen);
        return weights.reduce(
          (sum, weight, s) =>
            add(
              sum,
              slice(values[s], shared).map((v) => weight * v),
            ),
          new Array<number>(size).fill(0),
        );
      }).flat(),
    );
  }

  #rotate(vector: number[], position: number, size: number): number[] {
    const theta = this.#number("llama.rope.freq_base");
    const scale = Number(this.file.metadata.get("llama.rope.scaling.factor") ?? 1);
    const factors = this.weights.get("rope_freqs.weight");
    const rotated = [...vector];
    for (let i = 0; i < vector.length; i += 2) {
      const pair = (i % size) / 2;
      const slowing = scale * (factors ? factors.values[pair] : 1);
      const angle = position / theta ** ((2 * pair) / size) / slowing;
      rotated[i] = vector[i] * Math.cos(angle) - vector[i + 1] * Math.sin(angle);
      rotated[i + 1] = vector[i] * Math.sin(angle) + vector[i + 1] * Math.cos(angle);
    }
    return rotated;
  }

  #norm(x: number[], weight: Matrix): number[] {
    const epsilon = this.#number("llama.attention.layer_norm_rms_epsilon");
    const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
    return x.map((value, i) => value * scale * weight.values[i]);
  }

  #weight(name: string): Matrix {
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`no tensor ${name}`);
    return weight;
  }

  #number(key: string): number {
    return Number(this.file.metadata.get(key));
  }
}

function feedForward(x: number[], name: (part: string) => Matrix): number[] {
  const gate = multiply(name("ffn_gate"), x);
  const up = multiply(name("ffn_up"), x);
  return multiply(
    name("ffn_down"),
    gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]),
  );
}

const row = (matrix: Matrix, i: number) => [
  ...matrix.values.subarray(i * matrix.columns, (i + 1) * matrix.columns),
];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const add = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + b[i]);

function multiply(matrix: Matrix, x: readonly number[]): number[] {
  return Array.from({ length: matrix.values.length / matrix.columns }, (_, i) => dot(row(matrix, i), x));
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - top));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
