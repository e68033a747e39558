import { reactive, watch } from "vue";
import type { RecipeData } from "../recipe/types.js";
import { fromHash, type Replay, toHash } from "./replay.js";

const NUCLEUS: RecipeData = {
  method: "sample",
  maxNewTokens: 96,
  seed: 1,
  processors: [
    { type: "temperature", t: 0.8 },
    { type: "topK", k: 40 },
    { type: "topP", p: 0.9 },
  ],
};

/** Without a room in the address the page opens its first. */
const START: Replay = {
  room: "",
  model: "",
  prompt: "Transformers are the",
  recipe: NUCLEUS,
  picks: [],
  target: "",
  others: [{ method: "greedy", maxNewTokens: 96 }],
};

export type Session = { -readonly [Key in keyof Replay]: Replay[Key] };

/**
 * What the rooms share. It is written into the address as it changes, so that the address is always a link to what
 * is seen; going back in the browser's history goes back here.
 */
export function createSession(
  location: Location,
  history: History,
  onHashChange: (listen: () => void) => void,
): Session {
  const session = reactive<Session>({ ...START, ...fromHash(location.hash) });
  let written = location.hash;
  watch(
    session,
    () => {
      const hash = toHash(session);
      if (hash === written) return;
      const sameRoom = fromHash(written)?.room === session.room;
      written = hash;
      if (sameRoom) history.replaceState(null, "", hash);
      else history.pushState(null, "", hash);
    },
    { deep: true },
  );
  onHashChange(() => {
    if (location.hash === written) return;
    written = location.hash;
    Object.assign(session, fromHash(location.hash));
  });
  return session;
}
