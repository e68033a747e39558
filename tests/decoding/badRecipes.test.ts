import { describe } from "vitest";
import { type BadRecipe, refused, refusedWithoutTokenizer } from "./refused.js";

const METHODS =
  "beam, beamSample, contrastive, diverseBeam, dola, earlyStoppedBeam, greedy, promptLookup, sample, speculative";
/** The fields that every recipe may have. */
const COMMON = "maxNewTokens, maxTime, stopStrings, guidance, constraint, seed, processors";

const notJson = ["{'method': 'greedy'}", '{"method":"greedy",}', ""];

/** What this Node.js says of a text that is no JSON: each has its own words. */
function faultOf(text: string): string {
  try {
    return `none: ${JSON.parse(text)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("bad recipes: what is no recipe", () =>
  refused(
    notJson.map((text) => [
      text,
      `\`recipe\` must be JSON, such as {"method":"greedy"} (${faultOf(text)}), but is ${JSON.stringify(text)}`,
    ]),
  ));

describe("bad recipes: names and common fields", () =>
  refused([
    [{}, `\`method\` must be one of: ${METHODS}, but is missing`],
    [
      { method: "Greedy" },
      `\`method\` must be one of: ${METHODS} (did you mean \`greedy\`?), but is "Greedy"`,
    ],
    [
      { method: "beam_search", numBeams: 2 },
      `\`method\` must be one of: ${METHODS} (did you mean \`beam\`?), but is "beam_search"`,
    ],
    [
      { method: "nucleus" },
      `\`method\` must be one of: ${METHODS} (did you mean \`sample\` with the processor \`topP\`?), but is "nucleus"`,
    ],
    [{ method: "guess" }, `\`method\` must be one of: ${METHODS}, but is "guess"`],
    [
      { method: "greedy", num_beams: 4 },
      "`num_beams` must be left out with the method greedy: `numBeams` is for beam, beamSample, diverseBeam, earlyStoppedBeam, but is 4",
    ],
    [
      { method: "greedy", max_tokens: 5 },
      `\`max_tokens\` must be a known field: method, ${COMMON} (did you mean \`maxNewTokens\`?), but is 5`,
    ],
    [
      { method: "sample", repeat_penalty: 1.1 },
      `\`repeat_penalty\` must be a known field: method, numReturnSequences, ${COMMON} (did you mean an entry \`{ "type": "repetitionPenalty", … }\` of \`processors\`?), but is 1.1`,
    ],
    [
      { method: "greedy", max_new_tokens: 5 },
      `\`max_new_tokens\` must be a known field: method, ${COMMON} (did you mean \`maxNewTokens\`?), but is 5`,
    ],
    [
      { method: "greedy", temperature: 0.7 },
      '`temperature` must be an entry of `processors`, as in "processors": [{ "type": "temperature", … }], not a field of the recipe, but is 0.7',
    ],
    [
      { method: "greedy", top_p: 0.9 },
      '`top_p` must be an entry of `processors`, as in "processors": [{ "type": "topP", … }], not a field of the recipe, but is 0.9',
    ],
    [
      { method: "greedy", numBeams: 4 },
      "`numBeams` must be left out with the method greedy: it is for beam, beamSample, diverseBeam, earlyStoppedBeam, but is 4",
    ],
    [
      { method: "greedy", do_sample: true },
      `\`do_sample\` must be a known field: method, ${COMMON} (did you mean the method \`sample\` (\`"greedy"\` where nothing is to be drawn)?), but is true`,
    ],
    [{ method: "greedy", maxNewTokens: 0 }, "`maxNewTokens` must be a whole number from 1, but is 0"],
    [{ method: "greedy", maxNewTokens: "20" }, '`maxNewTokens` must be a whole number from 1, but is "20"'],
    [{ method: "greedy", maxNewTokens: 2.5 }, "`maxNewTokens` must be a whole number from 1, but is 2.5"],
    [
      { method: "greedy", maxTime: 0 },
      "`maxTime` must be a number of seconds above 0, or null for no limit, but is 0",
    ],
    [
      { method: "greedy", maxTime: "1s" },
      '`maxTime` must be a number of seconds above 0, or null for no limit, but is "1s"',
    ],
    [{ method: "greedy", seed: -1 }, "`seed` must be a whole number from 0 to 2^53 - 1, but is -1"],
    [
      { method: "greedy", seed: 9007199254740992 },
      "`seed` must be a whole number from 0 to 2^53 - 1, but is 9007199254740992",
    ],
    [
      { method: "sample", numReturnSequences: 0 },
      "`numReturnSequences` must be a whole number from 1, but is 0",
    ],
    [
      { method: "greedy", numReturnSequences: 2 },
      "`numReturnSequences` must be left out with the method greedy: it is for beam, beamSample, diverseBeam, dola, earlyStoppedBeam, promptLookup, sample, speculative, but is 2",
    ],
  ]));

