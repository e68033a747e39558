import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { CorpusError, OptionError } from "../../lib/core/errors.js";
import { methodNames } from "../../lib/decoding/methods/index.js";
import { createPlayground, type Playground, type PlaygroundOptions, safeHtml } from "../../lib/index.js";
import { temporaryDirectory } from "../support/temporary.js";
import { byteModel } from "./byteModel.js";
import { post } from "./support.js";

const opened: Playground[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((playground) => playground.close()));
});

interface RecipeSchema {
  readonly oneOf: readonly { readonly properties: { readonly method: { readonly const: string } } }[];
}

const records = [{ name: "<b>Ada</b>", turns: ["Hi.", "Hello."] }];

async function open(options: PlaygroundOptions = {}) {
  const playground = await createPlayground({ models: { bytes: byteModel("x", "abc") }, ...options });
  opened.push(playground);
  return (route: string) => fetch(`${playground.url}/api/${route}`);
}

test("shows the rooms that are asked for, by their titles", async () => {
  const get = await open({ title: "Mine", rooms: ["data", { room: "next", title: "Step" }] });
  expect(await (await get("page")).json()).toEqual({
    title: "Mine",
    rooms: [
      { room: "data", title: "Data set" },
      { room: "next", title: "Step" },
    ],
    remoteEngines: true,
  });
});

test("offers the methods that a server can run: those without a draft beside them", async () => {
  const get = await open();
  const { oneOf } = (await (await get("recipe-schema")).json()) as RecipeSchema;
  const offered = oneOf.map(({ properties }) => properties.method.const);
  expect(offered).toEqual(methodNames.filter((name) => name !== "speculative"));
});

test("runs templates and views on the server; what a view is given is escaped", async () => {
  const get = await open({
    corpora: {
      people: {
        records,
        view: ({ name, turns }: { name: string; turns: string[] }) =>
          safeHtml`<b>${name}</b>${turns.map((turn) => safeHtml`<p>${turn}</p>`)}`,
      },
    },
    templates: {
      greeting: ({ turns }: { turns: string[] }) => ({ prompt: turns[0], target: turns[1] }),
    },
  });
  expect(await (await get("corpora")).json()).toEqual({
    corpora: [{ name: "people", title: "people", licence: "" }],
  });
  expect(await (await get("corpora/people/3")).json()).toEqual({
    count: 1,
    index: 0,
    fields: { name: "<b>Ada</b>", turns: '["Hi.","Hello."]' },
    texts: { greeting: { prompt: "Hi.", oneStep: "Hi.", target: "Hello." } },
    view: { html: "<b>&#60;b&#62;Ada&#60;/b&#62;</b><p>Hi.</p><p>Hello.</p>" },
  });
  expect((await get("corpora/others/0")).status).toBe(404);
});

test("reads records from files", async () => {
  const folder = await temporaryDirectory();
  await writeFile(path.join(folder, "a.csv"), 'question,answer\n"one, two",three\n');
  await writeFile(path.join(folder, "b.json"), '[{"question": "q"}]');
  const get = await open({ folder, corpora: { a: { records: "a.csv" }, b: { records: "b.json" } } });
  expect(await (await get("corpora/a/0")).json()).toMatchObject({
    fields: { question: "one, two", answer: "three" },
  });
  expect(await (await get("corpora/b/0")).json()).toMatchObject({ fields: { question: "q" } });
});

test("serves the splits that a corpus comes in, each with its own count", async () => {
  const folder = await temporaryDirectory();
  await writeFile(path.join(folder, "held.jsonl"), '{"q": "three"}\n');
  const train = [{ q: "one" }, { q: "two" }];
  const corpora = { parts: { records: { train, held: "held.jsonl" } }, whole: { records: train } };
  const get = await open({ folder, corpora });
  const listed = (await (await get("corpora")).json()) as { corpora: { splits?: string[] }[] };
  expect(listed.corpora.map(({ splits }) => splits)).toEqual([["train", "held"], undefined]);
  const told = async (route: string) => (await (await get(route)).json()) as object;
  expect(await told("corpora/parts/1")).toEqual({ count: 2, index: 1, fields: { q: "two" } });
  expect(await told("corpora/parts/1?split=train")).toEqual({ count: 2, index: 1, fields: { q: "two" } });
  expect(await told("corpora/parts/1?split=held")).toEqual({ count: 1, index: 0, fields: { q: "three" } });
  for (const [route, message] of [
    ["corpora/parts/0?split=test", "there is no split test of parts: its splits are train, held"],
    ["corpora/whole/0?split=train", "there is no split train of whole: it has no named splits"],
  ] as const) {
    const answer = await get(route);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: expect.objectContaining({ message, param: "split", code: "split_not_found" }) },
    ]);
  }
});

