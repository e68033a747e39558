import { drain } from "../../core/drain.js";
import { OptionError } from "../../core/errors.js";
import { assertKnownOptions } from "../../core/options.js";
import type { Tokens } from "../../core/types.js";
import type { Recipe } from "../methods/index.js";
import { promptTokens } from "../promptTokens.js";
import {
  callNames,
  decodeRecipe,
  type GeneratedSequence,
  parseRecipe,
  type RecipeOptions,
} from "../recipe.js";
import { withText } from "../sequenceText.js";
import type { Traceable } from "../trace/trace.js";
import { growTree, startTree } from "./grow.js";
import { treeReader } from "./reader.js";
import type { TracedTree, TreeStep } from "./types.js";

export type TreeOptions = Omit<RecipeOptions, "keepRows">;

/**
 * Decodes with a beam method and yields what each step adds to its tree: the same sequences as `decodeRecipe`, and no
 * call of the model beyond the decode's own. Fold the steps with `growTree`.
 * @param prompt a text, tokenized as it stands, or tokens
 * @throws OptionError for a method that doesn't search with beams; otherwise as `decodeRecipe`
 */
export async function* treeSteps(
  { model, tokenizer }: Traceable,
  prompt: string | Tokens,
  recipe: Recipe,
  options: TreeOptions = {},
): AsyncGenerator<TreeStep, GeneratedSequence[]> {
  assertKnownOptions(options, callNames);
  const tokens = promptTokens(prompt, tokenizer);
  const read = treeReader(tokenizer);
  const steps = decodeRecipe(model, tokenizer, tokens, recipe, options);
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value.map((sequence) => withText(sequence, tokenizer, recipe.stopStrings));
      if (next.value.kind !== "beams") {
        throw new OptionError(
          "method",
          recipe.method,
          "one that searches with beams, to have a tree (else `trace`)",
        );
      }
      yield read(next.value);
    }
  } finally {
    await steps.return([]);
  }
}

/**
 * A beam search with the tree of all that it considered, as plain data for a chart, a file or an HTTP field: what
 * `trace` is for methods that choose token by token.
 * @throws as `treeSteps`
 * @example const traced = await traceTree(open, "Transformers are the", { method: "beam", numBeams: 4 });
 * show(traced);
 */
export async function traceTree(
  open: Traceable,
  prompt: string | Tokens,
  recipe: Recipe,
  options: TreeOptions = {},
): Promise<TracedTree> {
  const { tokenizer } = open;
  const complete = parseRecipe(recipe);
  const tokens = [...promptTokens(prompt, tokenizer)];
  let tree = startTree();
  const sequences = await drain(treeSteps(open, tokens, complete, options), (step) => {
    tree = growTree(tree, step);
  });
  return { recipe: complete, prompt: { tokens, text: tokenizer.decode(tokens) }, tree, sequences };
}
