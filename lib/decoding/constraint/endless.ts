import { OptionError } from "../../core/errors.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Refuses a schema with a reference that leads back to itself without a way out: the engine would go on with blanks, or
 * with brackets, until the tokens are used up.
 * @param schema as `readSchema` has read it
 * @throws OptionError that names the reference
 */
export function assertEnds(schema: unknown, place: string): void {
  const references = [...new Set(referencesIn(schema))];
  const ending = new Set<string>();
  for (let size = -1; size < ending.size; ) {
    size = ending.size;
    for (const one of references) if (ends(targetOf(schema, one), ending)) ending.add(one);
  }
  const endless = references.find((one) => !ending.has(one));
  if (endless === undefined) return;
  const way = "leave it out of `required`, or give it another case in `anyOf`";
  throw new OptionError(`${place}: $ref`, endless, `a reference to a schema that ends somewhere: ${way}`);
}

/** Whether a finite text follows the schema, where the references in `ending` have one. */
function ends(schema: unknown, ending: ReadonlySet<string>): boolean {
  if (!isObject(schema)) return true;
  const { $ref, anyOf, oneOf, allOf, type, properties, required, items, minItems, prefixItems } = schema;
  if (typeof $ref === "string") return ending.has($ref);
  if ("enum" in schema || "const" in schema) return true;
  const inside = (part: unknown) => ends(part, ending);
  const cases = anyOf ?? oneOf;
  if (Array.isArray(cases)) return cases.some(inside);
  if (Array.isArray(allOf)) return allOf.every(inside);
  const types = [type ?? []].flat();
  if (types.some((one) => one !== "object" && one !== "array")) return true;
  if (Array.isArray(required) && isObject(properties)) {
    return required.every((name) => inside(properties[name]));
  }
  // The engine asks for all of `prefixItems`.
  const first = Array.isArray(prefixItems) ? prefixItems : [];
  if (!first.every(inside)) return false;
  return !(typeof minItems === "number" && minItems > first.length) || inside(items);
}

function referencesIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(referencesIn);
  if (!isObject(part)) return [];
  return Object.entries(part).flatMap(([keyword, value]) => {
    if (keyword === "enum" || keyword === "const") return [];
    return keyword === "$ref" && typeof value === "string" ? [value] : referencesIn(value);
  });
}

/** What a reference such as `#/$defs/node` points to, its names taken as they stand, as the engine takes them. */
function targetOf(schema: unknown, reference: string): unknown {
  const names = reference.split("/").slice(1);
  return names.reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), schema);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
