import { expect, test } from "vitest";
import { alternatives, branch, follow, NOTHING_SAID, say } from "../../lib/web/src/state/dialogue.js";

const contents = (dialogue: Parameters<typeof branch>[0]) => branch(dialogue).map(({ content }) => content);

test("an answer given again, and a question asked otherwise, are branches that can be gone back to", () => {
  const asked = say(NOTHING_SAID, { parent: null, role: "user", content: "q" });
  const first = say(asked, { parent: asked.leaf, role: "assistant", content: "a1" });
  const second = say(first, { parent: asked.leaf, role: "assistant", content: "a2" });
  expect(contents(second)).toEqual(["q", "a2"]);
  const [, answer] = branch(second);
  expect(alternatives(second, answer).map(({ content }) => content)).toEqual(["a1", "a2"]);
  const other = say(second, { parent: null, role: "user", content: "q2" });
  expect(contents(other)).toEqual(["q2"]);
  // Back on the first question: down to what was said last there.
  expect(contents(follow(other, 0))).toEqual(["q", "a2"]);
  expect(contents(follow(other, 1))).toEqual(["q", "a1"]);
  expect(NOTHING_SAID.said).toEqual([]);
});
