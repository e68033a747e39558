const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A length on the scale from 0 to 1, in eighths of a character; `width` characters with the empty rest. */
export function bar(value: number, width: number): string {
  const steps = Math.round(Math.min(Math.max(value, 0), 1) * width * 8);
  const drawn = "█".repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? "");
  return drawn.padEnd(width);
}

/** A probability in percent, two decimals, seven characters. */
export function percent(probability: number): string {
  return `${(probability * 100).toFixed(2)}%`.padStart(7);
}
