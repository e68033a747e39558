import { describe, expect, test } from "vitest";
import { createContext } from "../../scripts/setup/context.mjs";
import { jupyterArguments, jupyterVariables } from "../../scripts/setup/jupyter.mjs";
import { parseSetupOptions } from "../../scripts/setup/options.mjs";
import { countLine, countNotebooks, countTests, sum } from "../../scripts/test/counts.mjs";
import { parseTestOptions } from "../../scripts/test/options.mjs";

describe("options of set-up", () => {
  test.each([
    [[], { offline: false, asked: [], declined: [], rest: [] }],
    [
      ["--port", "9999", "--no-browser"],
      { offline: false, asked: [], declined: [], rest: ["--port", "9999", "--no-browser"] },
    ],
    [
      ["--port=9999", "--offline", "a.ipynb"],
      { offline: true, asked: [], declined: [], rest: ["--port=9999", "a.ipynb"] },
    ],
    [
      ["--with", "native", "--with=big"],
      { offline: false, asked: ["native", "big"], declined: [], rest: [] },
    ],
    [["--without", "big", "x"], { offline: false, asked: [], declined: ["big"], rest: ["x"] }],
    [["--ServerApp.ip=x=y"], { offline: false, asked: [], declined: [], rest: ["--ServerApp.ip=x=y"] }],
  ])("%j", (args, expected) => {
    expect(parseSetupOptions(args, ["native", "big"])).toEqual(expected);
  });

  test.each([[["--with"]], [["--with", "small"]], [["--without="]]])("%j names no step", (args) => {
    expect(() => parseSetupOptions(args, ["native"])).toThrow(`${args[0].replace("=", "")} knows no step`);
  });
});

describe("JupyterLab", () => {
  const context = createContext({ root: "/project", env: { HOME: "/home/somebody" } });

  test("gets what a person adds, last", () => {
    const args = jupyterArguments(context, ["--port", "9999", "--no-browser"]);
    expect(args.slice(-3)).toEqual(["--port", "9999", "--no-browser"]);
    expect(args.join(" ")).not.toMatch(/token|--ip|ServerApp\.ip/);
  });

  test("writes below the project only", () => {
    const written = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"];
    const variables = jupyterVariables(context);
    for (const name of written) expect(variables[name]).toMatch(/^\/project\/\.setup\//);
  });
});

describe("options of the tests", () => {
  const stages = ["lint", "lib"];
  test.each([
    [[], { only: [], filters: [] }],
    [["--only", "lint,lib"], { only: ["lint", "lib"], filters: [] }],
    [["--only=setup"], { only: ["setup"], filters: [] }],
    [["tests/decoding"], { only: ["lib"], filters: ["tests/decoding"] }],
    [["--only", "lint", "x"], { only: ["lint"], filters: ["x"] }],
    [["--only", "lib", "--fast"], { only: ["lib"], filters: [], fast: true }],
  ])("%j", (args, expected) => {
    expect(parseTestOptions(args, stages)).toEqual({ fast: false, ...expected });
  });

  test.each([[["--only", "speed"]], [["--watch"]], [["--only"]]])("%j is a problem", (args) => {
    expect(parseTestOptions(args, stages).problem).toBeTruthy();
  });
});

describe("counts", () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [],
  };
  const unloaded = { status: "failed", assertionResults: [] };
  test.each([
    ["a report", report, 1, { passed: 3, failed: 1, skipped: 3 }],
    [
      "a file that did not load",
      { ...report, testResults: [unloaded] },
      1,
      { passed: 3, failed: 2, skipped: 3 },
    ],
    ["an error outside any test", { ...report, numFailedTests: 0 }, 1, { passed: 3, failed: 1, skipped: 3 }],
    ["no report", undefined, 0, { passed: 0, failed: 1, skipped: 0 }],
  ])("of vitest: %s", (_, given, code, expected) => {
    expect(countTests(given, code)).toEqual(expected);
  });

  test("of notebooks", () => {
    const notebooks = [
      { name: "a", passed: true, skipped: false },
      { name: "b", passed: false, skipped: true },
      { name: "c", passed: false, skipped: false },
    ];
    expect(countNotebooks({ notebooks }, 1)).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(countNotebooks({ notebooks: [] }, 2).failed).toBe(1);
    expect(countNotebooks(undefined, 0).failed).toBe(1);
  });

  test("end in one line", () => {
    expect(
      countLine(
        sum([
          { passed: 1, failed: 0, skipped: 0 },
          { passed: 2, failed: 1, skipped: 0 },
        ]),
      ),
    ).toBe("3 passed, 1 failed");
    expect(countLine({ passed: 1, failed: 0, skipped: 2 })).toBe("1 passed, 0 failed, 2 skipped");
  });
});
