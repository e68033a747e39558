import { type Command, Option } from "commander";
import type { LanguageModel } from "../core/types.js";
import type { CompleteRecipe } from "../decoding/index.js";
import { type EngineArguments, withModel } from "./modelArguments.js";
import { UsageError } from "./report.js";

/** The model that guesses ahead for the method `speculative`. */
export interface DraftArguments {
  readonly draft?: string;
  readonly draftPrecision?: "exact" | "fast";
}

export function addDraftOptions(command: Command): Command {
  return command
    .option("--draft <name>", "a smaller model with the same tokenizer that guesses ahead for `speculative`")
    .addOption(
      new Option("--draft-precision <precision>", "the draft's own (default: that of the model)").choices([
        "exact",
        "fast",
      ]),
    );
}

/**
 * Opens the draft, if one is named, lends it to `use`, and frees it in every case.
 * @param recipes those that will run
 * @throws UsageError for a draft that none of them guesses with
 */
export async function withDraft<T>(
  { draft, draftPrecision, ...engine }: EngineArguments & DraftArguments,
  recipes: readonly CompleteRecipe[],
  use: (given: { readonly draft?: LanguageModel }) => Promise<T>,
): Promise<T> {
  if (draft === undefined) {
    if (draftPrecision === undefined) return use({});
    throw new UsageError("--draft-precision: name the draft with --draft");
  }
  if (!recipes.some(({ method }) => method === "speculative")) {
    throw new UsageError("--draft: only the method `speculative` guesses with a draft, and no recipe has it");
  }
  const precision = draftPrecision ?? engine.precision;
  return withModel({ ...engine, model: draft, ...(precision && { precision }) }, ({ model }) =>
    use({ draft: model }),
  );
}