test.each<[string, PlaygroundOptions["templates"], RegExp]>([
  [
    "throws",
    {
      t: () => {
        throw new Error("no such field");
      },
    },
    /the template t failed on example 0 of people: no such field/,
  ],
  ["gives no text", { t: () => ({ prompt: 3 as never }) }, /gave no text as `prompt` of example 0/],
])("a template that %s is named with its example", async (_, templates, message) => {
  const get = await open({ corpora: { people: { records } }, templates });
  const response = await get("corpora/people/0");
  expect(response.status).toBe(422);
  expect(await response.text()).toMatch(message);
});

test("a model that was given open stays open", async () => {
  let disposed = 0;
  const bytes = byteModel("bytes", "abc");
  const model = { ...bytes.model, dispose: async () => void disposed++ };
  const playground = await createPlayground({ models: { mine: { ...bytes, model } } });
  const recipe = { method: "greedy", maxNewTokens: 2 };
  const answer = await post(`${playground.url}/api/next`, { model: "mine", prompt: "x", recipe });
  expect(answer.status).toBe(200);
  await playground.close();
  expect(disposed).toBe(0);
});

describe("bad options", () => {
  const bad = (options: unknown) => createPlayground(options as PlaygroundOptions);
  const models = { bytes: byteModel("x", "abc") };

  test.each<[string, unknown, RegExp]>([
    [
      "a misspelt option",
      { corpara: {} },
      /`corpara` must be a known option: .* \(did you mean `corpora`\?\)/,
    ],
    ["no model", { models: {} }, /`models` must be one model at least/],
    [
      "a model that is none",
      { models: { a: { model: {} } } },
      /`models\.a` must be a model's name, an open model/,
    ],
    ["a room that there isn't", { models, rooms: ["nxt"] }, /`rooms\[0\]` must be one of next, generate/],
    ["a room twice", { models, rooms: ["next", "next"] }, /`rooms\[1\]` must be given once/],
    ["a room without a title", { models, rooms: [{ room: "next" }] }, /`rooms\[0\]\.title` must be a text/],
    ["no rooms", { models, rooms: [] }, /`rooms` must be a list with one room at least/],
    [
      "no records",
      { models, corpora: { a: { records: [] } } },
      /`corpora\.a\.records` must be an array with one/,
    ],
    [
      "a record that is none",
      { models, corpora: { a: { records: [3] } } },
      /`corpora\.a\.records\[0\]` must be an object/,
    ],
    [
      "no split",
      { models, corpora: { a: { records: {} } } },
      /`corpora\.a\.records` must be a split at least/,
    ],
    [
      "a split without a name",
      { models, corpora: { a: { records: { "": records } } } },
      /`corpora\.a\.records` must be splits with names/,
    ],
    [
      "a split that is empty",
      { models, corpora: { a: { records: { train: records, test: [] } } } },
      /`corpora\.a\.records\.test` must be an array with one/,
    ],
    [
      "a view that is no function",
      { models, corpora: { a: { records, view: "x" } } },
      /`corpora\.a\.view` must be a function/,
    ],
    [
      "a misspelt field",
      { models, corpora: { a: { record: [] } } },
      /`corpora\.a\.record` must be a known option: .* \(did you mean `records`\?\)/,
    ],
    [
      "a template that is none",
      { models, corpora: { a: { records } }, templates: { t: "x" } },
      /`templates\.t` must be a function/,
    ],
    [
      "templates without records",
      { models, templates: { t: () => ({ prompt: "" }) } },
      /`corpora` must be given where/,
    ],
    ["an empty title", { models, title: "" }, /`title` must be a text/],
  ])("%s", async (_, options, message) => {
    const failure = await bad(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OptionError);
    expect((failure as Error).message).toMatch(message);
  });

  test("a file that can't be read, and one of another kind", async () => {
    const folder = await temporaryDirectory();
    const failing = (records: string) => bad({ models, folder, corpora: { a: { records } } });
    await expect(failing("missing.jsonl")).rejects.toThrow(CorpusError);
    await expect(failing("some.parquet")).rejects.toThrow(/no \.jsonl, \.json, \.csv or \.tsv file/);
    await writeFile(path.join(folder, "x.jsonl"), "{}\n3\n");
    await expect(failing("x.jsonl")).rejects.toThrow(/line 2 is no object/);
  });
});
