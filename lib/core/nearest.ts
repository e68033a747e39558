/**
 * The candidate that a misspelt name most likely stands for, or undefined if none is near. Case, underscores and
 * hyphens don't count.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  const given = plain(name);
  // Two letters in four make another word.
  let fewest = Math.max(given.length < 5 ? 1 : 2, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(given, plain(candidate));
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
