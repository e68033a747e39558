import { expect, test } from "vitest";
import { nearestName } from "../../lib/core/nearest.js";

const names = ["temperature", "topK", "topP", "maxNewTokens"];

test.each([
  ["temprature", "temperature"],
  ["topp", "topP"],
  ["top_p", "topP"],
  ["max_new_tokens", "maxNewTokens"],
  ["maxNewToken", "maxNewTokens"],
  ["max-new-tokens", "maxNewTokens"],
  ["tpoK", "topK"],
  ["type", undefined],
  ["somethingElse", undefined],
])("%s stands for %s", (given, meant) => {
  expect(nearestName(given, names)).toBe(meant);
});
