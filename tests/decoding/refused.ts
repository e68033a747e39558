import { expect, test } from "vitest";
import { LogitbookError } from "../../lib/core/errors.js";
import { decodeRecipe, generate, type Recipe } from "../../lib/decoding/index.js";
import { beamExample } from "../../lib/models/table/index.js";
import { recorded } from "./models.js";

/**
 * A recipe as people get it wrong, and the whole message that it must give: the field by its place, the rule, the
 * value, and a way out where there is one.
 */
export type BadRecipe = readonly [recipe: unknown, message: string];

/** Tests that each recipe is refused, before the model has worked for nothing. */
export function refused(rows: readonly BadRecipe[]): void {
  test.each(rows)("%j", async (recipe, message) => {
    const open = beamExample();
    const { model, calls } = recorded(open.model);
    expect(await refusal(generate({ ...open, model }, "<bos>", recipe as Recipe))).toBe(message);
    expect(calls).toEqual([]);
  });
}

/** Tests that each recipe is refused for a model that is decoded without its tokenizer. */
export function refusedWithoutTokenizer(rows: readonly BadRecipe[]): void {
  test.each(rows)("%j", async (recipe, message) => {
    const { model, calls } = recorded(beamExample().model);
    const steps = decodeRecipe(model, { endTokens: [4] }, [0], recipe as Recipe);
    expect(await refusal(steps.next())).toBe(message);
    expect(calls).toEqual([]);
  });
}

async function refusal(running: Promise<unknown>): Promise<string> {
  const error = await running.then(
    () => new Error("it was accepted"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogitbookError);
  return (error as LogitbookError).message;
}
