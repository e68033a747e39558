import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, drain } from "../../../lib/core/drain.js";
import { OptionError } from "../../../lib/core/errors.js";
import {
  type BeamTree,
  decodeRecipe,
  growTree,
  pathTo,
  type Recipe,
  rerank,
  startTree,
  type TracedTree,
  type TreeStep,
  trace,
  traceTree,
  treeSteps,
  winnerPath,
} from "../../../lib/decoding/index.js";
import { beamExample, tableTokenizer } from "../../../lib/models/table/index.js";
import { recorded, smallModels } from "../models.js";

const example = beamExample();
const twoBeams = { method: "earlyStoppedBeam", numBeams: 2, maxNewTokens: 8 } as const;

/** Each node as the text that leads to it, its state, and the steps from its birth to its end. */
const fates = (tree: BeamTree) =>
  tree.nodes.map(({ id, state, born, ended }) => {
    const text = pathTo(tree, id).map((node) => node.text);
    return `${text.join(" ")} ${state} ${born}-${ended ?? ""}`;
  });

describe("the worked example, two beams", () => {
  test("every node with its parent, its fate and its steps", async () => {
    const { tree, sequences } = await traceTree(example, "<bos>", twoBeams);
    expect(fates(tree)).toEqual([
      " finished 0-4",
      "A finished 1-4",
      "B pruned 1-2",
      "A B finished 2-4",
      "A C finished 2-4",
      "B A pruned 2-2",
      "B B pruned 2-2",
      "A C B finished 3-4",
      "A B C finished 3-4",
      "A B A pruned 3-3",
      "A C C pruned 3-3",
      "A C B <eos> finished 4-4",
      "A B C <eos> finished 4-4",
      "A C B B pruned 4-4",
      "A B C B pruned 4-4",
    ]);
    const winner = winnerPath(tree);
    expect(winner.map(({ id }) => id)).toEqual([1, 4, 7, 11]);
    expect(winner.map(({ tokenLogProb }) => Math.exp(tokenLogProb).toFixed(2))).toEqual([
      "0.50",
      "0.30",
      "0.60",
      "0.60",
    ]);
    expect(Math.exp(winner[3].logProb)).toBeCloseTo(0.054, 6);
    expect(winner[3]).toMatchObject({ special: true, finishReason: "stop", score: winner[3].logProb / 4 });
    expect(tree).toMatchObject({ steps: 4, stopped: "enough", frontier: [], finished: [11, 12] });
    expect(sequences[0].text).toBe("ACB");
  });

  test("while it runs: beams that go on are live, and so is what leads to them", async () => {
    const steps = await collect(treeSteps(example, "<bos>", twoBeams));
    const tree = steps.slice(0, 2).reduce(growTree, startTree());
    expect(fates(tree)).toEqual([
      " live 0-",
      "A live 1-",
      "B pruned 1-2",
      "A B live 2-",
      "A C live 2-",
      "B A pruned 2-2",
      "B B pruned 2-2",
    ]);
    expect(tree.frontier).toEqual([3, 4]);
    expect(tree.finished).toEqual([]);
    expect(winnerPath(tree)).toEqual([]);
  });

  test("another length penalty prefers another end, without a call of the model", async () => {
    const recipe: Recipe = { method: "beam", numBeams: 4, maxNewTokens: 6, earlyStopping: true };
    const { model, calls } = recorded(example.model);
    const traced = await traceTree({ ...example, model }, "<bos>", recipe);
    const before = calls.length;
    const lengths = [-2, 0, 1, 4].map((penalty) => rerank(traced, penalty)[0].tokens.length);
    expect(lengths).toEqual([1, 2, 4, 4]);
    expect(calls).toHaveLength(before);
  });
});

describe("errors", () => {
  test("a method without beams names the way out", async () => {
    const traced = traceTree(example, "<bos>", { method: "greedy" });
    await expect(traced).rejects.toThrow(/`method` must be one that searches with beams.*`trace`/);
    await expect(trace(example, "<bos>", twoBeams)).rejects.toThrow(/`traceTree`/);
  });

  test("a step out of turn", async () => {
    const [first, second] = await collect(treeSteps(example, "<bos>", twoBeams));
    expect(() => growTree(startTree(), second)).toThrow(/`step.step` must be 1.*but is 2/);
    expect(() => growTree(growTree(startTree(), first), first)).toThrow(OptionError);
  });

  test("a penalty that is no number, a node that is none", async () => {
    const traced = await traceTree(example, "<bos>", twoBeams);
    expect(() => rerank(traced, Number.NaN)).toThrow(/`lengthPenalty` must be a number/);
    expect(() => pathTo(traced.tree, 99)).toThrow(/`id` must be a node of the tree, from 0 to 14/);
  });
});

const vocabSize = 5;
const tokenizer = tableTokenizer({ tokens: ["a", "b", "c", "d", "."], end: ["."] });
const numBeams = fc.integer({ min: 1, max: 4 });
const common = fc.record({
  maxNewTokens: fc.integer({ min: 1, max: 6 }),
  lengthPenalty: fc.constantFrom(-1, 0, 0.5, 1, 2),
  seed: fc.nat(100),
});
const earlyStopping = fc.constantFrom(true, false, "never" as const);
const recipes: fc.Arbitrary<Recipe> = fc.oneof(
  fc.tuple(numBeams, common).map(([numBeams, rest]) => {
    return { method: "earlyStoppedBeam" as const, numBeams, numReturnSequences: numBeams, ...rest };
  }),
  fc.tuple(numBeams, earlyStopping, common).map(([numBeams, earlyStopping, rest]) => {
    return { method: "beam" as const, numBeams, numReturnSequences: numBeams, earlyStopping, ...rest };
  }),
  fc.tuple(numBeams, earlyStopping, common).map(([numBeams, earlyStopping, rest]) => {
    return { method: "beamSample" as const, numBeams, numReturnSequences: numBeams, earlyStopping, ...rest };
  }),
  fc
    .tuple(numBeams, fc.integer({ min: 1, max: 3 }), earlyStopping, common)
    .map(([each, groups, early, rest]) => ({
      method: "diverseBeam" as const,
      numBeams: each * groups,
      numBeamGroups: groups,
      numReturnSequences: each * groups,
      diversityPenalty: 0.7,
      earlyStopping: early,
      ...rest,
    })),
);

