import type { TinyGgufOptions } from "../../support/gguf.js";
import { QUANTISATIONS, quantise, TYPE_NUMBER } from "../../support/quantise.js";

/** Models of all kinds that can be converted, by what is particular about each. */
export const SHAPES: [string, TinyGgufOptions][] = [
  ...QUANTISATIONS.map((quantisation): [string, TinyGgufOptions] => [quantisation, { quantisation }]),
  ...QUANTISATIONS.map((quantisation): [string, TinyGgufOptions] => [
    `${quantisation}, own head`,
    { quantisation, tied: false, seed: 2 },
  ]),
  ["as many key heads as heads", { heads: 2, kvHeads: 2, headDim: 32, seed: 3 }],
  ["one key head", { heads: 8, kvHeads: 1, headDim: 8, seed: 4 }],
  ["heads narrower than the state", { width: 96, heads: 2, kvHeads: 1, headDim: 32, quantisation: "Q4_0" }],
  ["an odd number of blocks", { width: 96, heads: 3, kvHeads: 3, headDim: 32, quantisation: "Q8_0" }],
  ["one layer", { layers: 1, quantisation: "Q4_1" }],
  [
    "mixed types",
    {
      quantisation: "Q4_1",
      types: {
        "token_embd.weight": "Q8_0",
        "blk.0.attn_v.weight": "Q8_0",
        "blk.1.attn_k.weight": "F16",
        "blk.1.ffn_up.weight": "Q4_0",
      },
    },
  ],
  ["another theta", { metadata: { "llama.rope.freq_base": 500_000 } }],
  [
    "linear rope scaling",
    { metadata: { "llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 4 } },
  ],
  [
    "rope factors",
    {
      extraTensors: [
        {
          name: "rope_freqs.weight",
          dimensions: [8],
          type: TYPE_NUMBER.F32,
          bytes: quantise("F32", Float32Array.of(1, 1, 2, 3, 4, 8, 8, 8)),
        },
      ],
    },
  ],
];
