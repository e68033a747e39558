import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { ChatMessage } from "../core/types.js";
import type { CompleteRecipe } from "../decoding/index.js";

/** One thing said. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
  /** How an answer was decoded, so that it can be had again. */
  readonly recipe?: CompleteRecipe;
}

export interface ConversationData {
  /** What the model is told before anybody speaks; null for nothing. Default null. */
  readonly system?: string | null;
  /** User and assistant take turns, the user first. Default none. */
  readonly turns?: readonly Turn[];
}

const turnNames: OptionNames<Turn> = { role: true, content: true, recipe: true };
const names: OptionNames<ConversationData> = { system: true, turns: true };

/**
 * A conversation as data. It never changes: each method gives back another one, so that an older one kept is a branch.
 * @example
 * let chat = new Conversation({ system: "Answer briefly." }).ask("Why is the sky blue?");
 * chat = (await reply(open, chat, { method: "greedy" })).conversation;
 */
export class Conversation {
  readonly system: string | null;
  readonly turns: readonly Turn[];

  /**
   * @throws OptionError where two turns of one role follow each other, the assistant begins, or what is said is no text
   */
  constructor(data: ConversationData = {}) {
    assertKnownOptions(data, names);
    const { system = null, turns = [] } = data;
    if (system !== null && typeof system !== "string") {
      throw new OptionError("system", system, "a text, or null for none");
    }
    if (!Array.isArray(turns)) throw new OptionError("turns", turns, "a list of turns");
    for (const [at, turn] of turns.entries()) {
      assertKnownOptions(turn, turnNames, `turns[${at}]`);
      const { role, content } = turn;
      const expected = at % 2 === 0 ? "user" : "assistant";
      if (role !== expected)
        throw new OptionError(`turns[${at}].role`, role, `"${expected}": the two take turns`);
      if (typeof content !== "string") throw new OptionError(`turns[${at}].content`, content, "a text");
    }
    this.system = system;
    this.turns = turns.map((turn) => ({ ...turn }));
  }

  /** Whether it is the assistant's turn. */
  get awaitsAnswer(): boolean {
    return this.turns.at(-1)?.role === "user";
  }

  /** What was said, as a chat template takes it. */
  get messages(): ChatMessage[] {
    const system = this.system === null ? [] : [{ role: "system", content: this.system }];
    return [...system, ...this.turns.map(({ role, content }) => ({ role, content }))];
  }

  /** @throws OptionError while an answer is awaited */
  ask(content: string): Conversation {
    return this.with([...this.turns, { role: "user", content }]);
  }

  /** @throws OptionError where nothing was asked */
  answer(content: string, recipe?: CompleteRecipe): Conversation {
    return this.with([...this.turns, { role: "assistant", content, ...(recipe && { recipe }) }]);
  }

  /** The conversation with one turn said otherwise; what was said after it is gone. */
  edit(at: number, content: string): Conversation {
    const turn = this.turnAt(at);
    return this.with([...this.turns.slice(0, at), { role: turn.role, content }]);
  }

  /** The conversation before its turn `at`, as a place to go another way from. */
  before(at: number): Conversation {
    this.turnAt(at);
    return this.with(this.turns.slice(0, at));
  }

  /** The conversation without the last question and its answer. */
  undo(): Conversation {
    const last = this.turns.findLastIndex(({ role }) => role === "user");
    return last < 0 ? this : this.before(last);
  }

  /** The conversation with its last answer taken back, to be given again. */
  withoutAnswer(): Conversation {
    return this.awaitsAnswer || this.turns.length === 0 ? this : this.before(this.turns.length - 1);
  }

  /** The same turns under another system prompt. */
  underSystem(system: string | null): Conversation {
    return new Conversation({ system, turns: this.turns });
  }

  private with(turns: readonly Turn[]): Conversation {
    return new Conversation({ system: this.system, turns });
  }

  private turnAt(at: number): Turn {
    const turn = this.turns[at];
    if (turn !== undefined) return turn;
    throw new OptionError("at", at, `the number of a turn, from 0 to ${this.turns.length - 1}`);
  }
}
