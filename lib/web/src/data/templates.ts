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

/** Templates to begin with: the first two columns are question and answer, a single one is cut in two. */
export function startTemplates(fields: Fields): Templates {
  const [first = "text", second] = Object.keys(fields);
  if (second === undefined || "beginning" in fields) {
    return { prompt: "{beginning}", oneStep: "{beginning}{received}", target: "{rest}" };
  }
  return { prompt: `{${first}}\n`, oneStep: `{${first}}\n{received}`, target: `{${second}}` };
}

/** A text that stands alone gets two more fields: its first words, and the rest. */
export function withHalves(fields: Fields, words = 8): Fields {
  const text = fields.text;
  if (text === undefined) return fields;
  const beginning = new RegExp(`^\\s*(?:\\S+\\s+){0,${words - 1}}\\S+`).exec(text)?.[0] ?? text;
  return { ...fields, beginning, rest: text.slice(beginning.length) };
}
