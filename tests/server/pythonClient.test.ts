import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

const SCRIPT = "Grüße, 世界 🌍!";

/** A Python that has the `openai` package: the one that LOGITBOOK_OPENAI_PYTHON names, the project's own, or any. */
const python = [process.env.LOGITBOOK_OPENAI_PYTHON, path.resolve(".venv/bin/python"), "python3"].find(
  (program) =>
    program !== undefined &&
    (program === "python3" || existsSync(program)) &&
    spawnSync(program, ["-c", "import openai"]).status === 0,
);

test.skipIf(python === undefined)("Python's openai package, unmodified", async () => {
  const { url } = await serve([byteModel("tiny", SCRIPT), byteModel("failing", SCRIPT, { failAfter: 4 })]);
  const script = path.join(import.meta.dirname, "openai_client.py");
  const { stdout } = await promisify(execFile)(python as string, [script, url]);
  const found = JSON.parse(stdout);
  const bytes = new TextEncoder().encode(SCRIPT).length;
  expect(found.models).toEqual(["tiny", "failing"]);
  expect(found.whole).toEqual([SCRIPT, "stop", bytes + 1]);
  expect(found.stream.join("")).toBe(SCRIPT);
  expect(found.stream.some((piece: string) => piece.includes("\uFFFD"))).toBe(false);
  expect(found.usage).toBe(12 + bytes + 1);
  expect(found.three).toEqual([0, 1, 2]);
  expect(found.logprobs).toEqual([
    ["G", 2],
    ["r", 2],
  ]);
  expect(found.echo).toEqual(["say|Gr", ["s", "a", "y", "|", "G", "r"], [0, 1, 2, 3, 4, 5]]);
  expect(found.trace).toBe("G");
  expect(found.errors).toEqual({
    bad: ["BadRequestError", 400, "temperature"],
    missing: ["NotFoundError", 404, "model"],
    unknown: ["BadRequestError", 400, "tempo"],
    "mid-stream": ["APIError", "server_error"],
  });
  await expect
    .poll(async () => (await fetch(`${url}/metrics`)).text())
    .toContain("logitbook_requests_running 0");
});
