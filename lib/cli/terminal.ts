/** Where a command writes, as far as it matters for how it looks. */
export interface Terminal {
  /** In characters. */
  readonly width: number;
  readonly paint: Paint;
}

/** One look, one meaning. */
export interface Paint {
  /** The token that was chosen. */
  chosen(text: string): string;
  /** A probability's length. */
  probability(text: string): string;
  /** What is there, but not the point: units, stages that did nothing, what was removed. */
  faint(text: string): string;
  heading(text: string): string;
}

const plain: Paint = { chosen: same, probability: same, faint: same, heading: same };

/** Okabe and Ito's colours (2008) as near as 256 colours come, without touching the ink of the text. */
const coloured: Paint = {
  chosen: (text) => `\u001b[38;5;214m${text}\u001b[39m`,
  probability: (text) => `\u001b[38;5;74m${text}\u001b[39m`,
  faint: (text) => `\u001b[2m${text}\u001b[22m`,
  heading: (text) => `\u001b[1m${text}\u001b[22m`,
};

/**
 * Colours only on a terminal that has them and whose user wants them (NO_COLOR set to anything forbids them). A pipe
 * or a file is 80 characters wide.
 */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const { NO_COLOR = "", TERM } = environment;
  const colours = stream.isTTY === true && NO_COLOR === "" && TERM !== "dumb";
  return { width: stream.columns || 80, paint: colours ? coloured : plain };
}

function same(text: string): string {
  return text;
}
