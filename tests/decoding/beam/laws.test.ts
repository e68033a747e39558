import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../../lib/core/drain.js";
import type { Tokens } from "../../../lib/core/types.js";
import {
  type Beam,
  type BeamStep,
  beamSearch,
  diverseBeamSearch,
  earlyStoppedBeamSearch,
  type Recipe,
} from "../../../lib/decoding/index.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { arithmeticModel } from "../arithmetic.js";
import { recorded, runRecipe, smallModels } from "../models.js";

const open = beamExample();

describe("laws", () => {
  test("one beam is greedy, in every beam method that doesn't draw", async () => {
    const property = fc.asyncProperty(smallModels(4), async (model) => {
      const [greedy] = await runRecipe(model, [0], [3], { method: "greedy", maxNewTokens: 5 });
      const settings = { numBeams: 1, maxNewTokens: 5 };
      const recipes: Recipe[] = [
        { method: "beam", ...settings },
        { method: "earlyStoppedBeam", ...settings },
        { method: "diverseBeam", ...settings, numBeamGroups: 1, diversityPenalty: 2 },
      ];
      for (const recipe of recipes) {
        const [sequence] = await runRecipe(model, [0], [3], recipe);
        expect(sequence?.tokens).toEqual(greedy?.tokens);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("one group without penalty is beam search, frontier by frontier", async () => {
    const property = fc.asyncProperty(
      smallModels(4),
      fc.integer({ min: 1, max: 4 }),
      async (model, numBeams) => {
        const options = { numBeams, maxNewTokens: 5, stopTokens: [3] };
        const plain = await collect(beamSearch(model, [0], options));
        const groups = { ...options, numBeamGroups: 1, diversityPenalty: 0 };
        const diverse = await collect(diverseBeamSearch(model, [0], groups));
        expect(diverse.map(withoutGroup)).toEqual(plain);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("beams are born of running ones, once, and each is running, ended or pruned", async () => {
    const property = fc.asyncProperty(
      smallModels(5),
      fc.integer({ min: 1, max: 4 }),
      async (model, numBeams) => {
        const options = { numBeams: 2 * numBeams, maxNewTokens: 5, stopTokens: [3] };
        const searches = [
          beamSearch(model, [0], options),
          earlyStoppedBeamSearch(model, [0], options),
          diverseBeamSearch(model, [0], { ...options, numBeamGroups: 2, diversityPenalty: 0.5 }),
        ];
        for (const search of searches) {
          let before: readonly { tokens: Tokens }[] = [{ tokens: [0] }, { tokens: [0] }];
          const steps = await collect<BeamStep>(search);
          for (const step of steps) {
            const born = [...step.running, ...step.ended, ...step.pruned];
            const names = born.map(({ tokens, group = 0 }) => `${group}: ${tokens.join(" ")}`);
            expect(new Set(names).size).toBe(names.length);
            for (const beam of born)
              expect(beam.tokens).toEqual([...(before[beam.parent]?.tokens ?? []), beam.token]);
            expect(step.stopped !== undefined).toBe(step === steps.at(-1));
            before = step.running;
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("the bound is what stops a search, and no earlier", async () => {
    const options = { numBeams: 3, maxNewTokens: 30, stopTokens: [0, 9, 20], lengthPenalty: 0 } as const;
    const steps = await collect(beamSearch(arithmeticModel(), [2, 7], options));
    for (const { bounds, stopped, finished } of steps) {
      expect(bounds.length).toBe(finished.length === 3 ? 1 : 0);
      for (const { attainable, worst } of bounds) expect(attainable <= worst).toBe(stopped === "bound");
    }
    expect(steps.at(-1)?.stopped).toBe("bound");
  });

  test("a group keeps off what earlier groups chose, as far as the penalty reaches", async () => {
    const options = { numBeams: 2, numBeamGroups: 2, maxNewTokens: 3 };
    const firsts = async (diversityPenalty: number) => {
      const [step] = await collect(diverseBeamSearch(open.model, [0], { ...options, diversityPenalty }));
      return step?.running.map(({ token, group }) => [group, token]);
    };
    // A has 0.5, B 0.2: ln 2.5 = 0.916 nats lie between them.
    expect(await firsts(0.9)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(await firsts(0.93)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("groups read the prompt once", async () => {
    const { model, calls } = recorded(open.model);
    await collect(
      diverseBeamSearch(model, [0], { numBeams: 4, numBeamGroups: 4, diversityPenalty: 1, maxNewTokens: 2 }),
    );
    expect(calls.map((prefixes) => prefixes.length)).toEqual([1, 4]);
  });
});

function withoutGroup(step: BeamStep): BeamStep {
  const strip = (beams: readonly Beam[]) => beams.map(({ group, ...beam }) => beam);
  return {
    ...step,
    running: strip(step.running),
    ended: strip(step.ended),
    pruned: strip(step.pruned),
    finished: strip(step.finished),
    bounds: step.bounds.map(({ group, ...bound }) => bound),
  };
}
