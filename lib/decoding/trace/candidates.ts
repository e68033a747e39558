import { topIndices } from "../../core/top.js";
import type { Tokenizer } from "../../core/types.js";
import { standings } from "./standing.js";
import { tracedToken } from "./token.js";
import type { Standing, TracedCandidate } from "./types.js";
import type { WeighedRow } from "./weigh.js";

/**
 * The tokens worth looking at: the `top` likeliest before the chain, removed or not, the `top` likeliest after it,
 * and the chosen one, each with its standing in every row. Sorted by raw rank.
 * @param rows as the model gave it, then after each stage
 */
export function traceCandidates(
  rows: readonly WeighedRow[],
  chosen: number,
  top: number,
  tokenizer: Tokenizer,
): TracedCandidate[] {
  const [raw, processed] = [rows[0].logits, rows[rows.length - 1].logits];
  const kept = topIndices(processed, top).filter((token) => processed[token] > Number.NEGATIVE_INFINITY);
  const tokens = [...new Set([...topIndices(raw, top), ...kept, chosen])];
  const inRows = rows.map((row) => standings(row, tokens));
  const candidates = tokens.map((token, index) => {
    const all = inRows.map((standings) => standings[index]);
    return {
      ...tracedToken(token, tokenizer),
      raw: all[0],
      stages: all.slice(1),
      processed: all[all.length - 1],
      removedBy: removedBy(all),
    };
  });
  const { length } = raw;
  const place = ({ raw, token }: TracedCandidate) => raw?.rank ?? length + 1 + token;
  return candidates.sort((a, b) => place(a) - place(b));
}

/** A stage may bring a token back, as `forcedFirst` does: only the last removal counts. */
function removedBy(standings: readonly (Standing | null)[]): number | null {
  if (standings[standings.length - 1] !== null) return null;
  const lastStanding = standings.findLastIndex((standing) => standing !== null);
  return lastStanding === -1 ? null : lastStanding;
}
