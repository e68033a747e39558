/**
 * Writes the tokenizers that record.py opens: trained by this library on texts.json.
 *
 *     npm run build && node tests/golden/tokenizers/train.mjs
 */
import { readFileSync } from "node:fs";
import { saveTokenizer, trainTokenizer } from "logitbook";

const texts = JSON.parse(readFileSync(new URL("texts.json", import.meta.url), "utf8"));
const options = JSON.parse(readFileSync(new URL("options.json", import.meta.url), "utf8"));
for (const kind of ["char", "word", "bpe"]) {
  const tokenizer = await trainTokenizer(texts, { kind, ...options[kind] });
  await saveTokenizer(tokenizer, new URL(kind, import.meta.url).pathname);
}
