/** A grammar whose rules can't be empty, and those of its rules that still can be and stand in several places. */
export interface NonEmpty {
  readonly grammar: string;
  readonly left: readonly string[];
}

/** Literals and classes, which hold only escapes here, or a name. */
const WORD = /"[^"]*"|\[[^\]]*\]|[A-Za-z_]\w*/g;

/**
 * Takes the empty text out of rules and puts it where they are used: `ws ::= "" | " " ws` and `a ws` become
 * `ws ::= " " ws?` and `a ws?`. The engine mixes the places up at which a rule is used that can be empty, and so goes
 * on after one as if it were after another; parts of a rule, such as `ws?`, have one place each.
 * @param grammar as the engine prints it, with every character of literals and classes escaped
 * @param start a name that is free
 */
export function withoutEmptyRules(grammar: string, start: string): NonEmpty {
  const lines = grammar.split("\n").filter((line) => line.trim() !== "");
  const rules = new Map(lines.map((line) => line.split(" ::= ", 2) as [string, string]));
  const empty = new Set<string>();
  for (let size = -1; size < empty.size; ) {
    size = empty.size;
    for (const [name, body] of rules) {
      const other = withoutEmpty(body, empty);
      if (other === undefined || empty.has(name)) continue;
      empty.add(name);
      rules.set(name, other);
    }
  }
  const rename = (word: string) => (word === "root" && empty.has("root") ? start : word);
  const spelled = [...rules].map(([name, body]) => {
    // A rule that is only another name has to stay so: with `?` it could be empty again.
    if (empty.has(name) && aliasOf(body) !== undefined) return [rename(name), body.replace(WORD, rename)];
    const used = body.replace(WORD, (word) => (empty.has(word) ? `${rename(word)}?` : word));
    return [rename(name), used];
  });
  if (empty.has("root")) spelled.unshift(["root", `"" | ${start}`]);
  return { grammar: spelled.map((rule) => rule.join(" ::= ")).join("\n"), left: stillEmpty(spelled) };
}

/** The body without the empty text; undefined where it isn't seen to be possible. */
function withoutEmpty(body: string, empty: ReadonlySet<string>): string | undefined {
  if (body.startsWith('("" | ')) return body.replace('("" | ', "(");
  if (/^\(\(\S+\*\)\)$/.test(body)) return body.replace("*))", "+))");
  const alias = aliasOf(body);
  return alias !== undefined && empty.has(alias) ? body : undefined;
}

function aliasOf(body: string): string | undefined {
  return /^\(\(([A-Za-z_]\w*)\)\)$/.exec(body)?.[1];
}

function stillEmpty(rules: readonly string[][]): string[] {
  const bodies = rules.map(([, body]) => body).join("\n");
  return rules
    .filter(
      ([name, body]) => name !== "root" && alternativesOf(body).some(canBeEmpty) && count(bodies, name) > 1,
    )
    .map(([name]) => name);
}

/** The engine prints `((a b) | (c))`. */
function alternativesOf(body: string): string[] {
  return body
    .replace(/ \(=.*$/, "")
    .replace(/^\(\(|\)\)$/g, "")
    .split(") | (");
}

function canBeEmpty(sequence: string): boolean {
  const parts = sequence.replace(/"[^"]+"|\[[^\]]*\]/g, "x").split(" ");
  return parts.every((part) => part === '""' || /[*?]$/.test(part));
}

function count(text: string, name: string): number {
  return [...text.matchAll(WORD)].filter(([word]) => word === name).length;
}
