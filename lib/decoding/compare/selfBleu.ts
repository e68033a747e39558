import type { Tokens } from "../../core/types.js";
import { bleu } from "./bleu.js";

/**
 * How alike samples are: the BLEU-4 of each with all others as its references. Their mean is the Self-BLEU of Zhu et
 * al. (2018, "Texygen"): near 1 where all samples say the same, lower for more variety.
 * @returns null for each of fewer than two samples
 */
export function selfBleu(samples: readonly Tokens[]): (number | null)[] {
  return samples.map((sample, index) => {
    const others = samples.filter((_, other) => other !== index);
    return others.length === 0 ? null : bleu(sample, others);
  });
}
