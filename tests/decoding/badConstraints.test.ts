import { describe } from "vitest";
import { refused } from "./refused.js";

describe("bad recipes: constraints", () =>
  refused([
    [
      { method: "greedy", constraint: {} },
      "`constraint` must be an object with exactly one of jsonSchema, regex, choices, grammar, json, but is {}",
    ],
    [
      { method: "greedy", constraint: "json" },
      '`constraint` must be an object with exactly one of jsonSchema, regex, choices, grammar, json, but is "json"',
    ],
    [{ method: "greedy", constraint: { json: false } }, "`constraint.json` must be true, but is false"],
    [
      { method: "greedy", constraint: { regex: "a", choices: ["b"] } },
      '`constraint` must be an object with exactly one of jsonSchema, regex, choices, grammar, json, but is {"regex":"a","choices":["b"]}',
    ],
    [
      { method: "greedy", constraint: { regexp: "a" } },
      '`constraint.regexp` must be a known field: jsonSchema, regex, choices, grammar, json (did you mean `regex`?), but is "a"',
    ],
    [
      { method: "greedy", constraint: { regex: "(a" } },
      '`constraint.regex` must be a regular expression in JavaScript\'s syntax, without look-around, back-references and \\p{…} (Regex parsing error at position 3: The parenthesis is not closed.), but is "(a"',
    ],
    [
      { method: "greedy", constraint: { regex: "a{3,1}" } },
      '`constraint.regex` must be a regular expression in JavaScript\'s syntax, without look-around, back-references and \\p{…} (numbers out of order in {} quantifier), but is "a{3,1}"',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "object", properties: { a: { enum: [] } } } } },
      "`constraint.jsonSchema.properties.a.enum` must be a list of at least one value, but is []",
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "object", minProperties: 1 } } },
      "`constraint.jsonSchema.minProperties` must be left out, because text can't be held to it while it is generated: name properties in `required`, but is 1",
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { propertyNames: { maxLength: 3 } } } },
      '`constraint.jsonSchema.propertyNames` must be left out, because text can\'t be held to it while it is generated: say it in the prompt, and check the text when it is there, but is {"maxLength":3}',
    ],
    [
      { method: "greedy", constraint: { grammar: 'root ::= sum\nsum ::= sum "+" [0-9] | [0-9]' } },
      '`constraint.grammar` must be a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"`; its rule `sum` begins with itself: write it as a repetition, such as sum ::= "a" "b"*, or with itself at the end, but is "root ::= sum\\nsum ::= sum \\"+\\" [0-9] | [0-9]"',
    ],
    [
      { method: "greedy", constraint: { regex: "" } },
      '`constraint.regex` must be a regular expression as text, not empty, but is ""',
    ],
    [
      { method: "greedy", constraint: { regex: "(?=a)b" } },
      '`constraint.regex` must be a regular expression in JavaScript\'s syntax, without look-around, back-references and \\p{…} (Regex parsing error at position 3: Lookahead is not supported yet.), but is "(?=a)b"',
    ],
    [
      { method: "greedy", constraint: { choices: [] } },
      "`constraint.choices` must be a list of at least one text, but is []",
    ],
    [
      { method: "greedy", constraint: { choices: "yes" } },
      '`constraint.choices` must be a list of at least one text, but is "yes"',
    ],
    [
      { method: "greedy", constraint: { choices: [1, 2] } },
      "`constraint.choices[0]` must be a text that is not empty, but is 1",
    ],
    [
      { method: "greedy", constraint: { grammar: 'start ::= "a"' } },
      '`constraint.grammar` must be a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"` (EBNF parser error at line 1, column 1: The root rule with name "root" is not found), but is "start ::= \\"a\\""',
    ],
    [
      { method: "greedy", constraint: { grammar: "root ::= x" } },
      '`constraint.grammar` must be a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"` (EBNF parser error at line 1, column 10: Rule "x" is not defined), but is "root ::= x"',
    ],
    [
      { method: "greedy", constraint: { grammar: "root = 'a'" } },
      '`constraint.grammar` must be a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"` (EBNF lexer error at line 1, column 8: Unexpected character: \'), but is "root = \'a\'"',
    ],
    [
      { method: "greedy", constraint: { grammar: ["root"] } },
      '`constraint.grammar` must be a grammar as text, such as `root ::= "yes" | "no"`, but is ["root"]',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: "object" } },
      '`constraint.jsonSchema` must be a JSON Schema: an object, true or false, but is "object"',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "objekt" } } },
      '`constraint.jsonSchema` must be a JSON Schema that a text can be held to (Unsupported type "objekt"), but is {"type":"objekt"}',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "string", pattern: "a+" } } },
      '`constraint.jsonSchema.pattern` must be left out, because text can\'t be held to it while it is generated: use the constraint `regex`, or list the texts in `enum`, but is "a+"',
    ],
    [
      {
        method: "greedy",
        constraint: { jsonSchema: { type: "object", properties: { a: { type: "number", multipleOf: 2 } } } },
      },
      "`constraint.jsonSchema.properties.a.multipleOf` must be left out, because text can't be held to it while it is generated: list the numbers in `enum`, but is 2",
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { $ref: "#/$defs/x" } } },
      '`constraint.jsonSchema` must be a JSON Schema that a text can be held to (Cannot find field $defs in {"$ref":"#\\/$defs\\/x"}), but is {"$ref":"#/$defs/x"}',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { allOf: [{ type: "string" }, { minLength: 2 }] } } },
      '`constraint.jsonSchema.allOf` must be one schema: several at once can\'t be held to (write them as one), but is [{"type":"string"},{"minLength":2}]',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "integer", minimum: 5, maximum: 1 } } },
      "`constraint.jsonSchema.minimum` must be part of a range that is not empty: no integer has minimum 5 and maximum 1, but is 5",
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "object", propertys: {} } } },
      "`constraint.jsonSchema.propertys` must be a keyword that text can be held to (did you mean `properties`?), but is {}",
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "object", properties: [] } } },
      '`constraint.jsonSchema.properties` must be an object of JSON Schemas by name, such as { "age": { "type": "integer" } }, but is []',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { type: "integer", minimum: "3" } } },
      '`constraint.jsonSchema.minimum` must be a number, but is "3"',
    ],
    [
      { method: "greedy", constraint: { jsonSchema: { if: { type: "string" } } } },
      '`constraint.jsonSchema.if` must be left out, because text can\'t be held to it while it is generated: write the cases out in `anyOf`, but is {"type":"string"}',
    ],
    [
      { method: "greedy", constraint: { json: true, schema: {} } },
      "`constraint.schema` must be a known field: jsonSchema, regex, choices, grammar, json (did you mean `jsonSchema`?), but is {}",
    ],
  ]));
