import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { Contender } from "../../bench/contender.mjs";
import { measurements } from "../../bench/measurements/index.mjs";
import { parseBenchOptions } from "../../bench/options.mjs";
import { formatReport } from "../../bench/report.mjs";
import { runRounds } from "../../bench/rounds.mjs";
import { median, pairedRatio } from "../../bench/statistics.mjs";
import { temporaryDirectory } from "../support/temporary.js";

const run = promisify(execFile);
const main = path.resolve("bench/main.mjs");

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[10, 9, 2, 1], 5.5],
])("the median of %j is %d", (values, expected) => expect(median(values)).toBe(expected));

test("ratios are taken pair by pair, not between medians", () => {
  expect(pairedRatio([2, 30, 8], [1, 10, 4])).toEqual({ median: 2, min: 2, max: 3 });
  expect(() => pairedRatio([1, 2], [1])).toThrow("equally many rounds, but there are 2 and 1");
  expect(() => pairedRatio([], [])).toThrow("measure one round or more");
});

describe("rounds", () => {
  const turns: string[] = [];
  /** Answers with `milliseconds` for the steps of a task, times the round's number. */
  const asked = (name: string, milliseconds: number) => ({
    ask: async (task: object) => {
      turns.push(name);
      return { milliseconds: milliseconds * (1 + (task as { seed: number }).seed), steps: 4 };
    },
  });
  const contenders = new Map([
    ["logitbook", asked("logitbook", 40)],
    ["transformers.js", asked("transformers.js", 60)],
  ]);
  const [single, , , several] = measurements("exact", [...contenders.keys()], false);

  test("everybody has a turn in each round, and warm-ups do not count", async () => {
    const result = await runRounds(single!, contenders, () => [1], { rounds: 3, warmUps: 1 });
    expect(turns).toEqual(new Array(4).fill(["logitbook", "transformers.js"]).flat());
    const [ours, theirs] = result.entries;
    expect(ours).toMatchObject({ value: { median: 30, min: 20, max: 40 }, rounds: [20, 30, 40] });
    expect(ours).not.toHaveProperty("ratio");
    expect(theirs).toMatchObject({
      value: { median: 45 },
      ratio: { median: 1.5, min: 1.5, max: 1.5 },
      goal: 1,
    });
  });

  test("the throughput of several sequences counts all of their tokens", async () => {
    const { entries } = await runRounds(several!, contenders, () => [1], { rounds: 1, warmUps: 0 });
    expect(entries.map(({ label, value }) => [label, value.median])).toEqual([
      ["1 greedy", 100],
      ["4 samples", 400],
      ["4 beams", 400],
      ["8 samples", 800],
    ]);
    expect(entries.map(({ ratio }) => ratio?.median)).toEqual([undefined, 4, 4, 8]);
    expect(entries.map(({ goal }) => goal)).toEqual([undefined, 2, 2, 2.5]);
  });
});

test("the report says of each goal whether the median ratio reaches it", () => {
  const value = { median: 1234.5, min: 1, max: 2000 };
  const entry = (median: number) => ({
    label: `x${median}`,
    value,
    ratio: { median, min: 0.123, max: 3 },
    goal: 2,
    rounds: [],
  });
  const results = [{ title: "race", precision: "exact", unit: "ms", entries: [entry(1.95), entry(2)] }];
  const machine = { processor: "P", cores: 2, memoryGb: 8, system: "S", node: "v20" };
  const report = { date: "2026-01-01", machine, versions: { a: "A 1" }, rounds: 5, results };
  expect(formatReport(report, { markdown: true }).split("\n").slice(2, 4)).toEqual([
    "| race, exact | x1.95 | 1,235 | ms | 1.95 (0.123 to 3) | 2: missed |",
    "|  | x2 | 1,235 | ms | 2 (0.123 to 3) | 2: met |",
  ]);
});

test.each([
  ["--fast", "there is no option --fast"],
  ["--with=vllm", "--with knows no contender `vllm`; write some of node-llama-cpp, pytorch"],
  ["--with=logitbook", "--with knows no contender `logitbook`"],
  ["--rounds=0", "--rounds must be a whole number from 1, but is 0"],
  ["--rounds", "--rounds takes a value"],
  ["--only=", "--only takes a value"],
  ["--quick=yes", "--quick takes no value"],
  ["--torch=cpu", "--torch must be a version such as 2.13.0, but is cpu"],
])("%s is refused", (argument, message) => {
  expect(() => parseBenchOptions([argument], {})).toThrow(message);
});

test("options fill in their defaults", () => {
  expect(parseBenchOptions([], { BENCH_TORCH: "2.13.0" })).toMatchObject({
    rounds: 5,
    torch: "2.13.0",
    output: "bench/results/latest.json",
  });
  expect(parseBenchOptions(["--quick", "--with", "pytorch"], {})).toMatchObject({
    rounds: 2,
    extras: ["pytorch"],
    output: undefined,
  });
});

test("a bad command line ends with code 2 and says why", async () => {
  const failure = await run(process.execPath, [main, "--with", "nobody"]).catch((error) => error);
  expect(failure).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("no contender `nobody`"),
  });
});

test("a contender that fails says its name, and why", async () => {
  const failing = new Contender("broken", process.execPath, [
    "-e",
    "console.error('no such model'); process.exit(3)",
  ]);
  await expect(failing.ask({ kind: "hello" })).rejects.toThrow(
    /broken failed: it ended with code 3\nno such model/,
  );
  await expect(failing.ask({ kind: "hello" })).rejects.toThrow("ended with code 3");
  await failing.stop();
});

const directory = await temporaryDirectory();

test("--quick runs everything that is installed, and writes what it prints", async () => {
  const output = path.join(directory, "report.json");
  const { stdout } = await run(process.execPath, [main, "--quick", "--markdown", "--output", output]);
  const report = JSON.parse(await readFile(output, "utf8"));
  expect(stdout.trim()).toBe(formatReport(report, { markdown: true }));
  expect(report.versions.logitbook).toBe(`Node.js ${process.version}`);
  for (const { entries } of report.results) {
    const [first, ...others] = entries;
    expect(first.rounds).toHaveLength(2);
    for (const { rounds, ratio } of others) expect(ratio).toEqual(pairedRatio(rounds, first.rounds));
  }
}, 240_000);
