import { OptionError } from "../../core/errors.js";
import type { ChatRequest } from "./chatRequest.js";

/** A recipe's `constraint` for the form that an answer is to have; undefined for plain text. */
export function constraintOf({ response_format }: ChatRequest): { jsonSchema: object } | undefined {
  if (response_format?.type === "json_schema") return { jsonSchema: response_format.json_schema.schema };
  return response_format?.type === "json_object" ? { jsonSchema: { type: "object" } } : undefined;
}

/** An error about a recipe's constraint as one about the field that asked for it. */
export function blameFormat(error: unknown): unknown {
  if (!(error instanceof OptionError) || !/^constraint\b/.test(error.option)) return error;
  return new OptionError("response_format", error.value, error.expected);
}
