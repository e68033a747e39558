/** A sequence of a rule as the engine prints it, `(a b)`, or the empty text. */
const SEQUENCE = /\(((?:"[^"]*"|\[[^\]]*\]|[^()"[\]])*)\)|""/g;
/** A literal, a class or a name, perhaps with a repetition. */
const PART = /("[^"]*"|\[[^\]]*\]|\w+)([*?+]?)/g;

/** What a sequence consists of. */
interface Part {
  /** A rule's name; undefined for characters. */
  readonly rule: string | undefined;
  readonly canBeEmpty: boolean;
}

type Rules = ReadonlyMap<string, readonly (readonly Part[])[]>;

/**
 * The first rule that can begin with itself, directly or through others, without anything before it. The engine reads
 * from the left and never gets to the end of such a rule: it allows nothing.
 * @param grammar as the engine prints it, with every character of literals and classes escaped
 */
export function leftRecursiveRule(grammar: string): string | undefined {
  const rules = readRules(grammar);
  const empty = emptyRules(rules);
  const beginnings = new Map(
    [...rules].map(([name, sequences]) => [name, sequences.flatMap((parts) => firstRules(parts, empty))]),
  );
  return [...rules.keys()].find((name) => reaches(name, beginnings));
}

function readRules(grammar: string): Rules {
  const lines = grammar.split("\n").map((line) => line.split(" ::= ", 2));
  const named = lines.filter((line): line is [string, string] => line.length === 2);
  const names = new Set(named.map(([name]) => name));
  const partOf = ([, what, sign]: RegExpMatchArray): Part => ({
    rule: names.has(what) ? what : undefined,
    canBeEmpty: what === '""' || sign === "*" || sign === "?",
  });
  return new Map(
    named.map(([name, body]) => {
      const inside = body.replace(/ \(=.*$/, "").slice(1, -1);
      const sequences = [...inside.matchAll(SEQUENCE)].map(([, parts = ""]) => [...parts.matchAll(PART)]);
      return [name, sequences.map((parts) => parts.map(partOf))];
    }),
  );
}

function emptyRules(rules: Rules): ReadonlySet<string> {
  const empty = new Set<string>();
  const vanishes = ({ rule, canBeEmpty }: Part) => canBeEmpty || (rule !== undefined && empty.has(rule));
  for (let size = -1; size < empty.size; ) {
    size = empty.size;
    for (const [name, sequences] of rules) {
      if (sequences.some((parts) => parts.every(vanishes))) empty.add(name);
    }
  }
  return empty;
}

/** The rules that a sequence may begin with. */
function firstRules(parts: readonly Part[], empty: ReadonlySet<string>): string[] {
  const solid = parts.findIndex(
    ({ rule, canBeEmpty }) => !canBeEmpty && (rule === undefined || !empty.has(rule)),
  );
  const first = solid < 0 ? parts : parts.slice(0, solid + 1);
  return first.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
}

function reaches(name: string, beginnings: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(beginnings.get(name) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(beginnings.get(next) ?? []));
  }
  return false;
}
