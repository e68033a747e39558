import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import type { OpenModel } from "../../../lib/core/types.js";
import { generate, type Recipe } from "../../../lib/decoding/index.js";
import { openModel } from "../../../lib/models/openModel.js";

let open: OpenModel;

beforeAll(async () => {
  open = await openModel("smollm2", { precision: "exact", offline: true });
});

afterAll(() => open?.model.dispose());

const PROMPT =
  '<|im_start|>system\nYou are a JSON machine. Generate a JSON with format {"contractor": string with normalized ' +
  'contractor name, "sum": decimal, "currency": string with uppercased 3-letter currency code} based on user ' +
  "message.<|im_end|>\n<|im_start|>user\nTransfer 100 rubles and 50 kopeck to Mike<|im_end|>\n<|im_start|>assistant\n";

const transfer = z.strictObject({
  contractor: z.string(),
  sum: z.number(),
  currency: z.enum(["RUB", "USD", "EUR"]),
});
const constraint = { jsonSchema: z.toJSONSchema(transfer) as Record<string, unknown> };

test.each<Recipe>([
  { method: "greedy", constraint },
  { method: "sample", seed: 3, numReturnSequences: 3, constraint, processors: [{ type: "topP", p: 0.9 }] },
  { method: "beam", numBeams: 3, numReturnSequences: 3, constraint },
  { method: "promptLookup", constraint },
  { method: "contrastive", constraint },
])("the default model fills a form in with $method", async (recipe) => {
  const { sequences } = await generate(open, PROMPT, { ...recipe, maxNewTokens: 120 });
  const ended = sequences.filter(({ finishReason }) => finishReason === "stop");
  expect(ended.length).toBeGreaterThan(0);
  for (const { text } of ended) {
    expect(transfer.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
  }
});

test("without the constraint the same prompt does not give such a form", async () => {
  const { sequences } = await generate(open, PROMPT, { method: "greedy", maxNewTokens: 120 });
  expect(() => transfer.parse(JSON.parse(sequences[0]?.text ?? ""))).toThrow();
});

test("characters that its tokens cut in pieces are held to as characters", async () => {
  expect(open.tokenizer.encode("京").length).toBeGreaterThan(1);
  const recipe = { method: "greedy", constraint: { regex: " ?[一-龥]{2}[😀-😏]" } } as const;
  const { sequences } = await generate(open, "The capital of Japan, in Japanese:", recipe);
  expect(sequences[0]?.text).toMatch(/^ ?[一-龥]{2}[😀-😏]$/u);
});
