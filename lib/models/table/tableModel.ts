import { ModelError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import { assertPrefix } from "../../core/prompt.js";
import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { type Distribution, readVocabulary } from "./vocabulary.js";

/** One line of the table: the whole prefix, as ids or texts, and what follows it. */
export type TableRow = readonly [prefix: readonly (number | string)[], next: Distribution];

export interface TableOptions {
  /** The text of each token. Give this or `vocabSize`. */
  readonly tokens?: readonly string[];
  /** The number of tokens, where they have no text. */
  readonly vocabSize?: number;
  readonly rows?: readonly TableRow[];
  /** What follows a prefix that has no row. Without it such a prefix is an error. */
  readonly otherwise?: Distribution | ((prefix: Tokens) => Distribution);
  /** Default 64. */
  readonly contextLength?: number;
}

const names: OptionNames<TableOptions> = {
  tokens: true,
  vocabSize: true,
  rows: true,
  otherwise: true,
  contextLength: true,
};

/**
 * A language model whose distributions are written down, for teaching and for tests. Its scores are the natural
 * logarithms of the probabilities, -Infinity for 0.
 * @throws OptionError for a table that contradicts itself: an unknown token, a distribution that doesn't sum to 1
 * @example tableModel({ tokens: ["a", "b"], rows: [[["a"], { b: 1 }]], otherwise: [0.5, 0.5] })
 */
export function tableModel(options: TableOptions): LanguageModel {
  assertKnownOptions(options, names);
  const { tokens, rows = [], otherwise, contextLength = 64 } = options;
  const vocabulary = readVocabulary(options.tokens, options.vocabSize);
  const table = new Map(
    rows.map(([prefix, next], index) => {
      const ids = prefix.map((token) => vocabulary.idOf(token, `rows[${index}]`));
      return [ids.join(" "), vocabulary.read(next, `rows[${index}]`)];
    }),
  );
  const fallback = typeof otherwise === "function" || otherwise === undefined ? otherwise : () => otherwise;
  let disposed = false;

  function lookUp(prefix: Tokens): Logits {
    if (disposed) throw new ModelError("table", "has been disposed");
    assertPrefix(prefix, { vocabSize: vocabulary.size, contextLength });
    const row = table.get(prefix.join(" "));
    if (row !== undefined) return row.slice();
    if (fallback !== undefined) return vocabulary.read(fallback(prefix), "otherwise");
    const drawn = prefix.map((token) => tokens?.[token] ?? token).join(" ");
    throw new ModelError("table", `has no row for the prefix \`${drawn}\`: add one, or give \`otherwise\``);
  }
  async function lookUpAll(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]> {
    signal?.throwIfAborted();
    return prefixes.map(lookUp);
  }

  return {
    vocabSize: vocabulary.size,
    contextLength,
    nextLogits: lookUpAll,
    async allLogits(tokens, signal) {
      assertPrefix(tokens, { vocabSize: vocabulary.size, contextLength });
      return lookUpAll(
        tokens.map((_, position) => tokens.slice(0, position + 1)),
        signal,
      );
    },
    async dispose() {
      disposed = true;
    },
  };
}
