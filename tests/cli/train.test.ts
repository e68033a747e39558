import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { listCheckpoints } from "../../lib/models/trained/checkpointFolders.js";
import { readHistory } from "../../lib/training/run/history.js";
import { readStepState } from "../../lib/training/run/stepState.js";
import { temporaryDirectory } from "../support/temporary.js";
import { hasNative } from "../training/graph/native.js";
import { smallRun } from "../training/support/runs.js";
import { PROGRAM, runProgram } from "./program.js";

const STEPS = ["--set", "training.steps=60", "--set", "training.sampleInterval=20"];

async function prepared(architecture = "gru") {
  const root = await temporaryDirectory();
  const configOf = async (out: string) => {
    const file = path.join(root, `${out}.yaml`);
    await writeFile(file, await smallRun(root, architecture, out));
    return file;
  };
  return { root, configOf, run: (...args: string[]) => runProgram(args, { root }) };
}

/** The numbers that must be equal: speed is the machine's. */
async function losses(out: string) {
  const rows = await readHistory(path.join(out, "history.csv"));
  return rows.map(({ tokensPerSecond: _, ...row }) => row);
}

/** Runs killed in three places, then finished, against one that was left alone. */
async function killedRun(architecture: string, changes: readonly string[]) {
  const { root, configOf, run } = await prepared(architecture);
  const steps = [...STEPS, ...changes];
  const whole = await run("train", await configOf("whole"), ...steps, "--json");
  expect(whole).toMatchObject({ code: 0 });
  const config = await configOf("killed");
  const out = path.join(root, "killed");
  for (const delay of [0, 35, 90]) {
    const resume = (await listCheckpoints(path.join(out, "checkpoints"))).length > 0 ? ["--resume"] : [];
    const before = (await listCheckpoints(path.join(out, "checkpoints"))).at(-1) ?? 0;
    const child = spawn(process.execPath, [PROGRAM, "train", config, ...steps, ...resume], {
      stdio: "ignore",
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    const beyond = async () => ((await listCheckpoints(path.join(out, "checkpoints"))).at(-1) ?? 0) > before;
    while (child.exitCode === null && !(await beyond())) await wait(2);
    await wait(delay);
    child.kill("SIGKILL");
    await closed;
    for (const step of await listCheckpoints(path.join(out, "checkpoints"))) {
      const state = await readStepState(path.join(out, "checkpoints", String(step)));
      expect(state.size).toBeGreaterThan(10);
    }
  }
  expect(await run("train", config, ...steps, "--resume")).toMatchObject({ code: 0 });
  expect(await losses(out)).toEqual(await losses(path.join(root, "whole")));
  const left = await readdir(path.join(out, "checkpoints"));
  expect(left.filter((name) => !/^\d+$/.test(name))).toEqual([]);
  return JSON.parse(whole.stdout.slice(0, whole.stdout.indexOf("\n"))) as object;
}

describe("a kill at any moment loses no more than an interval, breaks no checkpoint, and changes no loss", () => {
  test("of plain steps", async () => {
    expect(await killedRun("gru", [])).toMatchObject({ compiled: false });
  }, 180_000);

  test.skipIf(!hasNative).each(["gru", "gpt2"])(
    "of compiled steps: %s",
    async (architecture) => {
      const start = await killedRun(architecture, ["--set", "backend=native"]);
      expect(start).toMatchObject({ compiled: true });
    },
    180_000,
  );
});

test("Ctrl-C saves and says how to go on", async () => {
  const { root, configOf } = await prepared();
  const config = await configOf("stopped");
  const moved = path.join(root, "moved");
  const overrides = ["--set", "training.steps=100000", "--set", `out=${moved}`];
  const child = spawn(process.execPath, [PROGRAM, "train", config, ...overrides]);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = new Promise((resolve) => child.once("close", resolve));
  const checkpoints = path.join(moved, "checkpoints");
  while ((await listCheckpoints(checkpoints)).length === 0) await wait(20);
  child.kill("SIGINT");
  expect(await code).toBe(130);
  expect(said).toContain(`go on with: logitbook train ${moved} --resume`);
}, 120_000);

test("predict, evaluate and runs take what train made", async () => {
  const { root, configOf, run } = await prepared();
  const config = await configOf("made");
  const out = path.join(root, "made");
  const trained = await run("train", config, "--json");
  const kinds = trained.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  expect([kinds[0], kinds.at(-1)]).toEqual(["start", "done"]);

  const sampling = path.join(root, "sampling.yaml");
  await writeFile(
    sampling,
    "auto: 2\nprompts: ['the cat ']\nlength: 9\nrecipe: { method: sample, seed: 4 }\n",
  );
  const folder = path.join(root, "predictions");
  expect(await run("predict", out, "--sampling", sampling, "--out", folder)).toMatchObject({ code: 0 });
  expect((await readdir(folder)).sort()).toEqual([
    "auto_0.txt",
    "auto_1.txt",
    "manual_0.txt",
    "predictions.json",
  ]);
  const { samples } = JSON.parse(await readFile(path.join(folder, "predictions.json"), "utf8"));
  expect(await readFile(path.join(folder, "manual_0.txt"), "utf8")).toBe(`the cat ${samples[2].text}`);
  expect(samples[2].sequences[0].tokens.length).toBeLessThanOrEqual(9);

  const evaluated = await run("evaluate", out, path.join(root, "text.txt"), "--max-tokens", "200", "--json");
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ tokens: 200, documents: 1 });

  const page = path.join(root, "curves.html");
  const listed = await run("runs", root, "--curves", page);
  expect(listed.stdout).toMatch(/made\s+gru\s+char\s+.*12\/12/);
  expect(await readFile(page, "utf8")).toContain("bits per character");
}, 120_000);

test("--init writes a configuration, and never over another", async () => {
  const { root, run } = await prepared();
  const file = path.join(root, "mine.yaml");
  expect(await run("train", "--init", "bpe", file)).toMatchObject({ code: 0 });
  expect(await readFile(file, "utf8")).toContain("vocabSize: 1024");
  expect(await run("train", "--init", "bpe", file)).toMatchObject({ code: 2 });
});

test.each([
  ["no configuration", [], "give a configuration"],
  ["a missing file", ["missing.yaml"], "could not read"],
  ["an unknown field", ["CONFIG", "--set", "training.stesp=3"], "did you mean `steps`?"],
  ["a missing corpus", ["CONFIG", "--set", "corpus.source=/nowhere"], "there is no such file"],
  ["nothing to resume", ["CONFIG", "--resume"], "there is no run in"],
  [
    "a given model that is not there",
    ["CONFIG", "--set", "model={architecture: given, from: /nowhere}", "--set", "tokenizer.kind=given"],
    "there is no folder",
  ],
])("%s ends with status 2 and one line", async (_, args, says) => {
  const { root, configOf, run } = await prepared();
  const config = await configOf("bad");
  const outcome = await run("train", ...args.map((arg) => (arg === "CONFIG" ? config : arg)));
  expect(outcome.code).toBe(2);
  expect(outcome.stderr.trim().split("\n")).toHaveLength(1);
  expect(outcome.stderr).toContain(says);
  expect(existsSync(path.join(root, "bad"))).toBe(false);
});
