import { describe } from "vitest";
import { refused } from "./refused.js";

describe("bad recipes: processors", () =>
  refused([
    [
      { method: "greedy", processors: {} },
      '`processors` must be a list of processors, such as [{"type":"topK","k":50}], but is {}',
    ],
    [
      { method: "greedy", processors: [3] },
      '`processors[0]` must be an object with the field `type`, such as {"type":"topK","k":50}, but is 3',
    ],
    [
      { method: "greedy", processors: ["topK"] },
      '`processors[0]` must be an object with the field `type`, such as {"type":"topK","k":50}, but is "topK"',
    ],
    [
      { method: "sample", processors: [{ type: "topP", top_p: 0.9 }] },
      "`processors[0].top_p` must be a known field: type, p, rule, minTokensToKeep (did you mean `p`?), but is 0.9",
    ],
    [
      { method: "sample", processors: [{ type: "topP", share: 0.9 }] },
      "`processors[0].share` must be a known field: type, p, rule, minTokensToKeep, but is 0.9",
    ],
    [
      { method: "sample", processors: [{ k: 50 }] },
      "`processors[0].type` must be one of: badWords, dry, dynamicTemperature, encoderNoRepeatNgram, encoderRepetitionPenalty, epsilon, eta, exponentialDecayLength, forcedEnd, forcedFirst, frequencyPenalty, minLength, minNewTokens, minP, mirostat, noRepeatNgram, normalize, presencePenalty, repetitionPenalty, sequenceBias, suppressTokens, temperature, topH, topK, topNSigma, topP, typical, watermark, xtc, but is missing",
    ],
    [
      {
        method: "sample",
        processors: [
          { type: "topK", k: 50 },
          { type: "top_p", p: 0.9 },
        ],
      },
      '`processors[1].type` must be a known name (did you mean `topP`?), but is "top_p"',
    ],
    [
      { method: "sample", processors: [{ type: "topK" }] },
      "`processors[0].k` must be a whole number from 1, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "topK", k: 0 }] },
      "`processors[0].k` must be a whole number from 1, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "topK", k: "50" }] },
      '`processors[0].k` must be a whole number from 1, but is "50"',
    ],
    [
      { method: "sample", processors: [{ type: "topK", topK: 50 }] },
      "`processors[0].topK` must be a known field: type, k, minTokensToKeep (did you mean `k`?), but is 50",
    ],
    [
      { method: "sample", processors: [{ type: "topP", p: 90 }] },
      "`processors[0].p` must be a number from 0 to 1, but is 90",
    ],
    [
      { method: "sample", processors: [{ type: "topP", p: 0.9, rule: "atleast" }] },
      '`processors[0].rule` must be one of: atLeast, atMost (did you mean `atLeast`?), but is "atleast"',
    ],
    [
      { method: "sample", processors: [{ type: "topP", p: 0.9, minTokens: 2 }] },
      "`processors[0].minTokens` must be a known field: type, p, rule, minTokensToKeep (did you mean `minTokensToKeep`?), but is 2",
    ],
    [
      { method: "sample", processors: [{ type: "temperature", t: 0 }] },
      "`processors[0].t` must be a number above 0 (for 0 use greedy decoding), but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "temperature", temperature: 0.7 }] },
      "`processors[0].temperature` must be a known field: type, t (did you mean `t`?), but is 0.7",
    ],
    [
      { method: "sample", processors: [{ type: "temperature", value: 1 }] },
      "`processors[0].value` must be a known field: type, t, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "minP", p: -0.1 }] },
      "`processors[0].p` must be a number from 0 to 1, but is -0.1",
    ],
    [
      { method: "sample", processors: [{ type: "typical", mass: 1 }] },
      "`processors[0].mass` must be a number above 0 and below 1, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "epsilon", cutoff: 1 }] },
      "`processors[0].cutoff` must be a number above 0 and below 1, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "eta", cutoff: 0 }] },
      "`processors[0].cutoff` must be a number above 0 and below 1, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "topH", h: 0 }] },
      "`processors[0].h` must be a number above 0, at most 1, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "topNSigma", n: 0 }] },
      "`processors[0].n` must be a number above 0, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "dry" }] },
      "`processors[0].multiplier` must be a number from 0, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "dry", multiplier: 0.8, base: 0.5 }] },
      "`processors[0].base` must be a number from 1, but is 0.5",
    ],
    [
      { method: "sample", processors: [{ type: "dry", multiplier: 0.8, breakers: "\n" }] },
      '`processors[0].breakers` must be a list of texts or lists of token ids, but is "\\n"',
    ],
    [
      { method: "sample", processors: [{ type: "dry", multiplier: 0.8, breakers: [""] }] },
      '`processors[0].breakers[0]` must be a text or a list of token ids, not empty, but is ""',
    ],
    [
      { method: "sample", processors: [{ type: "xtc", probability: 0.5 }] },
      "`processors[0].threshold` must be a number from 0 to 1, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "xtc", probability: 50, threshold: 0.1 }] },
      "`processors[0].probability` must be a number from 0 to 1, but is 50",
    ],
    [
      { method: "sample", processors: [{ type: "mirostat", version: 3 }] },
      "`processors[0].version` must be 1 or 2, but is 3",
    ],
    [
      { method: "sample", processors: [{ type: "mirostat", version: 2, tau: 0 }] },
      "`processors[0].tau` must be a number above 0, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "dynamicTemperature", low: 2, high: 1 }] },
      "`processors[0].low` must be at most `high`, 1, but is 2",
    ],
    [
      { method: "sample", processors: [{ type: "repetitionPenalty", penalty: 0 }] },
      "`processors[0].penalty` must be a number above 0, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "repetitionPenalty", penalty: 1.1, window: 0 }] },
      '`processors[0].window` must be one of "all", "generated", or a whole number of tokens from 1, but is 0',
    ],
    [
      { method: "sample", processors: [{ type: "repetitionPenalty", penalty: 1.1, window: "last" }] },
      '`processors[0].window` must be one of "all", "generated", or a whole number of tokens from 1, but is "last"',
    ],
    [
      { method: "sample", processors: [{ type: "presencePenalty", penalty: "much" }] },
      '`processors[0].penalty` must be a number, but is "much"',
    ],
    [
      { method: "sample", processors: [{ type: "frequencyPenalty" }] },
      "`processors[0].penalty` must be a number, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "noRepeatNgram", size: 0 }] },
      "`processors[0].size` must be a whole number from 1, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "encoderRepetitionPenalty", penalty: -1 }] },
      "`processors[0].penalty` must be a number above 0, but is -1",
    ],
    [
      { method: "sample", processors: [{ type: "encoderNoRepeatNgram", n: 3 }] },
      "`processors[0].n` must be a known field: type, size, but is 3",
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: [] }] },
      "`processors[0].words` must be a list of at least one word, each a text or a list of token ids, but is []",
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: "A" }] },
      '`processors[0].words` must be a list of at least one word, each a text or a list of token ids, but is "A"',
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: ["A", ""] }] },
      '`processors[0].words[1]` must be a text or a list of token ids, not empty, but is ""',
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: [[99]] }] },
      "`processors[0].words[0]` must be made of ids from 0 to 4, the model's vocabulary, but is [99]",
    ],
    [
      { method: "sample", processors: [{ type: "badWords", words: [[1, "B"]] }] },
      '`processors[0].words[0]` must be a text or a list of token ids, not empty, but is [1,"B"]',
    ],
    [
      { method: "sample", processors: [{ type: "sequenceBias", biases: { A: 1 } }] },
      '`processors[0].biases` must be a list of pairs [tokens, bias], such as [[" cat", 2]], but is {"A":1}',
    ],
    [
      { method: "sample", processors: [{ type: "sequenceBias", biases: [["A"]] }] },
      '`processors[0].biases[0]` must be a pair [tokens, bias], such as [" cat", 2], but is ["A"]',
    ],
    [
      { method: "sample", processors: [{ type: "sequenceBias", biases: [["A", "high"]] }] },
      '`processors[0].biases[0][1]` must be a number, but is "high"',
    ],
    [
      { method: "sample", processors: [{ type: "sequenceBias", biases: [[1, 2]] }] },
      "`processors[0].biases[0][0]` must be a text or a list of token ids, not empty, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: ["AB"] }] },
      '`processors[0].tokens[0]` must be the text of one token (this is 2: 1, 2), but is "AB"',
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: [99] }] },
      "`processors[0].tokens[0]` must be an id from 0 to 4, the model's vocabulary, but is 99",
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: [-1] }] },
      "`processors[0].tokens[0]` must be a token id or the text of one token, but is -1",
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: [1], atBegin: 1 }] },
      "`processors[0].atBegin` must be true or false, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "suppressTokens", tokens: 1 }] },
      "`processors[0].tokens` must be a list of at least one token, each an id or a text, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "forcedFirst" }] },
      "`processors[0].token` must be a token id or the text of one token, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "forcedFirst", token: "AB" }] },
      '`processors[0].token` must be the text of one token (this is 2: 1, 2), but is "AB"',
    ],
    [
      { method: "sample", processors: [{ type: "forcedEnd", token: 5.5 }] },
      "`processors[0].token` must be a token id or the text of one token, but is 5.5",
    ],
    [
      { method: "sample", processors: [{ type: "minLength", n: -1 }] },
      "`processors[0].n` must be a whole number from 0, but is -1",
    ],
    [
      { method: "sample", processors: [{ type: "minNewTokens", n: "3" }] },
      '`processors[0].n` must be a whole number from 0, but is "3"',
    ],
    [
      { method: "sample", processors: [{ type: "exponentialDecayLength", start: 2, factor: 0 }] },
      "`processors[0].factor` must be a number above 0, but is 0",
    ],
    [
      { method: "sample", processors: [{ type: "exponentialDecayLength", factor: 2 }] },
      "`processors[0].start` must be a whole number from 0, but is missing",
    ],
    [
      { method: "sample", processors: [{ type: "watermark", greenlistRatio: 1 }] },
      "`processors[0].greenlistRatio` must be a number above 0 and below 1, but is 1",
    ],
    [
      { method: "sample", processors: [{ type: "watermark", seedingScheme: "left" }] },
      '`processors[0].seedingScheme` must be one of: lefthash, selfhash (did you mean `lefthash`?), but is "left"',
    ],
    [
      { method: "sample", processors: [{ type: "normalize", on: true }] },
      "`processors[0].on` must be a known field: type, but is true",
    ],
  ]));
