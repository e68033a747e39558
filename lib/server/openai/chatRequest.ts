import { z } from "zod";
import { closedObject } from "../../decoding/schema.js";
import { extensionField } from "./extension.js";
import { countWithin, flagField, onlyValues, samplingFields, textField } from "./fields.js";

const contentRule = { error: "a text, or a list of parts of type text" };
const contentField = z.union(
  [textField, z.array(closedObject({ type: z.literal("text", contentRule), text: textField }), contentRule)],
  contentRule,
);

const toolCallField = closedObject({
  id: textField,
  type: z.literal("function"),
  function: closedObject({ name: textField, arguments: textField }),
});

const roles = ["system", "developer", "user", "assistant", "tool"] as const;
const roleRule = { error: `one of: ${roles.join(", ")}` };

const messageField = closedObject({
  role: z.enum(roles, roleRule),
  content: contentField.nullish(),
  tool_calls: z.array(toolCallField).nullish(),
  tool_call_id: textField.nullish(),
  name: onlyValues([], "chat templates have no place for it"),
  refusal: onlyValues([], "models here don't tell refusals from answers"),
});

const toolField = closedObject({
  type: z.literal("function", { error: '"function"' }),
  function: closedObject({
    name: textField,
    description: textField.nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: flagField.describe(
      "Only where `tool_choice` asks for a call: then arguments are held to the schema.",
    ),
  }),
});

const chosenToolField = closedObject({
  type: z.literal("function"),
  function: closedObject({ name: textField }),
});

const formatField = z.discriminatedUnion(
  "type",
  [
    closedObject({ type: z.literal("text") }),
    closedObject({ type: z.literal("json_object") }),
    closedObject({
      type: z.literal("json_schema"),
      json_schema: closedObject({
        name: textField,
        description: textField.nullish(),
        schema: z.record(z.string(), z.unknown()),
        strict: flagField,
      }),
    }),
  ],
  { error: 'an object with the field `type`: "text", "json_object" or "json_schema"' },
);

const messagesRule = { error: "a list of messages, one at least" };

/** The body of POST /v1/chat/completions. */
export const chatRequest = closedObject({
  messages: z
    .array(messageField, messagesRule)
    .min(1, messagesRule)
    .describe(
      "The conversation so far, written down with the model's own chat template. A control token that a message spells is text.",
    ),
  ...samplingFields,
  max_completion_tokens: countWithin(1, 2 ** 31).describe(
    "The most tokens to generate. Default: what there is room for.",
  ),
  max_tokens: countWithin(1, 2 ** 31).describe("The older name of `max_completion_tokens`."),
  logprobs: flagField.describe("Tell each token's log-probability under the model's own distribution."),
  top_logprobs: countWithin(0, 20).describe(
    "Tell so many of the likeliest tokens too; only with `logprobs`.",
  ),
  response_format: formatField.nullish().describe("Hold the answer to a form."),
  tools: z
    .array(toolField)
    .nullish()
    .describe("Functions that the model may call; only for models whose chat template has a place for them."),
  tool_choice: z
    .union([z.enum(["auto", "none", "required"]), chosenToolField], {
      error: '"auto", "none", "required", or { "type": "function", "function": { "name": … } }',
    })
    .nullish()
    .describe(
      "Whether the model may call a tool (auto, the default), may not, or has to call one, or this one: then the answer is one call, its arguments held to the tool's schema.",
    ),
  parallel_tool_calls: flagField.describe(
    "With `auto` the model decides how many calls it makes; a call that is asked for is a single one.",
  ),
  modalities: z
    .array(z.literal("text"), { error: 'left out, or ["text"]: models here write text' })
    .nullish(),
  store: onlyValues([false], "nothing is stored"),
  service_tier: onlyValues(["auto", "default"], "there is one tier"),
  metadata: onlyValues([], "nothing is stored"),
  reasoning_effort: onlyValues(["none"], "models here don't take it"),
  logitbook: extensionField,
}).meta({ id: "ChatCompletionRequest" });

export type ChatRequest = z.infer<typeof chatRequest>;
