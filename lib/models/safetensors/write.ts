import type { NamedArray } from "../trainable/createModel.js";

/**
 * The bytes of a safetensors file: float32 arrays by name, in their order. Data begins at a multiple of 8 bytes, as in
 * files of Hugging Face's writer.
 * Format: https://github.com/huggingface/safetensors#format
 * @param metadata texts for `__metadata__`; `{ format: "pt" }` is what transformers asks for
 */
export function writeSafetensors(
  arrays: ReadonlyMap<string, NamedArray>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Uint8Array {
  let end = 0;
  const entries = [...arrays].map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }] as const;
  });
  // From entries, since a field that is set by the name `__proto__` would be none.
  const header = Object.fromEntries([["__metadata__", metadata] as const, ...entries]);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start); // padded with spaces
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const { data } of arrays.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
