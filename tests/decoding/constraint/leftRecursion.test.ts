import { expect, test } from "vitest";
import { grammarOf } from "../../../lib/decoding/constraint/grammar.js";

test.each([
  ["directly", 'root ::= root "a" | "a"', "root"],
  ["through another", 'root ::= "<" x\nx ::= y "a"\ny ::= x "b" | "c"', "x"],
  ["behind a rule that can be empty", 'root ::= x "b"\nx ::= y x "a" | "a"\ny ::= "" | "c"', "x"],
  ["behind a repetition", 'root ::= [a-z]* root | "b"', "root"],
  ["behind an option", 'root ::= ("a" | "b")? root "c" | "d"', "root"],
  ["and is nothing else", "root ::= root", "root"],
])("a rule that begins with itself %s is named", async (_, grammar, rule) => {
  await expect(grammarOf({ grammar })).rejects.toThrow(
    `; its rule \`${rule}\` begins with itself: write it as`,
  );
});

test.each([
  ["at its end", 'root ::= "a" root | "b"'],
  ["at its end, or empty", 'root ::= "a" root | ""'],
  ["between brackets", 'root ::= "(" root ")" | [0-9]+'],
  ["behind what can't be empty", 'root ::= x root | "c"\nx ::= "a"* "b"'],
  ["behind a name that is text", 'root ::= "root" root | "b"'],
])("a rule with itself %s is read", async (_, grammar) => {
  await expect(grammarOf({ grammar })).resolves.toContain("root ::= ");
});

test("a schema that lies in itself is read", async () => {
  const tree = {
    type: "object",
    properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
    required: ["next"],
  };
  await expect(grammarOf({ jsonSchema: tree })).resolves.toContain("root ::= ");
});
