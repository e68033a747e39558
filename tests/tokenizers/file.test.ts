import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { TokenizerError } from "../../lib/core/errors.js";
import {
  type BpeVocabulary,
  bpeTokenizer,
  openTokenizer,
  saveTokenizer,
} from "../../lib/tokenizers/index.js";
import { temporaryDirectory } from "../support/temporary.js";
import { kinds, recorded, trainedOnTexts } from "./trained.js";

let folder: string;
beforeAll(async () => {
  folder = await temporaryDirectory();
});

test.each(kinds)("%s: what is saved opens as the same, by its folder or its file", async (kind) => {
  const tokenizer = await trainedOnTexts(kind);
  const place = path.join(folder, "deep", kind);
  await saveTokenizer(tokenizer, place);
  await saveTokenizer(tokenizer, place);
  expect((await readdir(place)).sort()).toEqual(["tokenizer.json", "tokenizer_config.json"]);
  for (const location of [place, path.join(place, "tokenizer.json")]) {
    const opened = await openTokenizer(location);
    expect(opened.toJSON()).toEqual(tokenizer.toJSON());
    expect(opened.kind).toBe(kind);
    expect(opened.endTokens).toEqual(tokenizer.endTokens);
    for (const text of await recorded<string[]>("texts.json"))
      expect(opened.encode(text)).toEqual(tokenizer.encode(text));
  }
});

test("GPT-2's own way to write its rules opens too, with merges in either form and the end that is named", async () => {
  const { tokens } = await vocabulary();
  const place = path.join(folder, "gpt2");
  const json = bpeTokenizer(await vocabulary()).toJSON();
  await saveTokenizer(bpeTokenizer(await vocabulary()), place);
  const rules = {
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
    post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true },
    model: { ...json.model, merges: ["a b"] },
  };
  await writeFile(path.join(place, "tokenizer.json"), JSON.stringify({ ...json, ...rules }));
  const opened = await openTokenizer(place);
  expect(opened.endTokens).toEqual([tokens.indexOf("<end>")]);
  expect(opened.encode("ab<end>")).toEqual([tokens.indexOf("ab"), tokens.indexOf("<end>")]);
});

/** Bytes, one merge and an end of its own. */
async function vocabulary(): Promise<BpeVocabulary> {
  const { model } = (await trainedOnTexts("bpe")).toJSON();
  const bytes = Object.entries(model.vocab as Record<string, number>).filter(
    ([, id]) => id >= 1 && id <= 256,
  );
  const tokens = [...bytes.map(([token]) => token), "ab", "<end>"];
  return { tokens, merges: [["a", "b"]], special: ["<end>"], end: ["<end>"] };
}

describe("is refused, with the file's name and the reason", () => {
  test.each<[string, (json: Record<string, object>) => string, RegExp]>([
    ["broken JSON", () => "{", /no valid JSON/],
    ["JSON that is no object", () => "3", /no object/],
    ["no vocabulary", () => "{}", /`model.vocab` must be/],
    ["a gap in the ids", (json) => changed(json, "model", { vocab: { a: 3 } }), /every id from 0 on/],
    ["another model", (json) => changed(json, "model", { type: "Unigram" }), /BPE or WordLevel/],
    [
      "a normalizer",
      (json) => JSON.stringify({ ...json, normalizer: { type: "NFC" } }),
      /its normalizer \(NFC\) is not one/,
    ],
    [
      "a space put before the text",
      (json) => JSON.stringify({ ...json, pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } }),
      /its pre_tokenizer \(ByteLevel\)/,
    ],
    ["dropout", (json) => changed(json, "model", { dropout: 0.1 }), /asks for dropout/],
    ["merges that are none", (json) => changed(json, "model", { merges: [["a"]] }), /`model.merges` must be/],
    [
      "merges of unknown tokens",
      (json) => changed(json, "model", { merges: [["zz", "q"]] }),
      /`merges` must be/,
    ],
  ])("%s", async (name, write, message) => {
    const json = JSON.parse(JSON.stringify(await trainedOnTexts("bpe")));
    const file = path.join(folder, `${name}.json`);
    await writeFile(file, write(json));
    await expect(openTokenizer(file)).rejects.toThrow(TokenizerError);
    await expect(openTokenizer(file)).rejects.toThrow(message);
    await expect(openTokenizer(file)).rejects.toThrow(file);
  });

  test("a missing folder, and a folder without tokenizer.json", async () => {
    await expect(openTokenizer(path.join(folder, "nowhere"))).rejects.toThrow(/no such file or folder/);
    await expect(openTokenizer(folder)).rejects.toThrow(/can't be read \(ENOENT\)/);
  });
});

function changed(json: Record<string, object>, part: string, fields: object): string {
  return JSON.stringify({ ...json, [part]: { ...json[part], ...fields } });
}
