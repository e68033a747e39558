import { createInterface } from "node:readline";
import type { Command } from "commander";
import { Conversation, loadConversation } from "../chat/index.js";
import { type CompleteRecipe, parseRecipe, type Recipe } from "../decoding/index.js";
import { CHAT_HELP, type ChatOutput, ChatSession } from "./chatSession.js";
import { addModelOptions, type ModelArguments, withModel } from "./modelArguments.js";
import { readText } from "./readText.js";
import { readRecipe } from "./recipeArguments.js";
import { oneLine } from "./report.js";
import { terminalOf } from "./terminal.js";
import { wholeNumber } from "./wholeNumber.js";

interface ChatArguments extends ModelArguments {
  readonly recipe?: string;
  readonly system?: string;
  readonly load?: string;
  readonly budget?: number;
}

/** What a chat decodes with unless it is told otherwise. */
const CHAT_RECIPE: Recipe = {
  method: "sample",
  maxNewTokens: 256,
  processors: [
    { type: "temperature", t: 0.6 },
    { type: "topP", p: 0.9 },
  ],
};

const HELP = `
Each line is what you say, and is answered as the answer comes. Lines that begin with a slash are commands:

${CHAT_HELP}
Without a terminal on stdin, each line of it is taken the same way, and stdout holds the answers alone.

Examples:
  logitbook chat
  logitbook chat --precision fast --system "Answer in one sentence."
  printf 'Why is the sky blue?\\nAnd at night?\\n' | logitbook chat

Exit status: 0 ended, 2 bad input (one line on stderr says what), 130 interrupted.`;

/** `logitbook chat`: a conversation in the terminal. */
export function addChat(program: Command, signal: AbortSignal): void {
  const command = program.command("chat").description("talk with a model in the terminal");
  addModelOptions(command)
    .option("--recipe <file>", "how to decode, as JSON (default: temperature 0.6, top-p 0.9)")
    .option("--system <text>", "what the model is told before anybody speaks")
    .option("--load <file>", "go on with a conversation that was saved")
    .option("--budget <tokens>", "the most tokens of a prompt; older turns are left out", wholeNumber(1))
    .addHelpText("after", HELP)
    .action((options: ChatArguments) => run(options, signal));
}

async function run(options: ChatArguments, signal: AbortSignal): Promise<void> {
  const recipe = options.recipe === undefined ? parseRecipe(CHAT_RECIPE) : await readRecipe(options.recipe);
  const conversation = await beginning(options);
  await withModel(options, async (open) => {
    const session = new ChatSession(open, conversation, recipe as CompleteRecipe, options.budget, output());
    await talk(session, signal);
  });
}

async function beginning({ load, system }: ChatArguments): Promise<Conversation> {
  const conversation =
    load === undefined ? new Conversation() : loadConversation(await readText("--load", load));
  return system === undefined ? conversation : conversation.underSystem(system);
}

function output(): ChatOutput {
  const terminal = terminalOf(process.stdout, process.env);
  const { paint } = terminalOf(process.stderr, process.env);
  const interactive = process.stdin.isTTY === true;
  return {
    terminal,
    write: (text) => process.stdout.write(text),
    note: (text) => interactive && process.stderr.write(`${paint.faint(text)}\n`),
  };
}

/** Reads lines until there are no more. On a terminal a mistake is reported and the chat goes on; else it ends. */
async function talk(session: ChatSession, signal: AbortSignal): Promise<void> {
  const interactive = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(interactive && { output: process.stderr, prompt: "› " }),
  });
  let answering: AbortController | undefined;
  // On a terminal, readline takes Ctrl-C before the process does.
  lines.on("SIGINT", () => (answering === undefined ? lines.close() : answering.abort(new Error("stopped"))));
  signal.addEventListener("abort", () => lines.close(), { once: true });
  if (interactive) lines.prompt();
  try {
    for await (const line of lines) {
      answering = new AbortController();
      const goesOn = await session
        .line(line, AbortSignal.any([signal, answering.signal]))
        .catch((error: unknown) => {
          if (!interactive || signal.aborted) throw error;
          process.stderr.write(`${oneLine(error)}\n`);
          return true;
        });
      answering = undefined;
      if (!goesOn) return;
      if (interactive) lines.prompt();
    }
    signal.throwIfAborted();
  } finally {
    lines.close();
  }
}
