import type { OpenModel } from "../../core/types.js";
import { tableModel } from "./tableModel.js";
import { tableTokenizer } from "./tableTokenizer.js";

/**
 * The worked example with which "Dive into Deep Learning" (Zhang et al. 2023, section 10.8) shows what greedy
 * decoding misses: from `<bos>` greedy writes `A B C <eos>` with probability 0.048, while `A C B <eos>` has 0.054.
 * The book leaves the other prefixes open; here the four tokens are equally likely after them.
 */
export function beamExample(): OpenModel {
  const tokens = ["<bos>", "A", "B", "C", "<eos>"];
  const model = tableModel({
    tokens,
    contextLength: 16,
    rows: [
      [["<bos>"], { A: 0.5, B: 0.2, C: 0.2, "<eos>": 0.1 }],
      [["<bos>", "A"], { A: 0.1, B: 0.4, C: 0.3, "<eos>": 0.2 }],
      [["<bos>", "A", "B"], { A: 0.2, B: 0.2, C: 0.4, "<eos>": 0.2 }],
      [["<bos>", "A", "B", "C"], { A: 0, B: 0.2, C: 0.2, "<eos>": 0.6 }],
      [["<bos>", "A", "C"], { A: 0.1, B: 0.6, C: 0.2, "<eos>": 0.1 }],
      [["<bos>", "A", "C", "B"], { A: 0.1, B: 0.2, C: 0.1, "<eos>": 0.6 }],
    ],
    otherwise: { A: 0.25, B: 0.25, C: 0.25, "<eos>": 0.25 },
  });
  const tokenizer = tableTokenizer({ tokens, special: ["<bos>", "<eos>"], end: ["<eos>"] });
  return { name: "beam-example", model, tokenizer };
}
