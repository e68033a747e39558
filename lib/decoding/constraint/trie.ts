/** A rule that is a choice between literals, as the engine prints it. */
const LITERALS = /^\(\("[^"]+"\)(?: \| \("[^"]+"\))+\)$/;

/**
 * Spells a choice between literals as a tree of what they begin with alike. Given side by side, the engine can mix
 * their endings up: of the numbers from -100 down to -10 it made a rule that accepts -4000.
 * @param line a rule with every character written as `\x` and two digits
 */
export function asTrie(line: string): string {
  const [name, body] = line.split(" ::= ", 2);
  if (body === undefined || !LITERALS.test(body)) return line;
  const literals = [...body.matchAll(/"([^"]+)"/g)].map(([, inside]) => inside.match(/\\x../g) ?? []);
  return `${name} ::= (${branches(literals)})`;
}

function branches(literals: readonly (readonly string[])[]): string {
  const rests = new Map<string, string[][]>();
  for (const [first, ...rest] of literals) rests.set(first, [...(rests.get(first) ?? []), rest]);
  const grown = [...rests].map(([first, after]) => {
    const longer = after.filter((rest) => rest.length > 0);
    if (longer.length === 0) return `("${first}")`;
    const next = branches(longer);
    return `("${first}" (${longer.length < after.length ? `"" | ${next}` : next}))`;
  });
  return grown.join(" | ");
}
