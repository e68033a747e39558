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

/** Templates to begin with: the first column is the question, the last the answer; a single one is cut in two. */
export function startTemplates(fields: Fields): Templates {
  const names = Object.keys(fields);
  const [first = "text", last = first] = [names[0], names.at(-1)];
  if (first === last || "beginning" in fields) {
    return { prompt: "{beginning}", oneStep: "{beginning}{received}", target: "{rest}" };
  }
  return { prompt: `{${first}}\n`, oneStep: `{${first}}\n{received}`, target: `{${last}}` };
}

/** A text that stands alone gets two more fields: its first words, and the rest. */
export function withHalves(fields: Fields, words = 8): Fields {
  const text = fields.text;
  if (text === undefined) return fields;
  const beginning = new RegExp(`^\\s*(?:\\S+\\s+){0,${words - 1}}\\S+`).exec(text)?.[0] ?? text;
  return { ...fields, beginning, rest: text.slice(beginning.length) };
}
