import { computed, type Ref, shallowRef } from "vue";
import type { ChatPrompt } from "../../../chat/prompt.js";
import { postEvents } from "../api/client.js";
import type { ChatEvent, ReplyCost } from "../api/types.js";
import type { RecipeData } from "../recipe/types.js";
import { latestWork } from "./work.js";

/** An engine of another address. Its key is in memory only: it goes with the page. */
export interface RemoteEngine {
  readonly url: string;
  readonly key: string;
  readonly model: string;
}

/** Who is asked: a model of the server, or an engine that the server asks for the page. */
export interface Answerer {
  readonly name: string;
  readonly remote?: RemoteEngine;
}

/** An answer on its way; it joins the history when it is accepted. */
export interface Draft {
  readonly model: string;
  readonly text: string;
  readonly prompt?: ChatPrompt;
  readonly cost?: ReplyCost;
  readonly failure?: unknown;
  readonly busy: boolean;
}

/** What is to be answered. */
export interface Asked {
  readonly system: string | null;
  readonly turns: readonly { readonly role: string; readonly content: string }[];
  readonly recipe: RecipeData;
}

/** Answers of several models side by side. */
export function draftAnswers() {
  const drafts: Ref<readonly Draft[]> = shallowRef([]);
  const busy = computed(() => drafts.value.some((draft) => draft.busy));
  const work = latestWork();

  function change(index: number, changed: Partial<Draft>) {
    drafts.value = drafts.value.map((draft, i) => (i === index ? { ...draft, ...changed } : draft));
  }

  async function draw({ name, remote }: Answerer, index: number, asked: Asked, signal: AbortSignal) {
    const path = remote ? "api/remote-chat" : "api/chat";
    const whom = remote
      ? { ...remote, key: remote.key || null, model: remote.model || null }
      : { model: name };
    try {
      let text = "";
      for await (const event of postEvents<ChatEvent>(path, { ...whom, ...asked }, signal)) {
        if ("prompt" in event) change(index, { prompt: event.prompt });
        else if ("piece" in event) {
          text += event.piece;
          change(index, { text });
        } else change(index, { text: event.text, ...(event.cost && { cost: event.cost }) });
      }
    } catch (error) {
      if (!signal.aborted) change(index, { failure: error });
    }
    if (!signal.aborted) change(index, { busy: false });
  }

  return {
    drafts,
    busy,
    /** Gives the one answer where a single one was asked for and came whole; of several, one has to be chosen. */
    async ask(answerers: readonly Answerer[], asked: Asked): Promise<Draft | undefined> {
      drafts.value = answerers.map(({ name }) => ({ model: name, text: "", busy: true }));
      const whole = await work.run(async (signal) => {
        await Promise.all(answerers.map((answerer, index) => draw(answerer, index, asked, signal)));
        return true;
      });
      const [only, second] = drafts.value;
      return whole && only && !second && only.text !== "" && only.failure === undefined ? only : undefined;
    },
    /** Gives the part of a single answer that had come. */
    stop(): Draft | undefined {
      work.stop();
      drafts.value = drafts.value.map((draft) => ({ ...draft, busy: false }));
      const [only, second] = drafts.value;
      return only && !second && only.text !== "" ? only : undefined;
    },
    clear() {
      drafts.value = [];
    },
  };
}
