import type { Command } from "commander";
import type { LanguageModel, OpenModel } from "../core/types.js";
import { type CompleteRecipe, methodsWithDraft } from "../decoding/index.js";
import { type EngineArguments, type ModelArguments, precisionOption, withModel } from "./modelArguments.js";
import { UsageError } from "./report.js";

/** The model that guesses ahead for the method `speculative`. */
export interface DraftArguments {
  readonly draft?: string;
  readonly draftPrecision?: EngineArguments["precision"];
}

export function addDraftOptions(command: Command): Command {
  return command
    .option("--draft <name>", "a smaller model with the same tokenizer that guesses ahead for `speculative`")
    .addOption(precisionOption("--draft-precision", "the draft's own (default: that of the model)"));
}

/**
 * Opens the model, and the draft if one is named, lends them to `use`, and frees them in every case.
 * @param recipes those that will run
 * @throws UsageError for a draft that none of them guesses with
 */
export async function withModelAndDraft<T>(
  { draft, draftPrecision, ...model }: ModelArguments & DraftArguments,
  recipes: readonly CompleteRecipe[],
  use: (open: OpenModel, given: { readonly draft?: LanguageModel }) => Promise<T>,
): Promise<T> {
  if (draft === undefined) {
    if (draftPrecision === undefined) return withModel(model, (open) => use(open, {}));
    throw new UsageError("--draft-precision: name the draft with --draft");
  }
  if (!recipes.some(({ method }) => methodsWithDraft.includes(method))) {
    const methods = methodsWithDraft.map((name) => `\`${name}\``).join(", ");
    throw new UsageError(`--draft: only the method ${methods} guesses with a draft, and no recipe has it`);
  }
  const guessing = { ...model, model: draft, ...(draftPrecision && { precision: draftPrecision }) };
  return withModel(guessing, (opened) => withModel(model, (open) => use(open, { draft: opened.model })));
}
