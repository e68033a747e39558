/**
 * The candidate that a misspelt or cut name most likely stands for, or undefined if none is near. Case, underscores and
 * hyphens don't count.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  const given = plainName(name);
  // Two letters in four make another word.
  let fewest = Math.max(given.length < 5 ? 1 : 2, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(given, plainName(candidate));
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best ?? onlyContinuation(given, candidates);
}

/** Letters that tell a name from others it is cut from. */
const SHORTEST_CUT = 4;

/** The only candidate that begins or ends as the name does, all of one being in the other. */
function onlyContinuation(given: string, candidates: readonly string[]): string | undefined {
  const [found, ...others] = candidates.filter((candidate) => {
    const [short, long] = [given, plainName(candidate)].sort((a, b) => a.length - b.length);
    return short.length >= SHORTEST_CUT && (long.startsWith(short) || long.endsWith(short));
  });
  return others.length > 0 ? undefined : found;
}

/** More names than this say less than a guess. */
const LONGEST_LIST = 12;

/**
 * The rule for a value that must be one of these names, with a guess at what was meant.
 * @param meant the guess, in words, where none of the names is near
 */
export function oneOf(what: string, given: unknown, known: readonly string[], meant?: string): string {
  const near = typeof given === "string" && !known.includes(given) ? nearestName(given, known) : undefined;
  const guess = near === undefined ? meant : `\`${near}\``;
  if (guess === undefined) return `${what}: ${known.join(", ")}`;
  const question = `(did you mean ${guess}?)`;
  return known.length > LONGEST_LIST
    ? `a known name ${question}`
    : `${what}: ${known.join(", ")} ${question}`;
}

/** A name as it is compared: case, underscores and hyphens don't count. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (Damerau 1964). */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = swapped ? before[j - 2] + 1 : substitution;
      next.push(Math.min(substitution, swap, row[j] + 1, next[j - 1] + 1));
    }
    [before, row] = [row, next];
  }
  return row[to.length];
}
