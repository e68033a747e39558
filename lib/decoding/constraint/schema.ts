import { OptionError } from "../../core/errors.js";
import { nearestName } from "../../core/nearest.js";
import { integerBounds } from "./integers.js";

/** Keywords that hold something to be true of a value and that the engine holds the text to. */
const HELD = [
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "prefixItems",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "anyOf",
  "oneOf",
  "allOf",
  "$ref",
  "$defs",
  "definitions",
] as const;

/** Keywords that hold nothing; of `format` the engine holds those that it knows, and others are a hint, as in draft 2020-12. */
const NOTES = ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"];
const HINTS = ["readOnly", "writeOnly", "format"];

/** What does nearly the same as a keyword that can't be held to. */
const WAYS = new Map([
  ["pattern", "use the constraint `regex`, or list the texts in `enum`"],
  ["multipleOf", "list the numbers in `enum`"],
  ["patternProperties", "name the properties in `properties`"],
  ["if", "write the cases out in `anyOf`"],
  ["then", "write the cases out in `anyOf`"],
  ["else", "write the cases out in `anyOf`"],
  ["minProperties", "name properties in `required`"],
  ["maxProperties", "name the properties in `properties`"],
]);

/** Keywords of draft 2020-12 that nothing does nearly the same as. */
const WITHOUT_WAY = [
  ...["propertyNames", "contains", "minContains", "maxContains", "uniqueItems", "not"],
  ...["dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"],
];

const KNOWN: readonly string[] = [...HELD, ...NOTES, ...HINTS];

/** How many schemas another may lie in: the engine's stack ends somewhere behind it. */
const DEEPEST = 40;

/** Keywords whose value maps names to schemas, is a list of schemas, or is a schema. */
const MAPS = ["properties", "$defs", "definitions"];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const SINGLES = ["items", "additionalProperties"];

/** A keyword of ours may be misspelt, and one of JSON Schema's has a way around it, or none. */
function strangerRule(keyword: string): string {
  const isKeyword = WAYS.has(keyword) || WITHOUT_WAY.includes(keyword);
  const guess = isKeyword ? undefined : nearestName(keyword, KNOWN);
  if (guess !== undefined) return `a keyword that text can be held to (did you mean \`${guess}\`?)`;
  const way = WAYS.get(keyword) ?? "say it in the prompt, and check the text when it is there";
  return `left out, because text can't be held to it while it is generated: ${way}`;
}

/**
 * A schema as the engine holds a text to it: by itself it would pass over a keyword that it doesn't know. Of `oneOf` it
 * is held that at least one fits. Objects have their properties in the order of the schema, and no others unless
 * `additionalProperties` says so.
 * @throws OptionError that names the part at fault
 */
export function readSchema(schema: unknown, place: string, depth = 0): unknown {
  if (depth > DEEPEST) throw new OptionError(place, schema, `in no more than ${DEEPEST} others`);
  if (typeof schema === "boolean") return schema;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new OptionError(place, schema, "a JSON Schema: an object, true or false");
  }
  const fields = new Map<string, unknown>(Object.entries(schema));
  const stranger = [...fields.keys()].find((keyword) => !KNOWN.includes(keyword));
  if (stranger !== undefined) {
    throw new OptionError(`${place}.${stranger}`, fields.get(stranger), strangerRule(stranger));
  }
  const values = fields.get("enum");
  if (values !== undefined && (!Array.isArray(values) || values.length === 0)) {
    throw new OptionError(`${place}.enum`, values, "a list of at least one value");
  }
  const all = fields.get("allOf");
  if (Array.isArray(all) && all.length > 1) {
    const rule = "one schema: several at once can't be held to (write them as one)";
    throw new OptionError(`${place}.allOf`, all, rule);
  }
  assertRequired(fields, place);
  const read = integerBounds(fields, place).map(([keyword, value]) => [
    keyword,
    readParts(keyword, value, `${place}.${keyword}`, depth + 1),
  ]);
  return Object.fromEntries(read);
}

/** The engine passes over a required name of which it knows no schema. */
function assertRequired(fields: ReadonlyMap<string, unknown>, place: string): void {
  const required = fields.get("required");
  if (!Array.isArray(required)) return;
  const properties = Object.keys(fields.get("properties") ?? {});
  const at = required.findIndex((name) => !properties.includes(name));
  if (at < 0) return;
  const rule = "a name in `properties`, where its schema may be {}";
  throw new OptionError(`${place}.required[${at}]`, required[at], rule);
}

function readParts(keyword: string, value: unknown, place: string, depth: number): unknown {
  if (SINGLES.includes(keyword)) return readSchema(value, place, depth);
  if (LISTS.includes(keyword)) {
    if (!Array.isArray(value)) throw new OptionError(place, value, "a list of JSON Schemas");
    return value.map((part, index) => readSchema(part, `${place}[${index}]`, depth));
  }
  if (!MAPS.includes(keyword)) return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(
      place,
      value,
      'an object of JSON Schemas by name, such as { "age": { "type": "integer" } }',
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, readSchema(part, `${place}.${name}`, depth)]),
  );
}
