import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./harness.js";

const folder = path.join(root, "notebooks");
const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

/** All code of a notebook. */
function codeOf(name: string): string {
  const { cells } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
    cells: { cell_type: string; source: string[] }[];
  };
  return cells.flatMap((cell) => (cell.cell_type === "code" ? cell.source : [])).join("");
}

/** What a pattern finds in code, sorted: the first of its groups that matched. */
function namesIn(code: string, pattern: RegExp): (string | undefined)[] {
  return [...code.matchAll(pattern)].map(([, variable, text]) => variable ?? text).sort();
}

test.each(notebooks)("%s can be executed again: what it trains into is removed before", (name) => {
  const code = codeOf(name);
  const trainedInto = namesIn(code, /[`"]out=(?:\$\{(\w+)\}|([^`"]+))[`"]/g);
  expect(namesIn(code, /rmSync\((?:(\w+)|[`"]([^`"]+)[`"]),/g)).toEqual(trainedInto);
});

test("some notebooks train", () => {
  const training = notebooks.filter((name) => codeOf(name).includes("out="));
  expect(training.map((name) => name.slice(0, 2))).toEqual(["01", "04", "05"]);
});