/** Holds a law for the searches of all methods over random models. */
function law(name: string, holds: (traced: TracedTree, steps: TreeStep[]) => void | Promise<void>) {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(smallModels(vocabSize), recipes, async (model, recipe) => {
        const steps = await collect(treeSteps({ model, tokenizer }, [0], recipe));
        await holds(await traceTree({ model, tokenizer }, [0], recipe), steps);
      }),
      { numRuns: 150 },
    );
  });
}

describe("laws, for every beam method on random models", () => {
  law("every node has its parent, one step earlier, and sums up what leads to it", ({ tree }) => {
    for (const [index, node] of tree.nodes.entries()) {
      expect(node.id).toBe(index);
      if (node.parent === null) continue;
      const parent = tree.nodes[node.parent];
      expect(node.parent).toBeLessThan(node.id);
      expect(parent.born).toBe(node.born - 1);
      expect(node.logProb).toBeCloseTo(parent.logProb + node.tokenLogProb, 9);
    }
  });

  law("live, finished and pruned account for all, and mean what they say", ({ tree }) => {
    const { nodes, frontier } = tree;
    const children = nodes.map(({ id }) => nodes.filter(({ parent }) => parent === id));
    for (const node of nodes) {
      const below = children[node.id].map(({ state }) => state);
      if (node.finishReason !== undefined) expect(below).toEqual([]);
      const live = frontier.includes(node.id) || below.includes("live");
      const finished = node.finishReason !== undefined || below.includes("finished");
      expect(node.state).toBe(live ? "live" : finished ? "finished" : "pruned");
      expect(node.ended === null).toBe(live);
      const ends = children[node.id].map(({ ended }) => ended ?? 0);
      if (!live && below.length > 0) expect(node.ended).toBe(Math.max(...ends));
    }
  });

  law("the finished ones are the returned sequences, the winner first", ({ tree, sequences }) => {
    const found = tree.finished.map((id) => pathTo(tree, id).map(({ token }) => token));
    expect(found.slice(0, sequences.length)).toEqual(sequences.map(({ tokens }) => tokens));
    expect(winnerPath(tree).map(({ token }) => token)).toEqual(sequences[0].tokens);
    expect(winnerPath(tree).at(-1)).toMatchObject({
      logProb: sequences[0].logProb,
      score: sequences[0].score,
    });
  });

  law("a tree grown from its steps sent as JSON is the same", ({ tree }, steps) => {
    const sent: TreeStep[] = JSON.parse(JSON.stringify(steps));
    expect(sent.reduce(growTree, startTree())).toEqual(tree);
    expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
  });

  law("growing leaves the tree that was given as it was", (_, steps) => {
    let tree = startTree();
    for (const step of steps) {
      const before = structuredClone(tree);
      const after = growTree(tree, step);
      expect(tree).toEqual(before);
      tree = after;
    }
  });

  law("reranked by its own penalty, the winner wins again", (traced) => {
    const { recipe, sequences } = traced;
    const penalty = "lengthPenalty" in recipe ? recipe.lengthPenalty : 1;
    expect(rerank(traced, penalty)[0].score).toBeCloseTo(sequences[0].score, 9);
  });
});

test("reranking gives what searching by the other penalty gives, where that doesn't change the search", async () => {
  const penalties = fc.constantFrom(-1, 0, 0.5, 1, 2);
  const search = fc.constantFrom(
    { method: "earlyStoppedBeam" } as const,
    { method: "beam", earlyStopping: true } as const,
  );
  await fc.assert(
    fc.asyncProperty(
      smallModels(vocabSize),
      search,
      numBeams,
      penalties,
      async (model, method, numBeams, other) => {
        const recipe = { ...method, numBeams, numReturnSequences: numBeams, maxNewTokens: 6 };
        const traced = await traceTree({ model, tokenizer }, [0], recipe);
        const again: Recipe = { ...recipe, lengthPenalty: other };
        const sequences = await drain(decodeRecipe(model, tokenizer, [0], again));
        const ranked = rerank(traced, other).slice(0, sequences.length);
        expect(ranked.map(({ score }) => score)).toEqual(sequences.map(({ score }) => score));
        expect(ranked[0].tokens).toEqual(sequences[0].tokens);
      },
    ),
  );
});

test("a tree costs the model nothing beyond the search", async () => {
  const [plain, traced] = [recorded(example.model), recorded(example.model)];
  await drain(decodeRecipe(plain.model, example.tokenizer, [0], twoBeams));
  await traceTree({ ...example, model: traced.model }, [0], twoBeams);
  expect(traced.calls).toEqual(plain.calls);
});

test("stopping to iterate stops the search", async () => {
  const { model, calls } = recorded(example.model);
  for await (const step of treeSteps({ ...example, model }, "<bos>", twoBeams)) if (step.step === 2) break;
  expect(calls).toHaveLength(2);
});
