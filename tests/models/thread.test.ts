import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";

const run = promisify(execFile);
const library = fileURLToPath(new URL("../../lib/", import.meta.url));

/** Opens a model in a program given as text; converts it first. */
const program = (file: string) => `
  import { openModel } from "logitbook";
  const { model } = await openModel(${JSON.stringify(file)});
  console.log(model.vocabSize);
  await model.dispose();
`;

test.each([[["--input-type=module"]], [["--input-type", "module"]], [["--stack-size=900"]]])(
  "a program given as text, node %s, opens a model",
  async (options) => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "tiny.gguf");
    await writeFile(file, tinyGguf({ seed: 3 }));
    const env = { ...process.env, LOGITBOOK_MODELS: directory };
    const { stdout } = await run(process.execPath, [...options, "-e", program(file)], { cwd: library, env });
    expect(Number(stdout)).toBeGreaterThan(100);
  },
);
