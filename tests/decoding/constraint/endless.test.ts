import { expect, test } from "vitest";
import { grammarOf } from "../../../lib/decoding/constraint/grammar.js";

const node = (more: object) => ({ $defs: { node: more }, $ref: "#/$defs/node" });
const self = { $ref: "#/$defs/node" };

test.each<[name: string, schema: Record<string, unknown>]>([
  ["itself", { $ref: "#" }],
  [
    "two that point to each other",
    { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" },
  ],
  ["a required property", { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] }],
  ["an array with at least one of itself", node({ type: "array", items: self, minItems: 1 })],
  ["a first item", node({ type: "array", prefixItems: [{ type: "null" }, self] })],
  ["every case", node({ anyOf: [self, { type: "array", items: self, minItems: 2 }] })],
  ["a property that nobody has to write", { type: "object", properties: { a: self }, $defs: { node: self } }],
])("a schema that leads back to %s without a way out is an error", async (_, jsonSchema) => {
  await expect(grammarOf({ jsonSchema })).rejects.toThrow(
    /^`constraint.jsonSchema: \$ref` must be a reference to a schema that ends somewhere: leave it out of `required`, .*"#/,
  );
});

test.each<[name: string, schema: Record<string, unknown>]>([
  [
    "a property that may be left out",
    node({ type: "object", properties: { next: self, n: { type: "integer" } }, required: ["n"] }),
  ],
  [
    "a case that ends",
    node({ type: "object", properties: { next: { anyOf: [self, { type: "null" }] } }, required: ["next"] }),
  ],
  [
    "an empty array",
    node({ type: "object", properties: { all: { type: "array", items: self } }, required: ["all"] }),
  ],
  ["another type", node({ type: ["array", "null"], items: self, minItems: 1 })],
  ["a value that looks like a reference", { const: { $ref: "#" } }],
])("one with %s is not", async (_, jsonSchema) => {
  expect(await grammarOf({ jsonSchema })).toContain("root ::=");
});
