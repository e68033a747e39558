import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPython } from "../../scripts/find-python.mjs";
import { Notebooks, type Outcome, type Result, root } from "./harness.js";

/** Each notebook with what the harness must say about it; empty for one that passes. */
const notebooks: [name: string, cells: string[], said: string[]][] = [
  ["passing", ["const a: number = 1; a", 'import assert from "node:assert";\nassert.equal(a, 1);'], []],
  [
    "type-error",
    ["1", 'const a = 1;\n\nconst b: number = "x";'],
    ["cell [2], line 3: const b", "not assignable"],
  ],
  ["syntax-error", ["const = 3"], ["cell [1], line 1: const = 3", "expected"]],
  [
    "assertion",
    [
      "interface Row { a: number }\n\n// a comment\nconst row: Row = { a: 1 };",
      'import assert from "node:assert";\n\n// why\n\nassert.equal(\n  row.a,\n  2,\n  "one is not two",\n);',
    ],
    ["cell [2], line 5: assert.equal(", "AssertionError [ERR_ASSERTION]: one is not two"],
  ],
  [
    "exception-in-earlier-function",
    ['function fail(): never {\n\n\n  throw new RangeError("deep");\n}', "const a = 1;\n\nfail();"],
    ["cell [2], line 3: fail();", "RangeError: deep"],
  ],
  [
    "exception-after-await",
    ['await new Promise((resolve) => setTimeout(resolve, 5));\n\nthrow new TypeError("later");'],
    ["cell [1], line 3: throw new TypeError", "TypeError: later"],
  ],
  [
    "rejected-promise",
    ["1", 'Promise.reject(new Error("nobody awaits me"));\n2'],
    ["cell [2]: UnhandledPromiseRejection: Error: nobody awaits me"],
  ],
  [
    "throwing-timer",
    // The timer goes off while the second cell runs, and is laid at its door.
    [
      'setTimeout(() => { throw new Error("tick"); }, 100);\n1',
      "await new Promise((resolve) => setTimeout(resolve, 1000));",
    ],
    ["UncaughtException: Error: tick", "this cell or one before it"],
  ],
  ["thrown-string", ['throw "just text";'], ["cell [1]", "just text"]],
  [
    "missing-package",
    ['import { nothing } from "no-such-package";'],
    ["cell [1], line 1", "no-such-package"],
  ],
  ["exit", ["process.exit(7)"], ["cell [1]", "the kernel's process ended"]],
];

let folder: Notebooks;
let outcome: Outcome & { results: Result[] };

beforeAll(async () => {
  folder = await Notebooks.create();
  for (const [name, cells] of notebooks) await folder.write(name, cells);
  await folder.write("endless", ["1", "while (true) {}"]);
  outcome = await folder.execute(["--timeout", "15", ...notebooks.map(([name]) => name)]);
}, 300_000);

afterAll(() => folder.remove());

test.each(notebooks)("%s", (name, _, said) => {
  const result = outcome.results.find((each) => each.name === `${name}.ipynb`);
  expect(result).toMatchObject({ passed: said.length === 0, skipped: false });
  for (const words of said) expect(result?.message).toContain(words);
  if (said.length > 0) expect(result?.message).toContain(`${name}.ipynb, cell [`);
  expect(result?.message).not.toContain("node_modules/tslab");
});

test("one failure fails the run, and the printed lines say the same as the report", () => {
  expect(outcome.code).toBe(1);
  expect(outcome.results).toHaveLength(notebooks.length);
  expect(outcome.output).toContain("passed  passing.ipynb");
  expect(outcome.output).toContain("FAILED  assertion.ipynb");
});

test("the notebooks and the repository are left as they were", async () => {
  const notebook = await folder.read("passing");
  expect(notebook.cells.every((cell) => cell.outputs.length === 0)).toBe(true);
  expect(readdirSync(join(root, ".setup")).filter((name) => name.startsWith("run-"))).toEqual([]);
});

test("a cell that never ends is stopped at its time limit, and its kernel with it", async () => {
  const { code, results } = await folder.execute(["--timeout", "3", "endless"]);
  expect(code).toBe(1);
  expect(results[0]?.message).toBe("endless.ipynb, cell [2]: ran longer than 3 s");
  expect(kernelsIn("run-")).toEqual([]);
}, 60_000);

test("a name that is no notebook is an error of its own", async () => {
  const { code, output } = await folder.execute(["nowhere"]);
  expect(code).toBe(2);
  expect(output).toContain("no notebook nowhere.ipynb in");
});

test("without a Python the message says how to get one", () => {
  const nowhere = { LOGITBOOK_PYTHON: join(root, "nowhere", "python") };
  expect(() => findPython(nowhere)).toThrow(/nowhere.*npm run setup/);
});

/** Working folders of tslab kernels that still run, on systems that tell. */
function kernelsIn(marker: string): string[] {
  if (process.platform !== "linux") return [];
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(commandLine).filter((line) => line.includes("tslab") && line.includes(marker));
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
