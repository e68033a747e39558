/** Collects the values of an option that may be given several times, from an empty list on. */
export function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
