/**
 * Places for names along an axis: each as wanted, or further on where it would come nearer than `gap` to the one
 * before it. In the order given.
 */
export function spreadApart(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(places[i]!, last + gap);
    places[i] = last;
  }
  return places;
}
