import { type Command, Option } from "commander";
import type { ChatMessage, OpenModel } from "../core/types.js";
import { readText } from "./readText.js";
import { UsageError } from "./report.js";

/** What a command continues. */
export interface PromptArguments {
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly chat?: string;
  readonly system?: string;
}

export function addPromptOptions(command: Command): Command {
  return command
    .addOption(new Option("--prompt <text>", "the text to continue").conflicts(["promptFile", "chat"]))
    .addOption(new Option("--prompt-file <file>", "a file with the text to continue").conflicts(["chat"]))
    .option("--chat <text>", "what a user says to the model")
    .option("--system <text>", "the system prompt, with --chat");
}

/**
 * Reads the prompt before the model is opened; what comes back writes it down for a model.
 * @throws UsageError where there is no prompt, or none that can be read
 */
export async function readPrompt(options: PromptArguments): Promise<(open: OpenModel) => string> {
  const { prompt, promptFile, chat, system } = options;
  if (system !== undefined && chat === undefined) throw new UsageError("--system needs --chat");
  if (chat !== undefined) {
    const opening = system === undefined ? [] : [{ role: "system", content: system }];
    return (open) => chatPrompt(open, [...opening, { role: "user", content: chat }]);
  }
  const text = promptFile === undefined ? prompt : await readText("--prompt-file", promptFile);
  if (text !== undefined) return () => text;
  throw new UsageError("give a prompt: --prompt TEXT, --prompt-file FILE or --chat TEXT");
}

function chatPrompt(open: OpenModel, messages: readonly ChatMessage[]): string {
  if (!("chatPrompt" in open.tokenizer)) throw new UsageError("--chat: this model has no chat template");
  return open.tokenizer.chatPrompt(messages);
}
