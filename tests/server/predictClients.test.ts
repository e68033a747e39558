import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporary.js";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

const CLIENTS = path.resolve(import.meta.dirname, "../../docs/clients");
const run = promisify(execFile);

async function reviews(options: { apiKey?: string } = {}) {
  const { url } = await serve([byteModel("reviews", "so “bad”\nit was good.")], {
    predictRecipe: { method: "greedy" },
    ...options,
  });
  return { env: { ...process.env, LOGITBOOK_URL: url }, cwd: await temporaryDirectory() };
}

test("the Python client prints what follows its prompts, and saves predictions.json", async () => {
  const options = await reviews();
  const { stdout } = await run(
    "python3",
    [path.join(CLIENTS, "predict.py"), "reviews", "It was |", '"|so'],
    options,
  );
  const response = {
    result: [{ reviews: "It was |so “bad”\nit was good." }, { reviews: '"|so “bad”\nit was good.' }],
  };
  expect(JSON.parse(stdout)).toEqual(response);
  const saved = JSON.parse(await readFile(path.join(options.cwd, "predictions.json"), "utf8"));
  expect(saved).toEqual([{ request: [{ reviews: "It was |" }, { reviews: '"|so' }], response }]);
});

test("the bash client prints what follows its prompt, whatever is in it", async () => {
  const options = await reviews();
  const { stdout } = await run(
    "bash",
    [path.join(CLIENTS, "predict.sh"), "reviews", 'a "quote"\n|'],
    options,
  );
  expect(JSON.parse(stdout)).toEqual({ result: [{ reviews: 'a "quote"\n|so “bad”\nit was good.' }] });
  const failed = run("bash", [path.join(CLIENTS, "predict.sh"), "nobody", "a"], options);
  await expect(failed).rejects.toMatchObject({
    stdout: expect.stringContaining("under one of the names reviews"),
  });
});

test("both send the key that LOGITBOOK_API_KEY holds", async () => {
  const options = await reviews({ apiKey: "secret" });
  const clients = [
    ["python3", "predict.py"],
    ["bash", "predict.sh"],
  ] as const;
  for (const [program, client] of clients) {
    const ask = (env: NodeJS.ProcessEnv) =>
      run(program, [path.join(CLIENTS, client), "reviews", "It was |"], { ...options, env });
    await expect(ask(options.env)).rejects.toMatchObject({ stderr: expect.stringMatching(/401/) });
    const { stdout } = await ask({ ...options.env, LOGITBOOK_API_KEY: "secret" });
    expect(JSON.parse(stdout).result).toHaveLength(1);
  }
});
