const joining = /\p{Mn}|\p{Me}|\u200D/u;
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;

/** How many columns a text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += joining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** The text in exactly `width` columns: cut with … or filled with spaces. */
export function fitted(text: string, width: number): string {
  const cut = shortened(text, width);
  return cut + " ".repeat(Math.max(0, width - displayWidth(cut)));
}

/** The text in at most `width` columns, cut with … if it is longer. */
export function shortened(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return width > 0 ? `${cut}…` : "";
}

/** A piece of a line, and the same with colours, which take no room. */
export interface Piece {
  readonly text: string;
  readonly painted: string;
}

/** Puts pieces side by side, two columns apart, and on a new line where one would cross the edge. Cuts nothing. */
export function wrapped(pieces: readonly Piece[], indent: string, width: number): string {
  const lines: string[] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const { text, painted } of pieces) {
    const length = displayWidth(text);
    const fits = used + 2 + length <= width;
    if (fits) lines.push(`${lines.pop()}  ${painted}`);
    else lines.push(indent + painted);
    used = fits ? used + 2 + length : indent.length + length;
  }
  return lines.join("\n");
}

/** The text in lines of at most `width` columns, broken between words, and within one only if it fills a line. */
export function folded(text: string, indent: string, width: number): string[] {
  const room = Math.max(1, width - indent.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((word) => cutWord(word, room))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= room) line = longer;
    else {
      lines.push(indent + line);
      line = word;
    }
  }
  return [...lines, indent + line];
}

function cutWord(word: string, room: number): string[] {
  const pieces = [""];
  for (const character of word) {
    const longer = pieces[pieces.length - 1] + character;
    if (displayWidth(longer) <= room) pieces[pieces.length - 1] = longer;
    else pieces.push(character);
  }
  return pieces;
}