describe("bad recipes: fields of one method, and what they need", () =>
  refused([
    [{ method: "beam" }, "`numBeams` must be a whole number from 1, but is missing"],
    [
      { method: "beam", numBeams: 2, numReturnSequences: 3 },
      "`numReturnSequences` must be at most `numBeams`, 2 here, but is 3",
    ],
    [
      { method: "beam", numBeams: 2, earlyStopping: "sometimes" },
      '`earlyStopping` must be true, false or "never", but is "sometimes"',
    ],
    [
      { method: "beam", numBeams: 2, lengthPenalty: "long" },
      '`lengthPenalty` must be a number, but is "long"',
    ],
    [
      { method: "beam", numBeams: 100000 },
      "`numBeams` must be at most 1024 (each is a text to read at every step; the functions behind the beam methods take more, such as `beamSearch`), but is 100000",
    ],
    [
      { method: "contrastive", topK: 100000 },
      "`topK` must be at most 1024 (each is a text to read at every step; `contrastiveSearch` itself takes more), but is 100000",
    ],
    [
      { method: "sample", numReturnSequences: 100000 },
      "`numReturnSequences` must be at most 1024 (each is a text to read at every step; for more, run the recipe again with another seed), but is 100000",
    ],
    ...["greedy", "contrastive", "promptLookup", "speculative", "dola"].map(
      (method): BadRecipe => [
        { method, processors: [{ type: "topK", k: 3 }, { type: "mirostat" }] },
        `\`processors[1].type\` must be left out with the method ${method}, which draws nothing that it could steer: use \`sample\`, but is "mirostat"`,
      ],
    ),
    [{ method: "beamSample", numBeams: 0 }, "`numBeams` must be a whole number from 1, but is 0"],
    [
      { method: "beamSample", numBeams: 2, processors: [{ type: "mirostat", version: 2 }] },
      '`processors[0].type` must be one that several beams can share (this one follows a single sequence: use `sample`), but is "mirostat"',
    ],
    [
      { method: "diverseBeam", numBeams: 4, numBeamGroups: 3, diversityPenalty: 1 },
      "`numBeamGroups` must be a divisor of `numBeams`, 4 here, but is 3",
    ],
    [
      { method: "diverseBeam", numBeams: 4, numBeamGroups: 2 },
      "`diversityPenalty` must be a number from 0, but is missing",
    ],
    [
      { method: "diverseBeam", numBeams: 4, numBeamGroups: 2, diversityPenalty: -1 },
      "`diversityPenalty` must be a number from 0, but is -1",
    ],
    [
      { method: "earlyStoppedBeam", numBeams: 4, earlyStopping: true },
      "`earlyStopping` must be left out with the method earlyStoppedBeam: it is for beam, beamSample, diverseBeam, but is true",
    ],
    [
      { method: "contrastive", topK: 4, penaltyAlpha: 1.5 },
      "`penaltyAlpha` must be a number from 0 to 1, but is 1.5",
    ],
    [
      { method: "contrastive" },
      '`model` must be one that tells its hidden states, as those converted from GGUF do (or use another method), but is "a model that gives scores only"',
    ],
    [
      { method: "dola" },
      "`model` must be one that tells its layers' scores, as those converted from GGUF do (one converted before they did: run `npx logitbook models --fetch` for the default model, `convertGguf` for another; or use another method), but is \"a model that gives its last layer's scores only\"",
    ],
    [
      { method: "dola", layers: "middle" },
      '`layers` must be "low", "high" or a list of layers, such as [4, 8, 12], but is "middle"',
    ],
    [
      { method: "dola", layers: [] },
      '`layers` must be "low", "high" or a list of layers, such as [4, 8, 12], but is []',
    ],
    [
      { method: "dola", dola_layers: "low" },
      `\`dola_layers\` must be a known field: method, layers, doSample, numReturnSequences, ${COMMON} (did you mean \`layers\`?), but is "low"`,
    ],
    [
      { method: "speculative" },
      "`draft` must be a smaller language model with the same tokenizer, given in the options beside the recipe, on the command line by --draft (without one, use the method `promptLookup`), but is missing",
    ],
    [
      { method: "speculative", numReturnSequences: 2 },
      "`numReturnSequences` must be 1 unless `doSample` is true (without chance all sequences are the same), but is 2",
    ],
    [
      { method: "speculative", assistantConfidenceThreshold: 40 },
      "`assistantConfidenceThreshold` must be a number from 0 to 1, but is 40",
    ],
    [
      { method: "promptLookup", numReturnSequences: 2 },
      "`numReturnSequences` must be 1 unless `doSample` is true (without chance all sequences are the same), but is 2",
    ],
    [{ method: "promptLookup", numTokens: 0 }, "`numTokens` must be a whole number from 1, but is 0"],
    [{ method: "promptLookup", doSample: "yes" }, '`doSample` must be true or false, but is "yes"'],
  ]));

