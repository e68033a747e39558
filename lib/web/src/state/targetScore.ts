import { type Ref, shallowRef, watch } from "vue";
import { postJson } from "../api/client.js";
import type { ScoreAnswer } from "../api/types.js";
import { latestWork } from "./work.js";

/** A prompt, what is expected after it, and the model that is asked about both. */
interface Expectation {
  readonly model: string;
  readonly prompt: string;
  readonly target: string;
}

/**
 * What the model thinks of an expected text, asked anew whenever that changes; nothing where a part of it is empty.
 * @param asked read at every change of what it reads
 */
export function targetScore(asked: () => Expectation): {
  readonly score: Readonly<Ref<ScoreAnswer | undefined>>;
  readonly failure: Ref<unknown>;
  read(): Promise<void>;
} {
  const score = shallowRef<ScoreAnswer>();
  const { failure, run, stop } = latestWork();
  async function read() {
    score.value = undefined;
    stop();
    const { model, prompt, target } = asked();
    if (model === "" || prompt === "" || target === "") return;
    const body = { model, prompt, target };
    score.value = await run((signal) => postJson<ScoreAnswer>("api/score", body, signal));
  }
  watch(asked, read, { immediate: true });
  return { score, failure, read };
}
