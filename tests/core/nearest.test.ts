import { expect, test } from "vitest";
import { nearestName } from "../../lib/core/nearest.js";

const names = ["temperature", "topK", "topP", "maxNewTokens", "stopStrings", "stopTokens"];

test.each([
  ["temprature", "temperature"],
  ["topp", "topP"],
  ["top_p", "topP"],
  ["max_new_tokens", "maxNewTokens"],
  ["maxNewToken", "maxNewTokens"],
  ["max-new-tokens", "maxNewTokens"],
  ["tpoK", "topK"],
  ["temp", "temperature"],
  ["samplingTemperature", "temperature"],
  ["strings", "stopStrings"],
  ["tem", undefined],
  ["stop", undefined],
  ["tokens", undefined],
  ["type", undefined],
  ["somethingElse", undefined],
])("%s stands for %s", (given, meant) => {
  expect(nearestName(given, names)).toBe(meant);
});
