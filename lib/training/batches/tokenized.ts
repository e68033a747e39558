import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Tokenizer } from "../../core/types.js";
import { permutation, randomAt } from "./draws.js";

/** Documents as tokens, one after the other. */
export interface TokenizedDocuments {
  readonly tokens: Int32Array;
  /** Where each document begins, and after the last one the number of all tokens. */
  readonly starts: Int32Array;
  /** Stands after each document, and belongs to it. Undefined if the tokenizer has none. */
  readonly endToken: number | undefined;
}

export interface EncodeOptions {
  /** Puts the documents in an order drawn from this seed. Default: as they come. */
  readonly shuffle?: number;
}

const names: OptionNames<EncodeOptions> = { shuffle: true };

/**
 * Encodes documents one after the other, each followed by the tokenizer's end token if it has one. Texts are read as
 * they come; only their tokens are kept, four bytes each.
 */
export async function encodeDocuments(
  texts: Iterable<string> | AsyncIterable<string>,
  tokenizer: Tokenizer,
  options: EncodeOptions = {},
): Promise<TokenizedDocuments> {
  assertKnownOptions(options, names);
  const { shuffle } = options;
  const endToken = tokenizer.endTokens.at(0);
  const documents: Int32Array[] = [];
  for await (const text of texts) {
    const tokens = tokenizer.encode(text);
    if (endToken !== undefined) tokens.push(endToken);
    documents.push(Int32Array.from(tokens));
  }
  if (shuffle === undefined) return joined(documents, endToken);
  const order = permutation(documents.length, randomAt(shuffle, 0));
  return joined(
    Array.from(order, (document) => documents[document]),
    endToken,
  );
}

/** The same documents in another order. */
export function reordered(data: TokenizedDocuments, order: ArrayLike<number>): TokenizedDocuments {
  const documents = Array.from(order, (document) =>
    data.tokens.subarray(data.starts[document], data.starts[document + 1]),
  );
  return joined(documents, data.endToken);
}

/** @throws OptionError if there are too few tokens for even one row */
export function assertLongEnough(data: TokenizedDocuments, length: number): void {
  const longest = data.tokens.length - 1;
  if (length <= longest) return;
  const most = longest < 1 ? "it is too short for any" : `so at most ${longest}`;
  throw new OptionError("length", length, `shorter than the text, which has ${longest + 1} tokens (${most})`);
}

function joined(documents: readonly Int32Array[], endToken: number | undefined): TokenizedDocuments {
  const starts = new Int32Array(documents.length + 1);
  for (const [i, { length }] of documents.entries()) starts[i + 1] = starts[i] + length;
  const tokens = new Int32Array(starts[documents.length]);
  for (const [i, document] of documents.entries()) tokens.set(document, starts[i]);
  return { tokens, starts, endToken };
}
