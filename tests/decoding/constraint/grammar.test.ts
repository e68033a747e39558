import { expect, test } from "vitest";
import { newEngine } from "../../../lib/decoding/constraint/engine.js";
import { grammarOf } from "../../../lib/decoding/constraint/grammar.js";
import type { Constraint } from "../../../lib/decoding/index.js";

/** Which of these ASCII texts the grammar of a constraint accepts as a whole. */
async function accepted(constraint: Constraint, texts: readonly string[]): Promise<string[]> {
  const { xgrammar } = await newEngine();
  const grammar = await xgrammar.Grammar.fromEBNF(await grammarOf(constraint));
  const found: string[] = [];
  for (const text of texts)
    if (await xgrammar.Testings.isGrammarAcceptString(grammar, text)) found.push(text);
  return found;
}

const optional = {
  type: "object",
  properties: {
    a: { enum: ["a\n"] },
    k: { type: "array", items: { enum: ["b"] }, minItems: 0, maxItems: 1 },
  },
};
const good = ["[b]", "[ b]", "[b ]", "[ b ]", "[]", "[ ]", "[  b  ]"];
const bad = ["[bb]", "[b b]", "[b", "[", "b"];

test.each<[Constraint, string[], string[]]>([
  // The engine by itself accepts the bad ones of the first three, since a rule that can be empty is used repeatedly.
  [{ grammar: 'root ::= ("[" ws "b" ws "]") | ("[" ws "]")\nws ::= [ ]*' }, good, bad],
  [{ grammar: 'root ::= ("[" a "b" a "]") | ("[" a "]")\nws ::= "" | " " ws\na ::= ws' }, good, bad],
  [
    { jsonSchema: optional },
    ['{"k":["b"]}', '{"k": [ "b" ] }', '{"a":"a\\n", "k":[]}', "{}"],
    ['{"k":["b""b"]}', '{"k":["b"]"a":"a\\n"}', '{"a":"a\\n""k":[]}', '{"k":["b","b"]}'],
  ],
  [
    { json: true },
    ["[1, 2]", '{"a": [1, {"b": null}]}', "-1.5e3", '"a"', "[[], [ ]]"],
    ["[1 2]", "01", "{a: 1}", ""],
  ],
  [{ json: true }, ['["a",\n\n  "b"]'], ['"a\tb"', '"a\nb"', `[${" ".repeat(33)}]`]],
  [{ regex: "(ab)*" }, ["", "ab", "abab"], ["a", "aba"]],
  [{ regex: "^x?[0-9]*$" }, ["", "x", "x12", "3"], ["1x", "xx"]],
  [{ choices: ["a\n", 'say "b"', "a\\n"] }, ["a\n", 'say "b"', "a\\n"], ["a", "say b"]],
])("%j", async (constraint, yes, no) => {
  expect(await accepted(constraint, [...yes, ...no])).toEqual(yes);
});

test.each<[Constraint, string]>([
  [
    { regex: "a(?=b)" },
    "`constraint.regex` must be a regular expression in JavaScript's syntax, without look-around, back-references " +
      'and \\p{…} (Regex parsing error at position 4: Lookahead is not supported yet.), but is "a(?=b)"',
  ],
  [{ regex: "(a" }, 'The parenthesis is not closed.), but is "(a"'],
  [
    { grammar: 'start ::= "a"' },
    '`constraint.grammar` must be a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"` (EBNF parser ' +
      'error at line 1, column 1: The root rule with name "root" is not found), but is "start ::= \\"a\\""',
  ],
  [
    { grammar: 'root ::= "a" b "c" b\nb ::= c c\nc ::= "x"*' },
    'its rule `b`, made of parts that all can be empty, is used more than once: write it as "" | …',
  ],
])("refuses %j", async (constraint, message) => {
  await expect(grammarOf(constraint)).rejects.toThrow(message);
});
