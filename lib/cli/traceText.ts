import type { TracedCandidate, TracedToken, TraceStep } from "../decoding/index.js";
import { tracedTokenParts } from "../tokenizers/index.js";
import { bar, percent } from "./bar.js";
import type { Terminal } from "./terminal.js";
import { fitted, type Piece, shortened, wrapped } from "./width.js";

const indent = " ".repeat(6);
/** A stage that moved less probability than single precision can tell did nothing. */
const nothingMoved = 1e-6;

/** The columns of a step without its token and its bar. */
const otherColumns = 47;
/** Below this width a step is no row of a table any more. */
const narrow = otherColumns + 8;

/** Widths of the token and of the bar: what is left of the line, the bar giving way first. */
function columns(width: number): { token: number; bar: number } {
  const token = Math.min(14, Math.max(6, width - otherColumns - 4));
  return { token, bar: Math.min(20, Math.max(0, width - otherColumns - token)) };
}

/** What the columns of `stepText` are, with their units. */
export function traceHead({ width, paint }: Terminal): string {
  if (width < narrow) return paint.heading("entropy in nats");
  const { token, bar } = columns(width);
  const probability = "probability".padStart(bar + 8).slice(-(bar + 8));
  const names = ["step", fitted("token", token), probability, "  model", " rank", "entropy, nats"];
  return paint.heading(names.join("  "));
}

/**
 * One step: the chosen token with its probability after the chain, the model's own, its rank there and the entropy
 * before and after; then the chain from left to right; then the other candidates, removed ones hatched.
 */
export function stepText(step: TraceStep, terminal: Terminal, several: boolean): string {
  const lines = [stepLine(step, terminal, several)];
  if (step.stages.length > 0) lines.push(wrapped(chainPieces(step, terminal), indent, terminal.width));
  const others = step.candidates.filter(({ token }) => token !== step.chosen.token);
  if (others.length > 0) {
    const pieces = byOutcome(others).map((candidate) => candidatePiece(candidate, step, terminal));
    lines.push(wrapped(pieces, indent, terminal.width));
  }
  return lines.join("\n");
}

function stepLine(step: TraceStep, terminal: Terminal, several: boolean): string {
  const { chosen, raw, processed, sequence, position } = step;
  const place = (several ? `${sequence + 1}.${position + 1}` : `${position + 1}`).padStart(4);
  const probability = chosen.processed?.probability ?? 0;
  const model = percent(chosen.raw?.probability ?? 0);
  const rank = String(chosen.raw?.rank ?? "–");
  const entropies = `${raw.entropy.toFixed(2)} → ${processed.entropy.toFixed(2)}`;
  const { width, paint } = terminal;
  if (width < narrow) {
    const token = shortened(tokenText(chosen), width - 6);
    const numbers = [percent(probability), `model ${model.trim()}`, `rank ${rank}`, `entropy ${entropies}`];
    const pieces = numbers.map((text) => ({ text: text.trim(), painted: text.trim() }));
    return `${place}  ${paint.chosen(token)}\n${wrapped(pieces, indent, width)}`;
  }
  const widths = columns(width);
  const measure = `${paint.chosen(bar(probability, widths.bar))} ${percent(probability)}`;
  const token = paint.chosen(fitted(tokenText(chosen), widths.token));
  return [place, token, measure, model, rank.padStart(5), entropies.padStart(13)].join("  ");
}

function chainPieces({ raw, stages }: TraceStep, { paint }: Terminal): Piece[] {
  const model = `${whole(raw.tokensLeft)} tokens`;
  const pieces = stages.map(({ name, tokensLeft, massRemoved, massMoved }) => {
    const mass = massRemoved > 0 ? ` −${percent(massRemoved).trim()}` : "";
    const text = `→ ${name} ${whole(tokensLeft)}${mass}`;
    return { text, painted: massMoved < nothingMoved ? paint.faint(text) : text };
  });
  return [{ text: model, painted: model }, ...pieces];
}

function candidatePiece(candidate: TracedCandidate, { stages }: TraceStep, { paint }: Terminal): Piece {
  const token = tokenText(candidate);
  const { processed, raw, removedBy } = candidate;
  if (processed !== null) {
    const number = percent(processed.probability).trim();
    return { text: `${token} ${number}`, painted: `${token} ${paint.probability(number)}` };
  }
  const number = percent(raw?.probability ?? 0).trim();
  const remover = removedBy === null ? "model" : stages[removedBy].name;
  const text = `╱${token}╱ ${number} ${remover}`;
  return { text, painted: paint.faint(text) };
}

/** Those that could have been chosen, likeliest first, then the removed ones as the model ranked them. */
function byOutcome(candidates: readonly TracedCandidate[]): TracedCandidate[] {
  const place = ({ processed }: TracedCandidate) => processed?.rank ?? Number.MAX_VALUE;
  return [...candidates].sort((a, b) => place(a) - place(b));
}

/** A token in the signs that stand for what can't be seen. */
export function tokenText(token: TracedToken): string {
  return tracedTokenParts(token)
    .map((part) => part.text)
    .join("");
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}
