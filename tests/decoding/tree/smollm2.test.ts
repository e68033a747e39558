import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenModel } from "../../../lib/core/types.js";
import { generate, type Recipe, rerank, traceTree, winnerPath } from "../../../lib/decoding/index.js";
import { openModel } from "../../../lib/models/openModel.js";

describe("on the default model", () => {
  let open: OpenModel;
  const prompt = "Transformers are the";

  beforeAll(async () => {
    open = await openModel("smollm2", { precision: "exact", offline: true });
  });

  afterAll(() => open?.model.dispose());

  test.each<Recipe>([
    { method: "beam", numBeams: 4, maxNewTokens: 8 },
    { method: "beamSample", numBeams: 3, maxNewTokens: 8, seed: 4 },
    { method: "diverseBeam", numBeams: 4, numBeamGroups: 2, diversityPenalty: 1, maxNewTokens: 8 },
    { method: "earlyStoppedBeam", numBeams: 4, maxNewTokens: 8, lengthPenalty: 0.5 },
  ])(
    "$method: the winner's path is what generate gives",
    async (recipe) => {
      const traced = await traceTree(open, prompt, recipe);
      const { sequences } = await generate(open, prompt, recipe);
      const path = winnerPath(traced.tree);
      expect(path.map(({ token }) => token)).toEqual(sequences[0].tokens);
      expect(path.map(({ text }) => text).join("")).toBe(sequences[0].text);
      expect(path.at(-1)?.logProb).toBeCloseTo(sequences[0].logProb, 3);
      expect(rerank(traced, 1)[0].tokens).toEqual(sequences[0].tokens);
    },
    30_000,
  );

  test("what greedy search writes is in the tree, and was dropped", async () => {
    const { sequences } = await generate(open, prompt, { method: "greedy", maxNewTokens: 8 });
    const { tree } = await traceTree(open, prompt, { method: "beam", numBeams: 4, maxNewTokens: 8 });
    let node = tree.nodes[0];
    for (const token of sequences[0].tokens) {
      const next = tree.nodes.find(({ parent, token: own }) => parent === node.id && own === token);
      if (next === undefined) break;
      node = next;
    }
    expect(node).toMatchObject({ state: "pruned", text: " new", born: 7 });
  });
});
