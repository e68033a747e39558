import { describe, expect, test } from "vitest";
import { OptionError } from "../../../lib/core/errors.js";
import type { Recipe } from "../../../lib/decoding/index.js";
import { beamExample } from "../../../lib/models/table/index.js";
import { runRecipe } from "../models.js";

const open = beamExample();
const eos = 4;

describe("recipes", () => {
  const group = { method: "diverseBeam", numBeams: 4, numBeamGroups: 2, diversityPenalty: 1 };
  test.each([
    [{ method: "beam" }, "`numBeams` must be a whole number from 1, but is undefined"],
    [
      { method: "beam", numBeams: 2, numReturnSequences: 3 },
      "`numReturnSequences` must be at most numBeams, but is 3",
    ],
    [
      { method: "beam", numBeams: 2, earlyStopping: "always" },
      '`earlyStopping` must be true, false or "never"',
    ],
    [{ method: "beam", numBeams: 2, lengthPenalty: "1" }, "`lengthPenalty` must be a number"],
    [
      { method: "beam", numBeams: 2, processors: [{ type: "temperature", t: 2 }, { type: "mirostat" }] },
      "`processors[1].type` must be one that several beams can share",
    ],
    [{ ...group, numBeamGroups: 3 }, "`numBeamGroups` must be a divisor of numBeams, but is 3"],
    [{ ...group, diversityPenalty: -1 }, "`diversityPenalty` must be a number from 0, but is -1"],
    [{ ...group, diversityPenalty: undefined }, "`diversityPenalty` must be a number from 0"],
  ])("refuses %j", async (recipe, message) => {
    const failing = runRecipe(open.model, [0], [eos], recipe as unknown as Recipe);
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(message);
  });
});
