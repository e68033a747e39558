import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { type NotebookFile, Notebooks, type Result, root, textOf } from "./harness.js";

const chart =
  '{ data: [{ type: "bar", x: ["a"], y: [1] }], layout: { title: "One bar", width: 300, height: 200 } }';
const library = "../../../lib/dist/notebook/index";
const chromium = findChromium();

const cells = [
  `import { plot } from "${library}"; import { homedir } from "node:os"; import { resolve } from "node:path";`,
  'console.log("one"); console.log("two");',
  `plot(${chart});`,
  'console.log(process.cwd(), resolve("../data"), resolve("../../.."), homedir());',
];

let folder: Notebooks;

beforeAll(async () => {
  folder = await Notebooks.create();
});

afterAll(() => folder.remove());

describe.skipIf(chromium === undefined)("outputs written with --update (needs a Chromium)", () => {
  let notebook: NotebookFile;
  let before: NotebookFile;
  let first: string;

  beforeAll(async () => {
    await folder.write("written", cells);
    before = await folder.read("written");
    const { code, output, results } = await folder.execute(["--update", "written"]);
    expect(output).toContain("passed");
    expect(code).toBe(0);
    expect(results.map(({ name }) => name)).toEqual(["written.ipynb", "written.ipynb: charts"]);
    notebook = await folder.read("written");
    first = await readFile(folder.path("written"), "utf8");
  }, 120_000);

  test("cells keep their ids and sources and carry no times", () => {
    expect(notebook.cells.map(({ id }) => id)).toEqual(before.cells.map(({ id }) => id));
    expect(notebook.cells.map(({ source }) => textOf(source))).toEqual(cells);
    expect(notebook.cells.map(({ metadata }) => metadata)).toEqual(cells.map(() => ({})));
    expect(notebook.cells.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3, 4]);
  });

  test("one stream is one output", () => {
    expect(notebook.cells[1]?.outputs).toHaveLength(1);
    expect(textOf(notebook.cells[1]?.outputs[0]?.text)).toBe("one\ntwo\n");
  });

  test("a figure has its picture in the same bundle, of its own size", () => {
    const [output] = notebook.cells[2]?.outputs ?? [];
    expect(Object.keys(output?.data ?? {}).sort()).toEqual([
      "application/vnd.plotly.v1+json",
      "image/png",
      "text/plain",
    ]);
    const picture = Buffer.from(textOf(output?.data?.["image/png"]), "base64");
    expect(picture.subarray(1, 4).toString()).toBe("PNG");
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([300, 200]);
    expect(output?.metadata).toEqual({ "image/png": { alt: "Chart: One bar; bar · x: a · y: 1" } });
    // A blank picture of this size compresses to far less.
    expect(picture.length).toBeGreaterThan(1500);
  });

  test("paths of this machine are told as seen from notebooks/", () => {
    expect(textOf(notebook.cells[3]?.outputs[0]?.text)).toBe(". ../data .. ~\n");
    expect(first).not.toContain(root);
    expect(first).not.toContain(`${homedir()}/`);
  });

  test("a second execution writes the same bytes", async () => {
    await folder.execute(["--update", "written"]);
    expect(await readFile(folder.path("written"), "utf8")).toBe(first);
  }, 60_000);

  test("what was written passes the check of stored outputs", async () => {
    const { code, results } = await folder.execute(["--check-committed", "written"]);
    expect(results).toMatchObject([{ name: "written.ipynb: stored outputs", passed: true }]);
    expect(code).toBe(0);
  });
});

test("a failing notebook is not written", async () => {
  await folder.write("failing", ["1", 'throw new Error("no");']);
  const before = await readFile(folder.path("failing"), "utf8");
  expect((await folder.execute(["--update", "failing"])).code).toBe(1);
  expect(await readFile(folder.path("failing"), "utf8")).toBe(before);
}, 60_000);

