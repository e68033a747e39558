import { type Quantisation, quantise, TYPE_NUMBER } from "./quantise.js";
import { CHATML_TEMPLATE, tinyVocabulary } from "./tinyVocabulary.js";

/** A metadata value of a file under construction. Whole numbers are written as uint32, others as float32. */
export type WritableValue = string | number | boolean | readonly string[] | readonly number[];

export interface WritableTensor {
  readonly name: string;
  /** [columns, rows], or [length] for a vector. */
  readonly dimensions: readonly number[];
  /** ggml's type number. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

const ALIGNMENT = 32;

/** The bytes of a GGUF file with this content. */
export function writeGguf(
  metadata: Readonly<Record<string, WritableValue>>,
  tensors: readonly WritableTensor[],
  version = 3,
): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("GGUF"), u32(version), u64(tensors.length)];
  const entries = Object.entries(metadata);
  parts.push(u64(entries.length), ...entries.flatMap(([key, value]) => [string(key), typed(value)]));
  let offset = 0;
  for (const { name, dimensions, type, bytes } of tensors) {
    parts.push(string(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(offset));
    offset += aligned(bytes.byteLength);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([pad(header), ...tensors.map(({ bytes }) => pad(bytes))]);
}

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const pad = (bytes: Uint8Array) =>
  Buffer.concat([bytes, Buffer.alloc(aligned(bytes.byteLength) - bytes.byteLength)]);
const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
const f32 = (value: number) => new Uint8Array(Float32Array.of(value).buffer);

function string(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.byteLength), bytes]);
}

/** A value after its type number. */
function typed(value: WritableValue): Uint8Array {
  if (typeof value === "string") return Buffer.concat([u32(8), string(value)]);
  if (typeof value === "boolean") return Buffer.concat([u32(7), Uint8Array.of(value ? 1 : 0)]);
  if (typeof value === "number") return number(value);
  const [first] = value;
  if (typeof first === "string") return array(8, value.map(String).map(string));
  return Number.isInteger(first)
    ? array(4, value.map(Number).map(u32))
    : array(6, value.map(Number).map(f32));
}

function number(value: number): Uint8Array {
  return Number.isInteger(value) ? Buffer.concat([u32(4), u32(value)]) : Buffer.concat([u32(6), f32(value)]);
}

function array(type: number, items: Uint8Array[]): Uint8Array {
  return Buffer.concat([u32(9), u32(type), u64(items.length), ...items]);
}

/** Sizes of a random llama model, all optional. */
export interface TinyGgufOptions {
  layers?: number;
  heads?: number;
  kvHeads?: number;
  headDim?: number;
  /** Tokens, 259 to 963. */
  vocab?: number;
  quantisation?: Quantisation;
  contextLength?: number;
  seed?: number;
  /** Width of the hidden state; heads * headDim by default. A multiple of 32 for block types. */
  width?: number;
  feedForward?: number;
  /** Type of single tensors by name, where it differs from `quantisation`. */
  types?: Readonly<Record<string, Quantisation>>;
  /** Factors of single matrices' numbers by name. */
  factors?: Readonly<Record<string, number>>;
  /** Whether the output layer is the embedding table; true by default. */
  tied?: boolean;
  /** Metadata to add or replace; undefined removes a key. */
  metadata?: Readonly<Record<string, WritableValue | undefined>>;
  /** Tensors to add. */
  extraTensors?: readonly WritableTensor[];
  /** Version of the format: 3 by default. */
  version?: number;
}

/**
 * A small llama-architecture model with random weights (the same for the same seed) and a byte-level tokenizer with
 * ChatML: the special tokens `<|endoftext|>` 0, `<|im_start|>` 1, `<|im_end|>` 2, which is also the end token.
 */
export function tinyGguf(options: TinyGgufOptions = {}): Uint8Array {
  const size = { layers: 2, heads: 4, kvHeads: 2, headDim: 16, vocab: 320, contextLength: 256, ...options };
  const width = options.width ?? size.heads * size.headDim;
  const feedForward = options.feedForward ?? 2 * width;
  const metadata = {
    ...modelMetadata(size, width, feedForward),
    ...tokenizerMetadata(size.vocab),
    ...options.metadata,
  };
  const kept = Object.entries(metadata).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  const tensors = [...randomTensors(size, width, feedForward), ...(options.extraTensors ?? [])];
  return writeGguf(Object.fromEntries(kept), tensors, options.version);
}

type Sizes = Required<
  Pick<TinyGgufOptions, "layers" | "heads" | "kvHeads" | "headDim" | "vocab" | "contextLength">
> &
  TinyGgufOptions;

function modelMetadata(size: Sizes, width: number, feedForward: number): Record<string, WritableValue> {
  return {
    "general.architecture": "llama",
    "general.name": "tiny random llama",
    "llama.block_count": size.layers,
    "llama.context_length": size.contextLength,
    "llama.embedding_length": width,
    "llama.feed_forward_length": feedForward,
    "llama.attention.head_count": size.heads,
    "llama.attention.head_count_kv": size.kvHeads,
    "llama.attention.key_length": size.headDim,
    "llama.attention.value_length": size.headDim,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "llama.rope.freq_base": 10_000,
    "llama.rope.dimension_count": size.headDim,
    "llama.vocab_size": size.vocab,
  };
}

function tokenizerMetadata(vocab: number): Record<string, WritableValue> {
  const { tokens, types, merges } = tinyVocabulary(vocab);
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": types,
    "tokenizer.ggml.merges": merges,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.unknown_token_id": 0,
    "tokenizer.ggml.padding_token_id": 2,
    "tokenizer.ggml.add_bos_token": false,
    "tokenizer.chat_template": CHATML_TEMPLATE,
  };
}

function randomTensors(size: Sizes, width: number, feedForward: number): WritableTensor[] {
  const random = normals(size.seed ?? 1);
  const draw = (length: number, mean: number, spread: number) =>
    Float32Array.from({ length }, () => mean + spread * random());
  const vector = (name: string): WritableTensor => {
    const bytes = quantise("F32", draw(width, 1, 0.2));
    return { name, dimensions: [width], type: TYPE_NUMBER.F32, bytes };
  };
  const matrix = (name: string, columns: number, rows: number, spread: number): WritableTensor => {
    const type = size.types?.[name] ?? size.quantisation ?? "F32";
    const bytes = quantise(type, draw(rows * columns, 0, spread * (size.factors?.[name] ?? 1)));
    return { name, dimensions: [columns, rows], type: TYPE_NUMBER[type], bytes };
  };
  const linear = (name: string, columns: number, rows: number) =>
    matrix(name, columns, rows, 1.5 / Math.sqrt(columns));
  const tensors = [matrix("token_embd.weight", width, size.vocab, 0.5)];
  for (let layer = 0; layer < size.layers; layer++) {
    const name = (part: string) => `blk.${layer}.${part}.weight`;
    tensors.push(
      vector(name("attn_norm")),
      linear(name("attn_q"), width, size.heads * size.headDim),
      linear(name("attn_k"), width, size.kvHeads * size.headDim),
      linear(name("attn_v"), width, size.kvHeads * size.headDim),
      linear(name("attn_output"), size.heads * size.headDim, width),
      vector(name("ffn_norm")),
      linear(name("ffn_gate"), width, feedForward),
      linear(name("ffn_up"), width, feedForward),
      linear(name("ffn_down"), feedForward, width),
    );
  }
  tensors.push(vector("output_norm.weight"));
  if (size.tied === false) tensors.push(linear("output.weight", width, size.vocab));
  return tensors;
}

/** Standard normal numbers (Box-Muller) over mulberry32. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
