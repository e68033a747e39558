/** Two decimals and the sign: 0.0659 is `6.59%`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** A measure with two decimals and a true minus, or a dash where there is none. */
export function measure(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toFixed(digits).replace("-", "−");
}

/** At most so many characters, the last an ellipsis where some are missing. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : text;
}

/** A count with its thousands apart. */
export function whole(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}
