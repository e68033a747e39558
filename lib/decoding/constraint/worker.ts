import { parentPort, workerData } from "node:worker_threads";
import type { CompiledGrammar } from "@mlc-ai/web-xgrammar";
import { OptionError } from "../../core/errors.js";
import type { Tokens } from "../../core/types.js";
import { BrokenError, type Matchers, openMatchers } from "./matchers.js";
import {
  BROKEN,
  type EngineOrder,
  FAILED,
  FILLED,
  type FromEngine,
  MASK,
  POSITION,
  STATE,
  type ToEngine,
} from "./protocol.js";
import { openVocabulary } from "./vocabulary.js";

/** The engine's thread: it compiles constraints, which can take seconds, and fills masks, for which the caller waits. */
async function serve({ texts, answer }: EngineOrder): Promise<void> {
  const vocabulary = await openVocabulary(texts);
  const compiled = new Map<string, CompiledGrammar>();
  const opened = new Map<number, Matchers>();
  const send = (message: FromEngine) => parentPort!.postMessage(message);

  async function open(id: number, constraint: string, ends: Tokens): Promise<void> {
    try {
      const grammar = compiled.get(constraint) ?? (await vocabulary.compile(JSON.parse(constraint)));
      compiled.set(constraint, grammar);
      opened.set(id, await openMatchers(vocabulary, grammar, ends));
      send({ type: "opened", id });
    } catch (error) {
      if (error instanceof OptionError) {
        const { option, value, expected } = error;
        send({ type: "refused", id, option, value, expected });
      } else send({ type: "failed", id, message: (error as Error).message });
    }
  }

  function fill(id: number, text: Tokens): number {
    try {
      opened.get(id)!.withMask(text, (mask) => {
        for (let word = MASK; word < answer.length; word++) answer[word] = mask.get(word - MASK);
      });
      return FILLED;
    } catch (error) {
      if (!(error instanceof BrokenError)) return FAILED;
      answer[POSITION] = error.position;
      return BROKEN;
    }
  }

  function close(id: number): void {
    opened.get(id)?.dispose();
    opened.delete(id);
  }

  parentPort!.on("message", (message: ToEngine) => {
    if (message.type === "open") void open(message.id, message.constraint, message.ends);
    if (message.type === "close") close(message.id);
    if (message.type !== "mask") return;
    Atomics.store(answer, STATE, fill(message.id, message.text));
    Atomics.notify(answer, STATE);
  });
}

await serve(workerData as EngineOrder);
