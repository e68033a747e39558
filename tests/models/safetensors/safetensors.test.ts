import fc from "fast-check";
import { expect, test } from "vitest";
import { readSafetensors } from "../../../lib/models/safetensors/read.js";
import { writeSafetensors } from "../../../lib/models/safetensors/write.js";

/** The bytes of a file with this header and data. */
function file(header: object, data: readonly number[]): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  bytes[0] = json.length;
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

test("what is written is read again", () => {
  const arrays = fc.dictionary(fc.string(), fc.array(fc.float(), { maxLength: 5 }), { maxKeys: 4 });
  fc.assert(
    fc.property(arrays, (values) => {
      const named = new Map(
        Object.entries(values)
          .filter(([name]) => name !== "__metadata__")
          .map(([name, data]) => [name, { shape: [data.length], data: Float32Array.from(data) }] as const),
      );
      expect(readSafetensors(writeSafetensors(named), "test")).toEqual(named);
    }),
    { examples: [[{ ["__proto__"]: [1] }]] },
  );
});

test("data begins at a multiple of 8 bytes, and the format is named", () => {
  const bytes = writeSafetensors(new Map([["x", { shape: [1], data: Float32Array.of(1) }]]));
  expect(bytes[0] % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + bytes[0])));
  expect(header).toEqual({
    __metadata__: { format: "pt" },
    x: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  });
});

test.each([
  ["F16", [0x00, 0x3e], 1.5],
  ["BF16", [0xc0, 0x3f], 1.5],
  ["F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 1.5],
])("%s is widened", (dtype, bytes, expected) => {
  const arrays = readSafetensors(
    file({ x: { dtype, shape: [], data_offsets: [0, bytes.length] } }, bytes),
    "x",
  );
  expect(arrays.get("x")).toEqual({ shape: [], data: Float32Array.of(expected) });
});

test("masks of bytes, as old GPT-2 files have, are left out", () => {
  const header = { mask: { dtype: "U8", shape: [2], data_offsets: [0, 2] } };
  expect(readSafetensors(file(header, [1, 1]), "x").size).toBe(0);
});

test.each([
  [new Uint8Array(3), "it is cut short"],
  [file({ x: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, [0, 0, 0, 0]), "`x` is not where"],
  [file({ x: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, [0, 0, 0, 0]), "`x` is not where"],
  [Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 91, 93 + 1), "its header can't be read"],
])("damaged file %#", (bytes, message) => {
  expect(() => readSafetensors(bytes, "broken.safetensors")).toThrow(message);
});
