import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { generate } from "../../../lib/decoding/index.js";
import { byteTokenizer, noisyModel } from "./bytes.js";

type Schema = Record<string, unknown>;

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constant({ type: "string" }),
  fc.constant({ type: "boolean" }),
  fc.constant({ type: "null" }),
  fc.constant({ type: "number" }),
  fc
    .tuple(fc.integer({ min: -300, max: 300 }), fc.nat(300))
    .map(([minimum, more]) => ({ type: "integer", minimum, maximum: minimum + more })),
  fc.constantFrom<Schema>(
    { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    { type: "integer", exclusiveMinimum: 0 },
    { type: "integer", maximum: 0 },
    { type: "integer", exclusiveMaximum: 0 },
  ),
  fc
    .tuple(fc.nat(3), fc.nat(4))
    .map(([minLength, more]) => ({ type: "string", minLength, maxLength: minLength + more })),
  fc
    .uniqueArray(fc.constantFrom("日本", "a\n", '"', 5, true, null, "é😀"), { minLength: 1, maxLength: 3 })
    .map((choices) => ({ enum: choices })),
);

const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.record({ a: tie("schema"), ключ: tie("schema") }).chain((properties) =>
      fc.subarray(Object.keys(properties)).map((required) => ({
        type: "object",
        properties,
        required,
        additionalProperties: false,
      })),
    ),
    fc
      .tuple(tie("schema"), fc.nat(2), fc.nat(2))
      .map(([items, minItems, more]) => ({ type: "array", items, minItems, maxItems: minItems + more })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
  ),
}));

/** JSON allows 1e999, which JavaScript reads as Infinity and the validator then as no number. */
function withinDoubles(_: string, value: unknown): unknown {
  return typeof value !== "number" || Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

test("law: what is sampled under a JSON Schema parses, and the schema accepts it", async () => {
  let ended = 0;
  const property = fc.asyncProperty(schema, fc.nat(1000), async (jsonSchema, seed) => {
    const open = { name: "noise", model: noisyModel(seed, '"}],:0.e', 3), tokenizer: byteTokenizer };
    const recipe = { method: "sample", seed, maxNewTokens: 300, constraint: { jsonSchema } } as const;
    const { sequences } = await generate(open, "?", { ...recipe, numReturnSequences: 2 });
    const validator = z.fromJSONSchema(jsonSchema as Parameters<typeof z.fromJSONSchema>[0]);
    for (const { text, finishReason } of sequences) {
      if (finishReason !== "stop") continue;
      ended++;
      const accepted = validator.safeParse(JSON.parse(text, withinDoubles));
      expect(accepted.success, `${text} for ${JSON.stringify(jsonSchema)}`).toBe(true);
    }
  });
  await fc.assert(property, { numRuns: 60 });
  expect(ended).toBeGreaterThan(60);
}, 120_000);

test.each([
  [
    { type: "number", minimum: 3 },
    '`constraint.jsonSchema.minimum` must be left out unless `type` is "integer"',
  ],
  [
    { properties: { a: { not: {} } } },
    "`constraint.jsonSchema.properties.a.not` must be left out, because text can't be held to it",
  ],
  [
    { items: { anyOf: [{ pattern: "^a" }] } },
    "`constraint.jsonSchema.items.anyOf[0].pattern` must be left out",
  ],
  [
    { type: "integer", minimum: 20 },
    "`constraint.jsonSchema.minimum` must be part of a range of at most 4096 integers",
  ],
  [
    { type: "integer", minimum: 20, maximum: 19 },
    "`constraint.jsonSchema.minimum` must be part of a range that is not empty",
  ],
  [{ allOf: [{}, {}] }, "`constraint.jsonSchema.allOf` must be one schema"],
  [
    { type: "strin" },
    '`constraint.jsonSchema` must be a JSON Schema that a text can be held to (Unsupported type "strin")',
  ],
  [
    { $ref: "#/$defs/none" },
    "`constraint.jsonSchema` must be a JSON Schema that a text can be held to (Cannot find",
  ],
  [
    { anyOf: [3] },
    "`constraint.jsonSchema.anyOf[0]` must be a JSON Schema: an object, true or false, but is 3",
  ],
])("refuses %j", async (jsonSchema, message) => {
  const open = { name: "noise", model: noisyModel(1, "", 0), tokenizer: byteTokenizer };
  await expect(generate(open, "?", { method: "greedy", constraint: { jsonSchema } })).rejects.toThrow(
    message,
  );
});

test("a schema that lies too deep is named, before the engine sees it", async () => {
  const nested = (depth: number): Schema =>
    Array.from({ length: depth }).reduce<Schema>((items) => ({ type: "array", items }), { type: "string" });
  const hold = (jsonSchema: Schema) =>
    generate({ name: "noise", model: noisyModel(1, "", 0), tokenizer: byteTokenizer }, "a", {
      method: "greedy",
      maxNewTokens: 2,
      constraint: { jsonSchema },
    });
  await hold(nested(40));
  await expect(hold(nested(200))).rejects.toThrow(
    /`constraint\.jsonSchema(\.items){41}` must be in no more than 40 others/,
  );
});

test.each([
  [{ required: ["name"] }, 0],
  [{ properties: { b: { type: "integer" } }, additionalProperties: true, required: ["b", "a"] }, 1],
])("a required name without a schema is named: %j", async (fields, at) => {
  const open = { name: "noise", model: noisyModel(1, "", 0), tokenizer: byteTokenizer };
  const constraint = { jsonSchema: { type: "object", ...fields } };
  await expect(generate(open, "?", { method: "greedy", constraint })).rejects.toThrow(
    `\`constraint.jsonSchema.required[${at}]\` must be a name in \`properties\`, where its schema may be {}`,
  );
});

test("a required name whose schema allows everything is held to", async () => {
  const open = { name: "noise", model: noisyModel(3, '"}:0', 3), tokenizer: byteTokenizer };
  const constraint = { jsonSchema: { type: "object", properties: { name: {} }, required: ["name"] } };
  const recipe = { method: "sample", seed: 1, maxNewTokens: 60, constraint } as const;
  const { sequences } = await generate(open, "?", { ...recipe, numReturnSequences: 4 });
  for (const { text } of sequences) expect(text).toMatch(/^\{\s*"name"/);
});
