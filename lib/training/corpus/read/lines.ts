/** A line of a text, without its end. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** The lines of a text, whatever pieces it comes in. They end in LF or CR LF; what follows the last end is a line if it is not empty. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
  let open = "";
  let number = 0;
  for await (const piece of pieces) {
    const parts = piece.split("\n");
    parts[0] = open + parts[0];
    open = parts.pop() ?? "";
    for (const part of parts) yield { text: withoutReturn(part), number: ++number };
  }
  if (open !== "") yield { text: withoutReturn(open), number: number + 1 };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
