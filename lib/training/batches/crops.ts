import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Random } from "../../core/random.js";
import { permutation, randomAt, wholeBelow } from "./draws.js";
import { assertSizes, batchNames, batchSequence } from "./sequence.js";
import type { TokenizedDocuments } from "./tokenized.js";
import type { Batches, BatchOptions } from "./types.js";
import { cutRows } from "./windows.js";

export interface CropOptions extends BatchOptions {
  /** Which part of a longer document is taken: its start, or one drawn anew in each epoch. */
  readonly crop: "start" | "random";
}

const names: OptionNames<CropOptions> = { ...batchNames, crop: true };

/**
 * One window of each document and epoch, as EIR takes them; documents in an order drawn anew for each epoch. A document
 * shorter than a window is filled up with end tokens.
 * @throws OptionError for fewer documents than a batch has rows, options out of range, or short documents without an
 * end token to fill them with
 */
export function documentCrops(data: TokenizedDocuments, options: CropOptions): Batches {
  assertKnownOptions(options, names);
  assertSizes(options);
  const { batchSize, length, seed, crop } = options;
  if (crop !== "start" && crop !== "random") throw new OptionError("crop", crop, '"start" or "random"');
  const documents = data.starts.length - 1;
  if (documents < batchSize) {
    throw new OptionError("batchSize", batchSize, `at most ${documents}: there are no more documents`);
  }
  return batchSequence(options, Math.floor(documents / batchSize), (epoch) => {
    const order = permutation(documents, randomAt(seed, epoch));
    return (index) => {
      const random = crop === "random" ? randomAt(seed, epoch, index) : undefined;
      const windows = new Int32Array(batchSize * (length + 1));
      for (let row = 0; row < batchSize; row++) {
        const window = cropDocument(data, order[index * batchSize + row], length + 1, random);
        windows.set(window, row * (length + 1));
      }
      const rows = Array.from({ length: batchSize }, (_, row) => row * (length + 1));
      return cutRows(windows, rows, length, false);
    };
  });
}

function cropDocument(
  { tokens, starts, endToken }: TokenizedDocuments,
  document: number,
  size: number,
  random: Random | undefined,
): Int32Array {
  const [from, to] = [starts[document], starts[document + 1]];
  const spare = to - from - size;
  if (spare >= 0) {
    const start = from + (random ? wholeBelow(spare + 1, random) : 0);
    return tokens.subarray(start, start + size);
  }
  if (endToken === undefined) {
    throw new OptionError(
      "length",
      size - 1,
      `shorter than the shortest document, since the tokenizer has no end token to fill up with`,
    );
  }
  const window = new Int32Array(size).fill(endToken);
  window.set(tokens.subarray(from, to));
  return window;
}
