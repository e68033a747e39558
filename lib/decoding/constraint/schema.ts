import { OptionError } from "../../core/errors.js";
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

/** Keywords that hold nothing; `format` is no more than a hint in draft 2020-12. */
const NOTES = ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"];
const HINTS = ["readOnly", "writeOnly", "format"];

const KNOWN: readonly string[] = [...HELD, ...NOTES, ...HINTS];

/** Keywords whose value maps names to schemas, is a list of schemas, or is a schema. */
const MAPS = ["properties", "$defs", "definitions"];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const SINGLES = ["items", "additionalProperties"];

/**
 * A schema as the engine holds a text to it: by itself it would pass over a keyword that it doesn't know. Of `oneOf` it
 * is held that at least one fits. Objects have their properties in the order of the schema, and no others unless
 * `additionalProperties` says so.
 * @throws OptionError that names the part at fault
 */
export function readSchema(schema: unknown, place: string): unknown {
  if (typeof schema === "boolean") return schema;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new OptionError(place, schema, "a JSON Schema: an object, true or false");
  }
  const fields = new Map<string, unknown>(Object.entries(schema));
  const stranger = [...fields.keys()].find((keyword) => !KNOWN.includes(keyword));
  if (stranger !== undefined) {
    const rule = `left out: it can't be held to; keywords that can are ${HELD.join(", ")}`;
    throw new OptionError(`${place}.${stranger}`, fields.get(stranger), rule);
  }
  const all = fields.get("allOf");
  if (Array.isArray(all) && all.length > 1) {
    const rule = "one schema: several at once can't be held to (write them as one)";
    throw new OptionError(`${place}.allOf`, all, rule);
  }
  const read = integerBounds(fields, place).map(([keyword, value]) => [
    keyword,
    readParts(keyword, value, `${place}.${keyword}`),
  ]);
  return Object.fromEntries(read);
}

function readParts(keyword: string, value: unknown, place: string): unknown {
  if (SINGLES.includes(keyword)) return readSchema(value, place);
  if (LISTS.includes(keyword) && Array.isArray(value)) {
    return value.map((part, index) => readSchema(part, `${place}[${index}]`));
  }
  if (!MAPS.includes(keyword) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, readSchema(part, `${place}.${name}`)]),
  );
}
