import { CorpusError, OptionError } from "../../../core/errors.js";
import { readBytes } from "../read/bytes.js";
import { linesOf } from "../read/lines.js";
import { decodeText } from "../read/text.js";
import type { CorpusDocument, ReadOptions } from "../types.js";

/** V8's strings end at 2^29 - 24 characters. */
const longestText = 500_000_000;

/** Documents of a plain text: the whole file, its lines or its paragraphs. CR LF becomes LF. */
export async function* plainDocuments(file: string, options: ReadOptions): AsyncGenerator<CorpusDocument> {
  const { unit = "file", encoding } = options;
  const pieces = decodeText(readBytes(file), file, encoding);
  if (unit === "file") yield { text: await wholeText(pieces, file), name: file };
  else if (unit === "line")
    for await (const { text, number } of linesOf(pieces)) yield { text, name: `${file}:${number}` };
  else if (unit === "paragraph") yield* paragraphs(pieces, file);
  else throw new OptionError("unit", unit, '"file", "line" or "paragraph"');
}

async function wholeText(pieces: AsyncIterable<string>, file: string): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    if (text.length + piece.length > longestText) {
      throw new CorpusError(file, 'it is too long for one document: say unit "line" or "paragraph"');
    }
    text += piece;
  }
  return text.replaceAll("\r\n", "\n");
}

/** Lines up to an empty one. */
async function* paragraphs(pieces: AsyncIterable<string>, file: string): AsyncGenerator<CorpusDocument> {
  let lines: string[] = [];
  let first = 1;
  for await (const { text, number } of linesOf(pieces)) {
    if (text.trim() !== "") {
      if (lines.length === 0) first = number;
      lines.push(text);
    } else if (lines.length > 0) {
      yield { text: lines.join("\n"), name: `${file}:${first}` };
      lines = [];
    }
  }
  if (lines.length > 0) yield { text: lines.join("\n"), name: `${file}:${first}` };
}
