import { readFile } from "node:fs/promises";
import path from "node:path";
import { AutoTokenizer } from "@huggingface/transformers";
import { describe, expect, test } from "vitest";
import { openTokenizer, type TokenizerKind, trainBpeTokenizer } from "../../lib/tokenizers/index.js";
import { corporaDirectory } from "../../lib/training/corpus/index.js";
import { golden } from "../support/folders.js";
import { kinds, recorded, trainedOnTexts } from "./trained.js";

interface Encoded extends Record<TokenizerKind, { readonly ids: number[][]; readonly decoded: string[] }> {
  readonly texts: string[];
}

/** Lower case letter by letter has no final sigma: the one difference, and documented. */
const hasFinalSigma = (text: string) => /\u03C3(?!\p{L})/u.test(text.toLowerCase().replaceAll("ς", "σ"));

describe.each(kinds)("%s", (kind) => {
  test("what is trained now is what Python opened", async () => {
    const written = JSON.parse(await readFile(golden("tokenizers", kind, "tokenizer.json"), "utf8"));
    expect(JSON.parse(JSON.stringify(await trainedOnTexts(kind)))).toEqual(written);
  });

  test("the same ids and texts as Python's tokenizers and AutoTokenizer", async () => {
    const { texts, ...rows } = await recorded<Encoded>("encoded.json");
    const tokenizer = await openTokenizer(golden("tokenizers", kind));
    expect(texts.length).toBeGreaterThan(100);
    for (const [i, text] of texts.entries()) {
      if (kind === "word" && hasFinalSigma(text)) continue;
      expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids: rows[kind].ids[i] });
      expect(tokenizer.decode(rows[kind].ids[i])).toBe(rows[kind].decoded[i]);
    }
  });

  test("the same ids and texts as transformers.js", async () => {
    const { texts } = await recorded<Encoded>("encoded.json");
    const ours = await openTokenizer(golden("tokenizers", kind));
    const theirs = await AutoTokenizer.from_pretrained(golden("tokenizers", kind));
    for (const text of texts) {
      const ids = ours.encode(text);
      expect({ text, ids: theirs.encode(text, { add_special_tokens: false }) }).toEqual({ text, ids });
      if (ids.length === 0) continue;
      const plain = { skip_special_tokens: false, clean_up_tokenization_spaces: false };
      expect(theirs.decode(ids, plain)).toBe(ours.decode(ids));
    }
  });
});

interface Learned {
  readonly vocabSize: number;
  readonly minFrequency: number;
  readonly vocabulary: string[];
  readonly merges: string[];
}

interface Merges {
  readonly texts: Learned;
  readonly "moby-dick": Learned;
  readonly ties: (Learned & { readonly texts: string[] })[];
}

describe("byte-pair merges are those of Hugging Face's trainer", () => {
  async function expectSame(texts: string[], { vocabulary, merges, ...options }: Learned) {
    const { model } = (await trainBpeTokenizer(texts, options)).toJSON();
    expect((model.merges as string[][]).map((pair) => pair.join(" "))).toEqual(merges);
    // By id: JavaScript lists keys that look like numbers first.
    const byId = Object.entries(model.vocab as Record<string, number>).sort(([, a], [, b]) => a - b);
    expect(byId.slice(257).map(([token]) => token)).toEqual(vocabulary);
    return merges.length;
  }

  test("on Moby-Dick", async () => {
    const file = path.join(corporaDirectory(), "moby-dick", "moby-dick.txt");
    const { "moby-dick": learned } = await recorded<Merges>("merges.json");
    expect(await expectSame([await readFile(file, "utf8")], learned)).toBe(2048 - 257);
  });

  test("on many scripts, down to pairs that occur once", async () => {
    await expectSame(await recorded("texts.json"), (await recorded<Merges>("merges.json")).texts);
  });

  test("on texts where most pairs tie", async () => {
    const { ties } = await recorded<Merges>("merges.json");
    for (const { texts, ...learned } of ties) await expectSame(texts, learned);
    expect(ties.length).toBe(15);
  });
});
