import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseEnvironmentFile } from "../../scripts/setup/environment-file.mjs";
import { SetupError } from "../../scripts/setup/errors.mjs";
import { condaEnvironment, findPython } from "../../scripts/setup/python.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";

const file = parseEnvironmentFile("dependencies:\n  - python >=3.10\n  - plotly >=7,<8\n");

/** An executable that answers as a Python with these properties would. */
function pretendPython(path: string, version: string, hasVenv: boolean, plotly: string | null): void {
  const answer = JSON.stringify({ version, hasVenv, executable: path, packages: { plotly } });
  writeFiles(join(path, ".."), { [path.slice(path.lastIndexOf("/") + 1)]: `#!/bin/sh\necho '${answer}'\n` });
  chmodSync(path, 0o755);
}

async function failure(folder: string): Promise<string> {
  const error: unknown = await findPython(file, { PATH: folder }).then(
    () => new Error("it passed"),
    (reason: unknown) => reason,
  );
  return error instanceof SetupError ? error.describe() : String(error);
}

describe("Python", () => {
  test("of this machine is found", async () => {
    expect(await findPython(file, process.env)).toMatch(/python/);
  });

  test("that is missing says what was looked for and how to get one", async () => {
    const text = await failure(temporaryFolder());
    expect(text).toContain("No Python >=3.10 was found.");
    expect(text).toContain("python3, python, python3.14");
    expect(text).toContain("apt-get install python3-venv");
  });

  test("that is too old is named with its version", async () => {
    const folder = temporaryFolder();
    pretendPython(join(folder, "python3"), "3.8.10", true, null);
    expect(await failure(folder)).toContain("python3 is 3.8.10");
  });

  test("without venv says so", async () => {
    const folder = temporaryFolder();
    pretendPython(join(folder, "python3"), "3.12.3", false, null);
    const text = await failure(folder);
    expect(text).toContain("Python 3.12.3 lacks its venv module.");
    expect(text).toContain("apt-get install python3-venv");
  });

  test("named by PYTHON comes first, and one that fits is taken behind one that does not", async () => {
    const folder = temporaryFolder();
    pretendPython(join(folder, "python3"), "3.8.1", true, null);
    pretendPython(join(folder, "python3.12"), "3.12.1", true, null);
    pretendPython(join(folder, "mine"), "3.11.1", true, null);
    expect(await findPython(file, { PATH: folder })).toBe(join(folder, "python3.12"));
    expect(await findPython(file, { PATH: folder, PYTHON: join(folder, "mine") })).toBe(join(folder, "mine"));
  });
});

describe("an active conda environment", () => {
  test.each([
    ["7.1.0", "3.11.2", true],
    ["6.9.0", "3.11.2", false],
    [null, "3.11.2", false],
    ["7.1.0", "3.9.2", false],
  ])("with plotly %s and Python %s is used: %s", async (plotly, version, used) => {
    const prefix = temporaryFolder();
    pretendPython(join(prefix, "bin", "python"), version, true, plotly);
    const environment = await condaEnvironment(file, { CONDA_PREFIX: prefix });
    if (used) expect(environment).toEqual({ prefix, python: join(prefix, "bin", "python"), isOwn: false });
    else expect(environment).toBeUndefined();
  });

  test("that is none is not used", async () => {
    expect(await condaEnvironment(file, {})).toBeUndefined();
    expect(await condaEnvironment(file, { CONDA_PREFIX: temporaryFolder() })).toBeUndefined();
  });
});
