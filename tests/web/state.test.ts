import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recipeJsonSchema } from "../../lib/decoding/index.js";
import { processorTypes } from "../../lib/decoding/processors/index.js";
import { startTemplates, withHalves } from "../../lib/web/src/data/templates.js";
import { moved, withField, withMethod } from "../../lib/web/src/recipe/edit.js";
import { rangeOf, readCatalogue, type Schema, startValue } from "../../lib/web/src/recipe/schema.js";
import { recipeTitle } from "../../lib/web/src/recipe/title.js";
import { fromHash, toHash } from "../../lib/web/src/state/replay.js";
import { EMPTY_TREE, layoutTree, withPath } from "../../lib/web/src/state/tried.js";

describe("a link", () => {
  test("brings everything back, whatever the prompt holds", () => {
    const replay = {
      room: "next",
      model: "a/b",
      prompt: "",
      recipe: { method: "greedy" },
      picks: [3],
      others: [],
    };
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat()), (prompt, picks) => {
        const hash = toHash({ ...replay, prompt, picks });
        expect(hash).toMatch(/^#\/next\/[\w-]+$/);
        expect(fromHash(hash)).toEqual({ ...replay, prompt, picks });
      }),
    );
  });

  test.each([
    ["#/beams", { room: "beams" }],
    ["#/next/%%", undefined],
    ["#/next/AAAA", { room: "next" }],
    ["", undefined],
  ])("%j is read as %j", (hash, expected) => expect(fromHash(hash)).toEqual(expected));
});

describe("the tree of what was tried", () => {
  test("keeps every path once", () => {
    const paths = fc.array(fc.array(fc.nat(3), { maxLength: 5 }), { maxLength: 12 });
    fc.assert(
      fc.property(paths, (tried) => {
        const grow = (node: typeof EMPTY_TREE) =>
          tried.reduce((tree, path) => withPath(tree, path, path.map(String)), node);
        const tree = grow(EMPTY_TREE);
        expect(grow(tree)).toBe(tree);
        const nodes = layoutTree(tree, tried[0] ?? []);
        const prefixes = new Set(
          tried.flatMap((path) => path.map((_, end) => path.slice(0, end + 1).join(" "))),
        );
        expect(new Set(nodes.map(({ key }) => key))).toEqual(new Set(["", ...prefixes]));
        expect(nodes).toHaveLength(prefixes.size + 1);
        // No two nodes in one place, and the path that is looked at is dark from end to end.
        expect(new Set(nodes.map(({ depth, row }) => `${depth} ${row}`)).size).toBe(nodes.length);
        expect(nodes.filter(({ current }) => current)).toHaveLength((tried[0]?.length ?? 0) + 1);
      }),
    );
  });
});

describe("the recipe editor", () => {
  const catalogue = readCatalogue(recipeJsonSchema() as Schema);

  test("offers every method and every processor, each documented", () => {
    expect(catalogue.methods.map(({ name }) => name)).toContain("diverseBeam");
    expect(catalogue.processors.map(({ name }) => name).sort()).toEqual([...processorTypes].sort());
    const kinds = [...catalogue.methods, ...catalogue.processors];
    const fields = kinds.flatMap((kind) =>
      kind.fields.map((field) => `${kind.name}.${field.name}: ${field.schema.description ?? ""}`),
    );
    expect(kinds.filter(({ description }) => description === "")).toEqual([]);
    expect(fields.filter((text) => text.endsWith(": "))).toEqual([]);
  });

  test.each<[Schema, string]>([
    [{ type: "number", exclusiveMinimum: 0, maximum: 1 }, "above 0, to 1"],
    [{ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, "from 1"],
    [{ anyOf: [{ type: "null" }, { type: "number", minimum: 2 }] }, "from 2"],
    [{ type: "string" }, ""],
  ])("the range of %j is %j", (schema, range) => expect(rangeOf(schema)).toBe(range));

  test("begins a required number inside its range", () => {
    const open = { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 };
    expect(startValue(open)).toBe(0.5);
    expect(startValue({ type: "integer", minimum: 2 })).toBe(2);
    expect(startValue({ type: "number", exclusiveMinimum: 0 })).toBe(1);
  });

  test("moves a stage, and takes a field out so that its default holds", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(withField({ type: "topP", p: 0.5 }, "p", undefined)).toEqual({ type: "topP" });
  });

  test("begins every search with several beams, and keeps a number that is there", () => {
    const searches = catalogue.methods.filter(({ fields }) => fields.some(({ name }) => name === "numBeams"));
    const begun = searches.map(({ name }) => withMethod(catalogue, { method: "sample" }, name).numBeams);
    expect(begun).toEqual([4, 4, 4, 4]);
    expect(withMethod(catalogue, { method: "beam", numBeams: 2 }, "beamSample").numBeams).toBe(2);
  });

  test("names a recipe in a few words", () => {
    const processors = [{ type: "temperature", t: 0.5 }, { type: "normalize" }];
    expect(recipeTitle({ method: "beam", numBeams: 4, processors })).toBe(
      "beam, 4 beams, temperature 0.5, normalize",
    );
  });
});

describe("an example's first templates", () => {
  const columns = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `a ${name}`]));

  test.each([
    [["question", "answer", "topic"], "{question}\n", "{answer}"],
    [["id", "Prompt", "Completion"], "{Prompt}\n", "{Completion}"],
    [["answer", "asked"], "{asked}\n", "{answer}"],
    [["title", "question"], "{question}\n", "{title}"],
    [["first", "second", "third"], "{first}\n", "{third}"],
  ])("of %j ask and expect by name, else the first and the last", (names, prompt, target) => {
    expect(startTemplates(withHalves(columns(...names)))).toMatchObject({ prompt, target });
  });

  test.each([[["text"]], [["text", "label"]], [["review"]]])("of %j cut the text in two", (names) => {
    const fields = withHalves(columns(...names));
    expect(startTemplates(fields)).toMatchObject({ prompt: "{beginning}", target: "{rest}" });
    expect(fields.beginning + (fields.rest ?? "")).toBe(`a ${names[0]}`);
  });
});
