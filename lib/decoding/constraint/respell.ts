import { complement, readClass, readLiteral } from "./characterClass.js";
import { leftRecursiveRule } from "./leftRecursion.js";
import { type NonEmpty, withoutEmptyRules } from "./nonEmpty.js";
import { literal, oneOf } from "./symbols.js";
import { asTrie } from "./trie.js";
import type { Range } from "./utf8Ranges.js";

/** Which language a grammar was made from, where the engine's idea of it has to be put right. */
export type Dialect = "json" | "regex" | "grammar";

/** A grammar in the engine's symbols, with what it can't be read with. */
export interface Respelled extends NonEmpty {
  /** A rule that begins with itself: see `leftRecursiveRule`. */
  readonly recursive: string | undefined;
}

/** Literals and character classes of a grammar as the engine prints it. */
const ELEMENT = /"((?:\\.|[^"\\])*)"|(\[(?:\\.|[^\]\\])*\])(\*?)/gs;

/** The engine's way with `\S` puts a bracket into the class. */
const NOT_BLANK = "[^[\\f\\n\\r\\t\\v \\xa0]";

/** The engine's way with `.`; in JavaScript it does not match a line's end. */
const ANY = "[\\0-\\U0010ffff]";
const LINE_ENDS: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** How JSON is laid out, as the engine prints it. Without a limit a small model can go on with blanks for ever. */
const BLANKS = "[ \\n\\t]*";
const MOST_BLANKS = 32;

/** Between quotes JSON needs these escaped. */
const CONTROL: Range = [0, 0x1f];

/**
 * A grammar in the engine's ASCII symbols: see `symbolText`. Classes get a rule of their own, so that each is spelled
 * out once.
 */
export function respell(grammar: string, dialect: Dialect): Respelled {
  const rules = new Map<string, string>();
  const prefix = freePrefix(grammar);
  const ruleFor = (body: string) => {
    const name = rules.get(body) ?? `${prefix}${rules.size}`;
    rules.set(body, name);
    return name;
  };
  const text = grammar.replace(ELEMENT, (element, inside?: string, characters = "", star = "") => {
    if (inside !== undefined) return literal(readLiteral(inside));
    if (dialect === "json" && element === BLANKS) return `${ruleFor(`[ \\n\\t]{1,${MOST_BLANKS}}`)}?`;
    const spelled = oneOf(rangesOf(characters, dialect));
    return (spelled.startsWith("[") ? spelled : ruleFor(spelled)) + star;
  });
  const classes = [...rules].map(([body, name]) => `${name} ::= ${body}`);
  const recursive = leftRecursiveRule(text);
  const spelled = text.split("\n").map(asTrie).join("\n");
  const { grammar: rest, left } = withoutEmptyRules(spelled, `${prefix}root`);
  return { grammar: [rest, ...classes].join("\n"), left, recursive };
}

function rangesOf(characters: string, dialect: Dialect): readonly Range[] {
  if (dialect === "regex" && characters === NOT_BLANK) return readClass(`^${characters.slice(3, -1)}`);
  if (dialect === "regex" && characters === ANY) return complement(LINE_ENDS);
  const inside = characters.slice(1, -1);
  // The engine's classes for the inside of a string leave control characters in.
  if (dialect === "json" && inside.startsWith("^"))
    return complement([CONTROL, ...readClass(inside.slice(1))]);
  return readClass(inside);
}

/** What no rule's name begins with. */
function freePrefix(grammar: string): string {
  let prefix = "characters_";
  while (grammar.includes(prefix)) prefix = `${prefix}_`;
  return prefix;
}
