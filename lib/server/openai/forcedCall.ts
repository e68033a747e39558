import { OptionError } from "../../core/errors.js";
import type { ChatRequest } from "./chatRequest.js";

type RequestTool = NonNullable<ChatRequest["tools"]>[number];
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The tools one of which the answer has to call; undefined where the model decides whether it calls any.
 * @throws OptionError for a choice that isn't among the tools
 */
export function forcedTools({ tools, tool_choice: choice }: ChatRequest): readonly RequestTool[] | undefined {
  if (!choice || choice === "auto" || choice === "none") return undefined;
  if (!tools?.length) throw new OptionError("tool_choice", choice, "left out without `tools`");
  if (choice === "required") return tools;
  const { name } = choice.function;
  const named = tools.filter((tool) => tool.function.name === name);
  if (named.length > 0) return named;
  const names = tools.map((tool) => `\`${tool.function.name}\``).join(", ");
  throw new OptionError("tool_choice.function.name", name, `one of the tools: ${names}`);
}

/** What a call of one of these tools looks like, as JSON: Hermes' way, the name first. */
export function callSchema(tools: readonly RequestTool[]): JsonSchema {
  const calls = tools.map(({ function: { name, parameters } }, at) => {
    const given = moved(parameters ?? {}, `#/$defs/call${at}/properties/arguments`) as JsonSchema;
    return {
      type: "object",
      properties: { name: { const: name }, arguments: { type: "object", ...given } },
      required: ["name", "arguments"],
    };
  });
  return {
    $defs: Object.fromEntries(calls.map((call, at) => [`call${at}`, call])),
    // The engine follows references through objects, not through lists.
    anyOf: calls.map((_, at) => ({ $ref: `#/$defs/call${at}` })),
  };
}

/** A schema that has become a part of another, whose references start from the top of that one. */
function moved(schema: unknown, path: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => moved(part, path));
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, part]) => {
    const isReference = key === "$ref" && typeof part === "string" && part.startsWith("#");
    return [key, isReference ? path + part.slice(1) : moved(part, path)];
  });
  return Object.fromEntries(parts);
}
