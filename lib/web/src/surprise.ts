/** The shade of a token by its surprise in nats: full at 8, 1 in 3,000. */
export function surpriseShade(surprise: number): string {
  return `rgba(var(--surprise), ${(Math.min(surprise, 8) / 8) * 0.55})`;
}
