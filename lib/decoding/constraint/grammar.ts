import type { Grammar } from "@mlc-ai/web-xgrammar";
import { OptionError } from "../../core/errors.js";
import { assertEnds } from "./endless.js";
import { type Engine, newEngine } from "./engine.js";
import { type Dialect, respell } from "./respell.js";
import { readSchema } from "./schema.js";
import type { Constraint } from "./types.js";

/** One kind of constraint on its way to a grammar. */
interface Reading {
  /** The recipe's field, its value, and what it must be. */
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
  readonly dialect: Dialect;
  read(engine: Engine): Promise<Grammar>;
}

/**
 * The grammar of a constraint, in the symbols that the engine reads: see `symbolText`. It is read in an engine of its
 * own, which a mistake ends.
 * @throws OptionError that names the field and says what the engine does not like
 */
export async function grammarOf(constraint: Constraint): Promise<string> {
  const { field, value, rule, dialect, read } = readingOf(constraint);
  const engine = await newEngine();
  try {
    const { grammar, left, recursive } = respell((await read(engine)).toString(), dialect);
    if (recursive !== undefined) {
      const way = `begins with itself: write it as a repetition, such as ${recursive} ::= "a" "b"*, or with itself at the end`;
      throw new OptionError(`constraint.${field}`, value, `${rule}; its rule \`${recursive}\` ${way}`);
    }
    if (left.length > 0) {
      const way = `made of parts that all can be empty, is used more than once: write it as "" | …`;
      throw new OptionError(`constraint.${field}`, value, `${rule}; its rule \`${left[0]}\`, ${way}`);
    }
    await engine.xgrammar.Grammar.fromEBNF(grammar);
    const [warning] = engine.complaints;
    if (warning === undefined) return grammar;
  } catch (error) {
    if (error instanceof OptionError || engine.complaints.length === 0) throw error;
  }
  const complaint = reason(engine.complaints[0]);
  const fault = dialect === "regex" ? expressionFault(complaint, value) : complaint;
  throw new OptionError(`constraint.${field}`, value, `${rule} (${fault})`);
}

function readingOf(constraint: Constraint): Reading {
  if ("regex" in constraint) {
    const { regex: value } = constraint;
    const rule =
      "a regular expression in JavaScript's syntax, without look-around, back-references and \\p{…}";
    const format = { type: "regex", pattern: value };
    return {
      ...{ field: "regex", value, rule, dialect: "regex" },
      read: ({ xgrammar }) => xgrammar.Grammar.fromStructuralTag(format),
    };
  }
  if ("grammar" in constraint) {
    const { grammar: value } = constraint;
    const rule = 'a grammar in EBNF with a rule `root`, such as `root ::= "yes" | "no"`';
    return {
      ...{ field: "grammar", value, rule, dialect: "grammar" },
      read: ({ xgrammar }) => xgrammar.Grammar.fromEBNF(value),
    };
  }
  if ("choices" in constraint) {
    const { choices: value } = constraint;
    const text = `root ::= ${value.map((choice) => JSON.stringify(choice)).join(" | ")}`;
    return {
      ...{ field: "choices", value, rule: "a list of texts", dialect: "grammar" },
      read: ({ xgrammar }) => xgrammar.Grammar.fromEBNF(text),
    };
  }
  if ("jsonSchema" in constraint) {
    const { jsonSchema: value } = constraint;
    const read = readSchema(value, "constraint.jsonSchema");
    assertEnds(read, "constraint.jsonSchema");
    const schema = JSON.stringify(read);
    return {
      ...{ field: "jsonSchema", value, rule: "a JSON Schema that a text can be held to", dialect: "json" },
      read: ({ xgrammar }) => xgrammar.Grammar.fromJSONSchema(schema),
    };
  }
  return {
    ...{ field: "json", value: true, rule: "true", dialect: "json" },
    read: ({ xgrammar }) => xgrammar.Grammar.fromJSONSchema("true"),
  };
}

/** What is wrong with a regular expression, in JavaScript's words where the engine speaks of the grammar that it made. */
function expressionFault(complaint: string, expression: unknown): string {
  if (!complaint.startsWith("EBNF")) return complaint;
  try {
    new RegExp(String(expression));
    return complaint;
  } catch (error) {
    return (error as Error).message.replace(/^.*: /s, "");
  }
}

/** A complaint without its level and the line of the engine's source. */
function reason(complaint: string): string {
  return complaint.replace(/^\[\w+\] \S+: /, "").replace(/^Check failed: \(.*?\) is false: /, "");
}
