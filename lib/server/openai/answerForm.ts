import { LogitsError, OptionError } from "../../core/errors.js";
import type { ChatRequest } from "./chatRequest.js";
import { callSchema, forcedTools, type JsonSchema } from "./forcedCall.js";

/** What an answer is held to, and the field that asks for it. */
export interface AnswerForm {
  readonly field: "response_format" | "tools";
  /** A recipe's `constraint`. */
  readonly constraint: { readonly jsonSchema: JsonSchema };
}

/**
 * The form that an answer is to have; undefined for plain text.
 * @throws OptionError for two forms at once, and as `forcedTools`
 */
export function formOf(request: ChatRequest): AnswerForm | undefined {
  const { response_format: format, tool_choice } = request;
  const forced = forcedTools(request);
  if (forced !== undefined) {
    if (format && format.type !== "text")
      throw new OptionError("response_format", format, `left out: \`tool_choice\` asks for a call`);
    return { field: "tools", constraint: { jsonSchema: callSchema(forced) } };
  }
  if (tool_choice !== "none") assertNotStrict(request.tools);
  if (format?.type === "json_schema")
    return { field: "response_format", constraint: { jsonSchema: format.json_schema.schema } };
  if (format?.type === "json_object")
    return { field: "response_format", constraint: { jsonSchema: { type: "object" } } };
  return undefined;
}

/** @throws OptionError for a tool whose arguments are to be held to its schema, where no call is asked for */
export function assertNotStrict(tools: ChatRequest["tools"]): void {
  const strict = tools?.findIndex((tool) => tool.function.strict) ?? -1;
  if (strict < 0) return;
  const rule =
    "false or left out, unless `tool_choice` asks for a call: only then are arguments held to a schema";
  throw new OptionError(`tools[${strict}].function.strict`, true, rule);
}

/** An error about a recipe's constraint as one about the field that asked for it; others as they are. */
export function blameForm(error: unknown, request: ChatRequest): unknown {
  const form = error instanceof LogitsError && isConstraint(error.message) ? formOf(request) : undefined;
  if (form !== undefined) {
    const expected = "a JSON Schema that a text can follow to its end: under this one, none can go on";
    return new OptionError(form.field, form.constraint.jsonSchema, expected);
  }
  if (!(error instanceof OptionError) || !isConstraint(error.option)) return error;
  return new OptionError(
    formOf(request)?.field ?? `logitbook.recipe.${error.option}`,
    error.value,
    error.expected,
  );
}

/** Whether a recipe's constraint is what comes first in an option's name, or in a message. */
function isConstraint(text: string): boolean {
  return /^`?constraint\b/.test(text);
}
