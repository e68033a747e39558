import { writeFile } from "node:fs/promises";
import {
  type ChatPrompt,
  type Conversation,
  chatPrompt,
  conversationMarkdown,
  loadConversation,
  type Reply,
  replyStream,
  saveConversation,
} from "../chat/index.js";
import type { OpenModel } from "../core/types.js";
import { type CompleteRecipe, parseRecipe, type Recipe } from "../decoding/index.js";
import { promptText } from "./promptText.js";
import { readText } from "./readText.js";
import { UsageError } from "./report.js";
import type { Terminal } from "./terminal.js";

/** Where a chat writes. */
export interface ChatOutput {
  /** Answers, and what was asked to be shown. */
  readonly write: (text: string) => void;
  /** What is said about them, on a terminal only. */
  readonly note: (text: string) => void;
  readonly terminal: Terminal;
}

export const CHAT_HELP = `/regenerate [FILE]  answers the last question again, with the next seed or another recipe
/undo               takes back the last question and its answer
/recipe [FILE]      shows the recipe, or reads another
/show-prompt        shows what the model is sent: whose words, what is cached, what was cut
/system [TEXT]      tells the model something else before anybody speaks, or nothing
/save FILE          writes the conversation as JSON, or as Markdown if FILE ends in .md
/load FILE          goes on with a conversation that was saved
/help               shows this
/quit               ends; so does Ctrl-D. Ctrl-C stops an answer
`;

/** A chat in the terminal, line by line. */
export class ChatSession {
  /** What the model was sent last, and the conversation as its answer left it. */
  private sent: Pick<Reply, "prompt" | "conversation"> | undefined;

  constructor(
    private readonly open: OpenModel,
    private conversation: Conversation,
    private recipe: CompleteRecipe,
    private readonly budget: number | undefined,
    private readonly output: ChatOutput,
  ) {}

  /**
   * Does what a line says, and gives back whether the chat goes on.
   * @throws UsageError for a command that there isn't; the errors of what it does. The chat is then as it was before.
   */
  async line(line: string, signal: AbortSignal): Promise<boolean> {
    if (!line.startsWith("/")) {
      if (line.trim() !== "") await this.answer(this.conversation.ask(line), this.recipe, signal);
      return true;
    }
    const [, name, rest] = /^\/(\S*)\s*(.*)$/s.exec(line) as unknown as [string, string, string];
    if (name === "quit") return false;
    const command = this.commands[name];
    if (command === undefined) throw new UsageError(`there is no /${name}: /help lists what there is`);
    await command(rest.trim(), signal);
    return true;
  }

  private readonly commands: Readonly<
    Record<string, (rest: string, signal: AbortSignal) => void | Promise<void>>
  > = {
    help: () => this.output.write(CHAT_HELP),
    undo: () => {
      if (this.conversation.turns.length === 0) throw new UsageError("there is nothing to take back");
      this.conversation = this.conversation.undo();
      this.output.note(`${this.conversation.turns.length} turns are left`);
    },
    regenerate: async (file, signal) => {
      const recipe = file === "" ? { ...this.recipe, seed: this.recipe.seed + 1 } : await recipeIn(file);
      await this.answer(this.conversation.withoutAnswer(), recipe, signal);
    },
    recipe: async (file) => {
      if (file !== "") this.recipe = await recipeIn(file);
      this.output.write(`${JSON.stringify(this.recipe)}\n`);
    },
    "show-prompt": async () => {
      this.output.write(promptText(await this.prompt(), this.output.terminal));
    },
    system: (text) => {
      this.conversation = this.conversation.underSystem(text === "" ? null : text);
    },
    save: async (file) => {
      if (file === "") throw new UsageError("/save needs the name of a file");
      const written = file.endsWith(".md") ? conversationMarkdown : saveConversation;
      await writeFile(file, written(this.conversation)).catch((error: NodeJS.ErrnoException) => {
        throw new UsageError(`could not write ${file} (${error.code})`);
      });
      this.output.note(`saved to ${file}`);
    },
    load: async (file) => {
      if (file === "") throw new UsageError("/load needs the name of a file");
      this.conversation = loadConversation(await readText("/load", file));
      this.output.note(`${this.conversation.turns.length} turns`);
    },
  };

  /** An answer that is stopped stays, as far as it came, so that the conversation can go on. */
  private async answer(question: Conversation, recipe: Recipe, signal: AbortSignal): Promise<void> {
    const stream = replyStream(this.open, question, recipe, { signal, ...this.limits() });
    let text = "";
    try {
      for (;;) {
        const next = await stream.next();
        if (next.done) {
          this.finish(next.value);
          return;
        }
        text += next.value;
        this.output.write(next.value);
      }
    } catch (error) {
      if (!signal.aborted || text === "") throw error;
      this.conversation = question.answer(text);
      this.output.write("\n");
      this.output.note("stopped");
    }
  }

  /** What the model was sent for the last answer, or would be sent for the conversation as it is now. */
  private async prompt(): Promise<ChatPrompt> {
    if (this.sent?.conversation === this.conversation) return this.sent.prompt;
    return chatPrompt(this.open, this.conversation, this.limits());
  }

  private finish({ conversation, prompt, cost }: Reply): void {
    this.conversation = conversation;
    this.recipe = conversation.turns.at(-1)?.recipe ?? this.recipe;
    this.sent = { prompt, conversation };
    const { promptTokens, cachedTokens, generatedTokens, firstTokenSeconds, seconds } = cost;
    const cut = prompt.cut.length > 0 ? `, ${prompt.cut.length} oldest turns cut` : "";
    this.output.write("\n");
    this.output.note(
      `${cachedTokens} tokens cached, ${promptTokens - cachedTokens} read, ${generatedTokens} generated; first after ` +
        `${firstTokenSeconds.toFixed(2)} s, all after ${seconds.toFixed(2)} s${cut}`,
    );
  }

  private limits(): { budget?: number } {
    return this.budget === undefined ? {} : { budget: this.budget };
  }
}

async function recipeIn(file: string): Promise<CompleteRecipe> {
  return parseRecipe(await readText("recipe", file));
}
