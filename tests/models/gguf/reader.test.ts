import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError } from "../../../lib/core/errors.js";
import { dequantize, readableTensor, readGguf } from "../../../lib/models/gguf/index.js";
import { tinyGguf, type WritableTensor, writeGguf } from "../../support/gguf.js";
import { quantise } from "../../support/quantise.js";

const scratch = mkdtempSync(join(tmpdir(), "logitbook-gguf-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const VECTOR: WritableTensor = {
  name: "numbers",
  dimensions: [3],
  type: 0,
  bytes: quantise("F32", Float32Array.of(1, 2, 3)),
};

function onDisk(bytes: Uint8Array): string {
  const path = join(scratch, "model.gguf");
  writeFileSync(path, bytes);
  return path;
}

describe("a whole file", () => {
  const metadata = {
    text: "déjà vu",
    mark: "\ufeff▁begins",
    flag: true,
    count: 7,
    ratio: 0.25,
    words: ["a", "", "日本"],
    numbers: [1, 2, 3],
    ratios: [0.5, -1.5],
  };

  test.each([2, 3])("version %i: metadata and tensors", async (version) => {
    const file = await readGguf(onDisk(writeGguf(metadata, [VECTOR, { ...VECTOR, name: "again" }], version)));
    expect(file.version).toBe(version);
    expect(Object.fromEntries(file.metadata)).toEqual(metadata);
    expect([...file.tensors.keys()]).toEqual(["numbers", "again"]);
    const tensor = readableTensor(file, "again");
    expect(tensor).toMatchObject({ type: "F32", columns: 3, rows: 1 });
    expect([...dequantize(tensor.type, await file.read(tensor))]).toEqual([1, 2, 3]);
    await file.close();
  });

  test("bytes in memory read like a file", async () => {
    const bytes = tinyGguf({ quantisation: "Q4_1" });
    const [memory, disk] = [await readGguf(bytes), await readGguf(onDisk(bytes))];
    for (const name of memory.tensors.keys()) {
      const tensor = readableTensor(memory, name);
      expect(Buffer.from(await memory.read(tensor))).toEqual(Buffer.from(await disk.read(tensor)));
    }
    await disk.close();
  });

  test("metadata longer than the first read", async () => {
    const words = Array.from({ length: 400_000 }, (_, i) => `word number ${i}`);
    const file = await readGguf(onDisk(writeGguf({ words }, [VECTOR])));
    expect(file.metadata.get("words")).toEqual(words);
    expect([...dequantize("F32", await file.read(readableTensor(file, "numbers")))]).toEqual([1, 2, 3]);
    await file.close();
  });
});

describe("errors say what is wrong", () => {
  test.each<[string, () => string | Uint8Array, RegExp]>([
    ["no file", () => join(scratch, "absent.gguf"), /absent\.gguf`: there is no such file/],
    ["an empty file", () => onDisk(new Uint8Array()), /isn't a GGUF file/],
    ["another format", () => onDisk(Buffer.from("PK\u0003\u0004 a zip archive")), /isn't a GGUF file/],
    ["version 1", () => writeGguf({}, [], 1), /GGUF version 1; versions 2 and 3 are supported/],
    ["another byte order", () => writeGguf({}, [], 0x03000000), /big-endian/],
    ["a value type of the future", () => unknownValueType(), /metadata `key` has value type 99/],
    [
      "a row cut inside a block",
      () => badTensor({ type: 3, dimensions: [33] }),
      /33 columns, which Q4_1 can't hold/,
    ],
    ["three dimensions", () => badTensor({ dimensions: [2, 2, 2] }), /shape \[2, 2, 2\]/],
    [
      "a bad alignment",
      () => writeGguf({ "general.alignment": 0 }, []),
      /`general.alignment` must be a positive/,
    ],
  ])("%s", async (_, source, message) => {
    await expect(readGguf(source())).rejects.toThrow(message);
    await expect(readGguf(source())).rejects.toBeInstanceOf(ModelError);
  });

  test.each([
    [6, "Q5_0"],
    [12, "Q4_K"],
    [14, "Q6_K"],
    [23, "IQ4_XS"],
    [30, "BF16"],
    [99, "type 99"],
  ])("type %i is named %s, with the way out", async (type, name) => {
    const file = await readGguf(badTensor({ type }));
    expect(() => readableTensor(file, "numbers")).toThrow(
      `tensor \`numbers\` is quantised as ${name}; supported are F32, F16, Q4_0, Q4_1 and Q8_0. `,
    );
    expect(() => readableTensor(file, "numbers")).toThrow("llama-quantize");
  });

  test("a missing tensor", async () => {
    const file = await readGguf(badTensor({}));
    expect(() => readableTensor(file, "letters")).toThrow("tensor `letters` is missing");
  });

  const whole = tinyGguf({ layers: 1 });

  test("a file cut anywhere is truncated", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: whole.byteLength - 64 }), async (length) => {
        await expect(readGguf(whole.subarray(0, length))).rejects.toThrow(/the file is truncated/);
      }),
    );
  });

  test("a changed byte in the header never gives anything but a file or a ModelError", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 0, max: 255 }),
        async (at, byte) => {
          const damaged = Uint8Array.from(whole);
          damaged[at] = byte;
          const outcome = await readGguf(damaged).catch((error: unknown) => error);
          expect(outcome instanceof Error ? outcome instanceof ModelError : true).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  function badTensor(change: Partial<WritableTensor>): Uint8Array {
    return writeGguf({}, [{ ...VECTOR, ...change }]);
  }

  /** One metadata entry whose type number no version defines. */
  function unknownValueType(): Uint8Array {
    const bytes = writeGguf({ key: "x" }, []);
    const type = 4 + 4 + 8 + 8 + 8 + "key".length;
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(type, 99, true);
    return bytes;
  }
});