test("without a Chromium the charts count as skipped, with the way to get one, and nothing is written", async () => {
  await folder.write("unpictured", [cells[0] as string, cells[2] as string]);
  const before = await readFile(folder.path("unpictured"), "utf8");
  const env = { ...process.env, CHROME_PATH: "/nowhere/chromium" };
  const { code, results } = await folder.execute(["--update", "unpictured"], env);
  expect(code).toBe(0);
  expect(results).toMatchObject([{ passed: true }, { passed: false, skipped: true }]);
  expect(results[1]?.message).toMatch(/playwright-core install chromium/);
  expect(await readFile(folder.path("unpictured"), "utf8")).toBe(before);
}, 60_000);

/** Outputs that must not be committed, with the words that say why. */
const faults: [fault: string, cell: object, words: string][] = [
  ["never executed", { execution_count: null }, "has not been executed"],
  ["output missing", { source: "const a = 1;\nshow(a);" }, "no output is stored"],
  [
    "an error",
    { outputs: [{ output_type: "error", ename: "Error", evalue: "x", traceback: [] }] },
    "stores an error",
  ],
  ["stderr", { outputs: [stream("stderr", "UncaughtException: x\n")] }, "text of stderr: UncaughtException"],
  ["a path in text", { outputs: [stream("stdout", "at /home/me/project/a.ts\n")] }, "/home/me/project/a.ts"],
  [
    "a path in a bundle",
    { outputs: [bundle({ "application/json": { a: ["C:\\Users\\me"] } })] },
    "C:\\Users\\me",
  ],
  ["a file URL", { outputs: [bundle({ "text/html": "<a href='file:///x/y'>" })] }, "file:///x/y"],
  ["a figure alone", { outputs: [bundle({ "application/vnd.plotly.v1+json": {} })] }, "without its picture"],
  ["a picture alone", { outputs: [bundle({ "image/png": "aGk=" })] }, "without a text"],
  [
    "a time",
    { metadata: { execution: { "iopub.status.busy": "2026-01-01T00:00:00Z" } } },
    "when it was executed",
  ],
];

/** Stored outputs with nothing wrong, though they look a little like faults. */
const fine: [name: string, cell: object][] = [
  ["a definition that shows nothing yet", { source: "function f() {\n  console.log(1);\n}" }],
  [
    "relative paths and addresses",
    { outputs: [stream("stdout", "../data/a.txt https://example.org/home/x 1/2\n")] },
  ],
  [
    "a figure with picture",
    {
      outputs: [
        bundle(
          { "application/vnd.plotly.v1+json": {}, "image/png": "aGk=" },
          { "image/png": { alt: "Chart: one" } },
        ),
      ],
    },
  ],
];

describe("the check of stored outputs", () => {
  let results: Result[];
  let code: number;

  beforeAll(async () => {
    const stored = await Notebooks.create();
    const all = [...faults, ...fine].map(([name, cell]) => [name, cell] as const);
    for (const [name, cell] of all) await writeStored(stored, name, cell);
    ({ code, results } = await stored.execute(["--check-committed"]));
    await stored.remove();
  });

  test.each(faults)("finds %s", (name, _, words) => {
    const result = results.find((each) => each.name === `${name}.ipynb: stored outputs`);
    expect(result).toMatchObject({ passed: false, skipped: false });
    expect(result?.message).toContain(`${name}.ipynb, cell [1]: `);
    expect(result?.message).toContain(words);
  });

  test.each(fine)("lets pass %s", (name) => {
    const result = results.find((each) => each.name === `${name}.ipynb: stored outputs`);
    expect(result).toMatchObject({ passed: true, message: "" });
  });

  test("fails as a whole", () => {
    expect(code).toBe(1);
    expect(results).toHaveLength(faults.length + fine.length);
  });
});

async function writeStored(notebooks: Notebooks, name: string, changes: object): Promise<void> {
  await notebooks.write(name, ["1"]);
  const notebook = await notebooks.read(name);
  const cell = { ...notebook.cells[0], execution_count: 1, ...changes };
  await writeFile(notebooks.path(name), JSON.stringify({ ...notebook, cells: [cell] }));
}

function stream(name: string, text: string): object {
  return { output_type: "stream", name, text };
}

function bundle(data: object, metadata: object = {}): object {
  return { output_type: "display_data", metadata, data };
}
