import { ModelError } from "../../core/errors.js";
import type { MetadataValue } from "./cursor.js";
import type { GgufFile } from "./reader.js";

/** Sizes and constants of a llama-architecture model. */
export interface LlamaShape {
  readonly layers: number;
  /** Width of the hidden state. */
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** Positions are divided by this before they are rotated (linear rope scaling); 1 where there is none. */
  readonly ropeScale: number;
  /** Whether the output layer is the embedding table. */
  readonly tiedHead: boolean;
}

const DEFAULT_ROPE_THETA = 10_000;

/**
 * Reads the shape of the model from the metadata and checks that it is one the graphs can express.
 * @throws ModelError naming the architecture, key or tensor that isn't supported or is missing
 */
export function llamaShape(file: GgufFile): LlamaShape {
  const metadata = new Metadata(file);
  checkArchitecture(file);
  const heads = metadata.count("llama.attention.head_count");
  const width = metadata.count("llama.embedding_length");
  const shape: LlamaShape = {
    layers: metadata.count("llama.block_count"),
    width,
    heads,
    kvHeads: metadata.count("llama.attention.head_count_kv", heads),
    headSize: metadata.count("llama.attention.key_length", width / heads),
    feedForward: metadata.count("llama.feed_forward_length"),
    vocabSize: file.tensors.get("token_embd.weight")?.rows ?? 0,
    contextLength: metadata.count("llama.context_length"),
    normEpsilon: metadata.number("llama.attention.layer_norm_rms_epsilon"),
    ropeTheta: metadata.number("llama.rope.freq_base", DEFAULT_ROPE_THETA),
    ropeScale: ropeScale(file, metadata),
    tiedHead: !file.tensors.has("output.weight"),
  };
  checkAttention(file, metadata, shape);
  checkTensors(file, shape);
  return shape;
}

/** Typed access to metadata, with errors that name the key. */
class Metadata {
  constructor(readonly file: GgufFile) {}

  number(key: string, fallback?: number): number {
    const value: MetadataValue | undefined = this.file.metadata.get(key) ?? fallback;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value).slice(0, 60)}`;
    throw new ModelError(this.file.name, `metadata \`${key}\` must be one number, but ${found}`);
  }

  count(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    if (Number.isInteger(value) && value > 0) return value;
    throw new ModelError(this.file.name, `metadata \`${key}\` must be a positive integer, but is ${value}`);
  }
}

function checkArchitecture(file: GgufFile): void {
  const architecture = file.metadata.get("general.architecture");
  if (architecture !== "llama") {
    const found =
      architecture === undefined ? "names no architecture" : `has architecture \`${architecture}\``;
    throw new ModelError(
      file.name,
      `${found}; only \`llama\` can be converted. Open the model's hub id instead, or serve the file with ` +
        "llama.cpp and open that server's address",
    );
  }
}

function ropeScale(file: GgufFile, metadata: Metadata): number {
  const type = file.metadata.get("llama.rope.scaling.type") ?? "none";
  if (type === "linear") return metadata.number("llama.rope.scaling.factor");
  if (type === "none") return metadata.number("llama.rope.scale_linear", 1);
  throw new ModelError(
    file.name,
    `rope scaling \`${String(type)}\` isn't supported, only \`none\` and \`linear\` are; take a file of the model ` +
      "without extended context",
  );
}

function checkAttention(file: GgufFile, metadata: Metadata, shape: LlamaShape): void {
  const { headSize, heads, kvHeads } = shape;
  const refuse = (key: string, value: number, rule: string) => {
    throw new ModelError(file.name, `metadata \`${key}\` is ${value}, but must be ${rule}`);
  };
  if (heads % kvHeads !== 0)
    refuse("llama.attention.head_count_kv", kvHeads, `a divisor of the ${heads} heads`);
  if (headSize % 2 !== 0) refuse("llama.attention.key_length", headSize, "even, to be rotated in pairs");
  for (const key of ["llama.attention.value_length", "llama.rope.dimension_count"]) {
    const value = metadata.count(key, headSize);
    if (value !== headSize) refuse(key, value, `the head's size, ${headSize}`);
  }
  const experts = metadata.number("llama.expert_count", 0);
  if (experts > 0) refuse("llama.expert_count", experts, "0: mixtures of experts aren't supported");
}

const LAYER_TENSORS = [
  "attn_norm",
  "attn_q",
  "attn_k",
  "attn_v",
  "attn_output",
  "ffn_norm",
  "ffn_gate",
  "ffn_up",
  "ffn_down",
];

/** A tensor that the graphs have no place for, such as a bias, would silently change the model: refuse it. */
function checkTensors(file: GgufFile, shape: LlamaShape): void {
  const expected = new Map<string, [columns: number, rows: number]>();
  const { width, vocabSize, heads, kvHeads, headSize, feedForward } = shape;
  const sizes: Record<string, [number, number]> = {
    attn_q: [width, heads * headSize],
    attn_k: [width, kvHeads * headSize],
    attn_v: [width, kvHeads * headSize],
    attn_output: [heads * headSize, width],
    ffn_gate: [width, feedForward],
    ffn_up: [width, feedForward],
    ffn_down: [feedForward, width],
  };
  for (let layer = 0; layer < shape.layers; layer++) {
    for (const name of LAYER_TENSORS) expected.set(`blk.${layer}.${name}.weight`, sizes[name] ?? [width, 1]);
  }
  expected.set("token_embd.weight", [width, vocabSize]);
  expected.set("output_norm.weight", [width, 1]);
  if (!shape.tiedHead) expected.set("output.weight", [width, vocabSize]);
  if (file.tensors.has("rope_freqs.weight")) expected.set("rope_freqs.weight", [headSize / 2, 1]);
  for (const [name, [columns, rows]] of expected) checkTensor(file, name, columns, rows);
  for (const name of file.tensors.keys()) {
    if (!expected.has(name)) {
      throw new ModelError(
        file.name,
        `tensor \`${name}\` belongs to a variant of llama that can't be converted`,
      );
    }
  }
}

function checkTensor(file: GgufFile, name: string, columns: number, rows: number): void {
  const tensor = file.tensors.get(name);
  if (!tensor) throw new ModelError(file.name, `tensor \`${name}\` is missing; the file is incomplete`);
  if (tensor.columns === columns && tensor.rows === rows) return;
  throw new ModelError(
    file.name,
    `tensor \`${name}\` is ${tensor.rows} x ${tensor.columns}, but its metadata asks for ${rows} x ${columns}`,
  );
}
