import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const folder = path.resolve("notebooks");
const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

/** All code of a notebook. */
function codeOf(name: string): string {
  const { cells } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
    cells: { cell_type: string; source: string[] }[];
  };
  return cells.flatMap((cell) => (cell.cell_type === "code" ? cell.source : [])).join("");
}

test.each(notebooks)("%s can be executed again: what it trains into is removed before", (name) => {
  const code = codeOf(name);
  const named = [...code.matchAll(/[`"]out=(?:\$\{(\w+)\}|([^`"]+))[`"]/g)].map(([, variable, text]) => {
    return variable ?? text;
  });
  const removed = [...code.matchAll(/rmSync\((?:(\w+)|[`"]([^`"]+)[`"]),/g)].map(([, variable, text]) => {
    return variable ?? text;
  });
  expect(removed.sort()).toEqual(named.sort());
});

test("some notebooks train", () => {
  const training = notebooks.filter((name) => codeOf(name).includes("out="));
  expect(training.map((name) => name.slice(0, 2))).toEqual(["01", "04", "05"]);
});
