import { z } from "zod";
import { OptionError } from "../core/errors.js";
import { nearestName, oneOf } from "../core/nearest.js";
import type { ConfigSchema } from "./configSchema.js";

/** What a message about an object says in place of the usual rules. */
interface ObjectRules {
  /** For a value that is no object. */
  readonly rule?: string;
  /** For an unknown field that has its place elsewhere; undefined for one that has none. */
  readonly elsewhere?: (field: string) => string | undefined;
  /** What another library's name for a field means here, in words. */
  readonly meant?: (field: string) => string | undefined;
}

/** An object with these fields and no others; an unknown one is named, with the nearest known name. */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape, rules: ObjectRules = {}) {
  const known = Object.keys(shape);
  const {
    rule = `an object with the fields ${known.join(", ")}`,
    elsewhere,
    meant = namesake(shape),
  } = rules;
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return rule;
      const [field] = issue.keys as [string];
      const near = nearestName(field, known);
      const other = near === undefined ? meant(field) : undefined;
      if (near === undefined && other === undefined) {
        const place = elsewhere?.(field);
        if (place !== undefined) return place;
      }
      return oneOf("a known field", field, known, other);
    },
  });
}

/** Of an object that is told by its `type`, such as `topP`: a field of that name, such as `top_p`, is its first other one. */
function namesake(shape: z.ZodRawShape): (field: string) => string | undefined {
  const { type } = shape;
  const first = Object.keys(shape).find((field) => field !== "type");
  if (!(type instanceof z.ZodLiteral) || first === undefined) return () => undefined;
  const types = [...type.values].map(String);
  return (field) => (nearestName(field, types) === undefined ? undefined : `\`${first}\``);
}

/** A choice between these names. */
export function nameField<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: (issue) => oneOf("one of", issue.input, names) });
}

/** A whole number from `min` up. */
export function countField(min: number, way = "") {
  const rule = { error: `a whole number from ${min}${way}` };
  return z.int(rule).min(min, rule);
}

/** A choice between yes and no. */
export function flagField() {
  return z.boolean({ error: "true or false" });
}

/**
 * A choice between objects that are told apart by the name in one of their fields.
 * @param example such an object as JSON, for messages
 * @param meant what another library's name means here, in words
 */
export function namedUnion<T>(
  field: string,
  schemas: readonly ConfigSchema<T>[],
  names: readonly string[],
  example?: string,
  meant: (name: string) => string | undefined = () => undefined,
): ConfigSchema<T> {
  // zod wants a tuple of objects here; ours come from a registry, so their number isn't known to the compiler.
  const options = schemas as unknown as readonly [z.ZodObject];
  const union = z.discriminatedUnion(field, options, {
    error: (issue) => {
      if (issue.code !== "invalid_union") {
        return `an object with the field \`${field}\`${example === undefined ? "" : `, such as ${example}`}`;
      }
      const name = (issue.input as Record<string, unknown>)[field];
      return oneOf("one of", name, names, typeof name === "string" ? meant(name) : undefined);
    },
  });
  return union as unknown as ConfigSchema<T>;
}

/** The zod schema behind the public type. */
export function toZod<T>(schema: ConfigSchema<T>): z.ZodType<T> {
  return schema as unknown as z.ZodType<T>;
}

/** A zod schema as the public type shows it. */
export function fromZod<T>(schema: z.ZodType<T>): ConfigSchema<T> {
  return schema as unknown as ConfigSchema<T>;
}

/**
 * The value as the schema reads it, defaults filled in.
 * @param place where the value stands, put before the names of its fields in messages
 * @throws OptionError that names the first field at fault, its rule and its value
 */
export function validate<T>(schema: ConfigSchema<T>, value: unknown, place: string): T {
  const read = readWith(schema, value);
  if ("data" in read) return read.data;
  const { path, found, rule } = read.fault;
  throw new OptionError(fieldName(place, path) || "recipe", found, rule);
}

/** What is wrong with one field of a value. */
export interface Fault {
  /** Keys and positions that lead to the field. */
  readonly path: readonly PropertyKey[];
  readonly found: unknown;
  readonly rule: string;
}

/** The value as the schema reads it, defaults filled in, or the first field at fault. */
export function readWith<T>(
  schema: ConfigSchema<T>,
  value: unknown,
): { readonly data: T } | { readonly fault: Fault } {
  const result = toZod(schema).safeParse(value);
  if (result.success) return { data: result.data };
  const { issues } = result.error;
  // A misspelt field is often why another is missing, and explains more.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] as string] : issue.path;
  const found = path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)?.[key], value);
  return { fault: { path, found, rule: issue.message } };
}

/** Such as `processors[1].p`; empty for the value itself. */
export function fieldName(place: string, path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return (place + parts.join("")).replace(/^\./, "");
}