describe("bad recipes: guidance", () =>
  refused([
    [
      { method: "greedy", guidance: 1.5 },
      "`guidance` must be an object with the fields scale, negativePrompt, but is 1.5",
    ],
    [{ method: "greedy", guidance: {} }, "`guidance.scale` must be a number from 0, but is missing"],
    [{ method: "greedy", guidance: { scale: -1 } }, "`guidance.scale` must be a number from 0, but is -1"],
    [
      { method: "greedy", guidance: { scale: 2, negative: "x" } },
      '`guidance.negative` must be a known field: scale, negativePrompt (did you mean `negativePrompt`?), but is "x"',
    ],
    [
      { method: "greedy", guidance: { scale: 2, negativePrompt: 5 } },
      "`guidance.negativePrompt` must be a text, a list of token ids, or null, but is 5",
    ],
    [
      { method: "greedy", guidance: { scale: 2, negativePrompt: "" } },
      "`guidance.negativePrompt` is empty: give at least one token, such as a begin-of-text token",
    ],
    [
      { method: "greedy", guidance: { scale: 2, negativePrompt: [99] } },
      "token 99 at position 0 of `guidance.negativePrompt` is not in the vocabulary of 5: was it made by another tokenizer?",
    ],
    [
      { method: "greedy", guidance: { scale: 2, negativePrompt: [1.5] } },
      "`guidance.negativePrompt` must be a text, a list of token ids, or null, but is [1.5]",
    ],
  ]));

describe("bad recipes: stop strings", () =>
  refused([
    [
      { method: "greedy", stopStrings: "END" },
      '`stopStrings` must be a list of texts, such as ["END"], but is "END"',
    ],
    [{ method: "greedy", stopStrings: [""] }, '`stopStrings[0]` must be a text that is not empty, but is ""'],
    [{ method: "greedy", stopStrings: [3] }, "`stopStrings[0]` must be a text that is not empty, but is 3"],
    [
      { method: "greedy", stop: ["END"] },
      `\`stop\` must be a known field: method, ${COMMON} (did you mean \`stopStrings\`?), but is ["END"]`,
    ],
  ]));

describe("bad recipes: a model without its tokenizer", () =>
  refusedWithoutTokenizer([
    [
      { method: "greedy", constraint: { json: true } },
      '`constraint` must be null where a model is decoded without its tokenizer, but is {"json":true}',
    ],
    [
      { method: "greedy", stopStrings: ["x"] },
      '`stopStrings` must be empty where a model is decoded without its tokenizer, but is ["x"]',
    ],
    [
      { method: "greedy", guidance: { scale: 2, negativePrompt: "x" } },
      '`guidance.negativePrompt` must be a list of token ids where a model is decoded without its tokenizer, but is "x"',
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: ["A"] }] },
      '`processors[0].words[0]` must be given as token ids where a model is decoded without its tokenizer, but is "A"',
    ],
    [
      { method: "sample", processors: [{ type: "dry", multiplier: 0.8 }] },
      '`processors[0].breakers[0]` must be given as token ids where a model is decoded without its tokenizer, but is "\\n"',
    ],
    [
      { method: "sample", processors: [{ type: "forcedFirst", token: "A" }] },
      '`processors[0].token` must be given as token ids where a model is decoded without its tokenizer, but is "A"',
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: [99] }] },
      "`processors[0].tokens[0]` must be an id from 0 to 4, the model's vocabulary, but is 99",
    ],
  ]));
