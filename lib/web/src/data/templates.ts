/** One example: its columns by name. */
export type Fields = Readonly<Record<string, string>>;

/** How an example becomes a prompt, the prompt of a single step, and the text that is expected. */
export interface Templates {
  readonly prompt: string;
  /** `{received}` stands for what was picked so far. */
  readonly oneStep: string;
  readonly target: string;
}

/** The template with each `{name}` replaced by that field; a name that the example doesn't have stays as it is. */
export function fill(template: string, fields: Fields): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => fields[name] ?? whole);
}

/** The names in a template that an example doesn't have. */
export function missingFields(template: string, fields: Fields): string[] {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  return [...new Set(names)].filter((name) => !(name in fields));
}

/** Names that data sets give to what is asked and to what is expected, the commonest first. */
const ASKED = ["prompt", "question", "instruction", "input"];
const EXPECTED = ["answer", "response", "output", "completion", "target", "label"];

/**
 * Templates to begin with: the columns whose names say that they ask and answer, else the first and the last; a single
 * text is cut in two.
 */
export function startTemplates(fields: Fields): Templates {
  if ("beginning" in fields) {
    return { prompt: "{beginning}", oneStep: "{beginning}{received}", target: "{rest}" };
  }
  const names = Object.keys(fields);
  const asker = named(names, ASKED);
  const expected = named(names, EXPECTED) ?? names.filter((name) => name !== asker).at(-1);
  const asked = asker ?? names.find((name) => name !== expected);
  return { prompt: `{${asked}}\n`, oneStep: `{${asked}}\n{received}`, target: `{${expected}}` };
}

/** The column with the first of these names, whatever its case. */
function named(columns: readonly string[], wanted: readonly string[]): string | undefined {
  const found = wanted.map((name) => columns.find((column) => column.toLowerCase() === name));
  return found.find((column) => column !== undefined);
}

/** A text, alone or beside other fields, gets two more: its first words, and the rest. */
export function withHalves(fields: Fields, words = 8): Fields {
  const columns = Object.values(fields);
  const text = fields.text ?? (columns.length === 1 ? columns[0] : undefined);
  if (text === undefined) return fields;
  const beginning = new RegExp(`^\\s*(?:\\S+\\s+){0,${words - 1}}\\S+`).exec(text)?.[0] ?? text;
  return { ...fields, beginning, rest: text.slice(beginning.length) };
}
