/** The part of JSON Schema that recipes are written in. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** One entry of a catalogue: a method, or a processor. */
export interface Kind {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

export interface RecipeCatalogue {
  readonly methods: readonly Kind[];
  readonly processors: readonly Kind[];
}

/** What the recipe editor offers, read from the recipe's JSON Schema: nothing in it is written by hand. */
export function readCatalogue(schema: Schema): RecipeCatalogue {
  const methods = (schema.oneOf ?? []).map((option) => readKind(option, "method", ["processors"]));
  const processors = schema.oneOf?.[0]?.properties?.processors?.items?.oneOf ?? [];
  return { methods, processors: processors.map((option) => readKind(option, "type", [])) };
}

function readKind(
  { properties = {}, required = [], description = "" }: Schema,
  nameField: string,
  without: string[],
): Kind {
  const fields = Object.entries(properties)
    .filter(([name]) => name !== nameField && !without.includes(name))
    .map(([name, schema]) => ({
      name,
      schema,
      required: required.includes(name) && schema.default === undefined,
    }));
  return { name: String(properties[nameField]?.const), description, fields };
}

/** The first choice of a field that has several, null aside. */
export function mainSchema(schema: Schema): Schema {
  const options = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  return options[0] === undefined ? schema : mainSchema(options[0]);
}

/** The valid range in words, such as `above 0, at most 1`; empty where anything goes. */
export function rangeOf(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = mainSchema(schema);
  const parts = [
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `from ${minimum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}

/** A value to begin with where a required field has no default: inside its range, and plain. */
export function startValue(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  const { type, minimum, exclusiveMinimum, exclusiveMaximum, maximum, enum: names } = mainSchema(schema);
  if (names !== undefined) return names[0];
  if (type === "boolean") return false;
  if (type === "string") return "";
  if (type === "array") return [];
  if (type !== "number" && type !== "integer") return null;
  const low = minimum ?? exclusiveMinimum ?? 0;
  const high = maximum ?? exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  if (high <= 1) return (low + high) / 2;
  return type === "integer" ? Math.max(1, low) : Math.max(1, low);
}
