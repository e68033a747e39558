import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { displayWidth } from "../../lib/cli/width.js";
import type { Trace, TracedTree } from "../../lib/decoding/index.js";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";
import { type ProgramOptions, runProgram } from "./program.js";

const ESCAPE = String.fromCharCode(27);
const colours = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");

let root: string;
let model: string;
let chain: string;
let greedy: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  model = path.join(root, "tiny.gguf");
  await writeFile(model, tinyGguf({ seed: 3, contextLength: 64, quantisation: "Q4_0" }));
  const processors = [
    { type: "repetitionPenalty", penalty: 1 },
    { type: "temperature", t: 0.5 },
    { type: "topK", k: 4 },
    { type: "topP", p: 0.5 },
  ];
  chain = await file("chain.json", { method: "sample", maxNewTokens: 5, seed: 2, processors });
  greedy = await file("greedy.json", { method: "greedy", maxNewTokens: 6 });
});

async function file(name: string, content: unknown): Promise<string> {
  const location = path.join(root, name);
  await writeFile(location, JSON.stringify(content));
  return location;
}

function run(command: string, args: readonly string[], options: Partial<ProgramOptions> = {}) {
  return runProgram([command, "--model", model, "--prompt", "the sea", ...args], { root, ...options });
}

describe("trace", () => {
  test("--json prints the library's Trace, with the tokens that generate gives", async () => {
    const { code, stdout } = await run("trace", ["--recipe", chain, "--top", "3", "--json"]);
    expect(code).toBe(0);
    const trace: Trace = JSON.parse(stdout);
    expect(Object.keys(trace).sort()).toEqual(["prompt", "recipe", "sequences", "steps"]);
    expect(trace.prompt.text).toBe("the sea");
    const generated = JSON.parse((await run("generate", ["--recipe", chain, "--json"])).stdout);
    expect(trace.sequences).toEqual(generated.sequences);
    expect(trace.steps.map(({ chosen }) => chosen.token)).toEqual(generated.sequences[0].tokens);
    const [step] = trace.steps;
    expect(step?.stages.map(({ name }) => name)).toEqual([
      "repetitionPenalty",
      "temperature",
      "topK",
      "topP",
    ]);
    expect(step?.raw.tokensLeft).toBe(320);
    expect(step?.stages[2]?.tokensLeft).toBe(4);
    expect(step?.candidates.filter(({ raw }) => raw!.rank <= 3)).toHaveLength(3);
  });

  test("without --json, each step says what the trace says", async () => {
    const { stdout } = await run("trace", ["--recipe", chain]);
    const trace: Trace = JSON.parse((await run("trace", ["--recipe", chain, "--top", "5", "--json"])).stdout);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^step +token +probability +model +rank +entropy, nats$/);
    const steps = lines.filter((line) => /^ +\d+ {2}\S/.test(line));
    expect(steps).toHaveLength(trace.steps.length);
    for (const [index, step] of trace.steps.entries()) {
      const entropies = `${step.raw.entropy.toFixed(2)} → ${step.processed.entropy.toFixed(2)}`;
      expect(steps[index]).toMatch(new RegExp(`${step.chosen.raw!.rank} +${entropies}$`));
      expect(steps[index]).toContain(`${(step.chosen.processed!.probability * 100).toFixed(2)}%`);
    }
    const text = stdout.replace(/\s+/g, " ");
    for (const { stages } of trace.steps) {
      const [, , topK, topP] = stages;
      expect(text).toContain(`→ topK 4 −${(topK!.massRemoved * 100).toFixed(2)}% → topP ${topP!.tokensLeft}`);
    }
    expect(text).toMatch(/╱\S+╱ [\d.]+% top[KP]/);
    expect(text).toMatch(/reached its length after 5 tokens/);
  });

  test.each([40, 55, 80, 120])("on a terminal of %i columns no line is longer", async (columns) => {
    const { stdout, code } = await run("trace", ["--recipe", chain, "--top", "8"], { columns });
    expect(code).toBe(0);
    const shown = stdout.split(`${ESCAPE}[K`).at(-1)!.replace(colours, "");
    const widths = shown.split(/\r?\n/).map(displayWidth);
    expect(widths.length).toBeGreaterThan(10);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  test("colours a terminal, and nothing else", async () => {
    const args = ["--recipe", chain];
    const onTerminal = (await run("trace", args, { columns: 80 })).stdout;
    expect(onTerminal).toContain(`${ESCAPE}[38;5;214m`);
    // The penalty of 1 did nothing: it is faint.
    expect(onTerminal).toContain(`${ESCAPE}[2m→ repetitionPenalty 320${ESCAPE}[22m`);
    expect((await run("trace", args)).stdout).not.toContain(ESCAPE);
    const refused = await run("trace", args, { columns: 80, environment: { NO_COLOR: "1" } });
    expect(refused.stdout.match(colours)).toBeNull();
  });

  test("several sequences are told apart", async () => {
    const recipe = await file("two.json", { method: "sample", maxNewTokens: 2, numReturnSequences: 2 });
    const { stdout } = await run("trace", ["--recipe", recipe]);
    const places = stdout.split("\n").flatMap((line) => line.match(/^ +(\d\.\d) /)?.[1] ?? []);
    expect(places).toEqual(["1.1", "2.1", "1.2", "2.2"]);
    expect(stdout).toMatch(/sequence 2: reached its length after 2 tokens/);
  });

  test("an empty prompt leaves stdout empty", async () => {
    const args = ["trace", "--model", model, "--prompt", ""];
    const { code, stdout, stderr } = await runProgram(args, { root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/prompt is empty/);
  });

  test.each(["0", "-1", "many", "1.5"])("--top %s is refused", async (top) => {
    const { code, stdout, stderr } = await run("trace", ["--top", top]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/whole number from 1/);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("trace of a beam search", () => {
  let beams: string;
  let traced: TracedTree;
  beforeAll(async () => {
    const recipe = {
      method: "beam",
      numBeams: 3,
      numReturnSequences: 2,
      maxNewTokens: 4,
      lengthPenalty: 0.5,
    };
    beams = await file("beams.json", recipe);
    traced = JSON.parse((await run("trace", ["--recipe", beams, "--json"])).stdout);
  });

  test("--json prints the library's TracedTree, with the tokens that generate gives", async () => {
    expect(Object.keys(traced).sort()).toEqual(["prompt", "recipe", "sequences", "tree"]);
    const generated = JSON.parse((await run("generate", ["--recipe", beams, "--json"])).stdout);
    expect(traced.sequences).toEqual(generated.sequences);
    expect(traced.tree.nodes.filter(({ born }) => born === 1)).toHaveLength(6);
  });

  test("without --json, each beam with the node that it continues, what was dropped, and what won", async () => {
    const { stdout } = await run("trace", ["--recipe", beams]);
    const [head, ...lines] = stdout.split("\n");
    expect(head).toMatch(/^step +node +from +token +probability +log p, nats +score$/);
    const kept = traced.tree.nodes.filter(({ id, born, ended, state }) => {
      return id > 0 && (ended !== born || state === "finished");
    });
    for (const { id, parent, logProb, score } of kept) {
      const [sum, ranked] = [logProb.toFixed(2), score.toFixed(3)].map((text) => text.replace("-", "−"));
      const line =
        lines.find((line) => line.match(/^(?: {3}\d| {4}) +(\d+) +\d+ {2}/)?.[1] === String(id)) ?? "";
      expect(line).toMatch(new RegExp(`${id} +${parent} .*${sum} +${ranked}$`));
    }
    expect(stdout).toMatch(/╱\S+╱ [\d.]+%/);
    const text = stdout.replace(/\s+/g, " ");
    const dropped = traced.tree.nodes.filter(({ state }) => state === "pruned").length;
    expect(text).toContain(
      `stopped after 4 steps, every sequence has ended; ${traced.tree.nodes.length - 1} nodes: ${dropped} pruned`,
    );
    const [{ score, logProb }] = traced.sequences;
    expect(text).toContain(
      `1 score ${score.toFixed(3)} = ${logProb.toFixed(2)} / 4^0.5`.replaceAll("-", "−"),
    );
  });

  test.each([40, 55, 80, 120])("on a terminal of %i columns no line is longer", async (columns) => {
    const { stdout, code } = await run("trace", ["--recipe", beams], { columns });
    expect(code).toBe(0);
    const shown = stdout.split(`${ESCAPE}[K`).at(-1)!.replace(colours, "");
    const widths = shown.split(/\r?\n/).map(displayWidth);
    expect(widths.length).toBeGreaterThan(10);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  test("colours the winner and fades what was dropped on a terminal, and nothing else", async () => {
    const onTerminal = (await run("trace", ["--recipe", beams], { columns: 80 })).stdout;
    expect(onTerminal).toContain(`${ESCAPE}[38;5;214m`);
    expect(onTerminal).toContain(`${ESCAPE}[2m╱`);
    expect((await run("trace", ["--recipe", beams])).stdout).not.toContain(ESCAPE);
  });
});

describe("compare", () => {
  test("--json holds a row for each sequence, named by the recipe's file", async () => {
    const { code, stdout } = await run("compare", ["--recipe", greedy, "--recipe", chain, "--json"]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(["model", "rows"]);
    expect(result.rows.map(({ recipe }: { recipe: string }) => recipe)).toEqual(["greedy", "chain"]);
    const generated = JSON.parse((await run("generate", ["--recipe", chain, "--json"])).stdout);
    const [sequence] = generated.sequences;
    expect(result.rows[1]).toMatchObject({ text: sequence.text, tokens: 5, finishReason: "length" });
    expect(result.rows[1].logProbPerToken).toBeCloseTo(sequence.logProb / 5, 4);
    expect(result.rows[1].seconds).toBeGreaterThan(0);
  });

  test("--seed takes the place of the recipes' own", async () => {
    const free = await file("free.json", { method: "sample", maxNewTokens: 8, seed: 2 });
    const args = ["--recipe", free, "--json"];
    const text = async (...more: string[]) =>
      JSON.parse((await run("compare", [...args, ...more])).stdout).rows[0].text;
    expect(await text("--seed", "2")).toBe(await text());
    expect(await text("--seed", "9")).not.toBe(await text());
  });

  test("--target measures each text against it, in the table too", async () => {
    const args = ["--recipe", greedy, "--recipe", chain];
    const target = ["--target", " the sea, the land"];
    const { rows } = JSON.parse((await run("compare", [...args, ...target, "--json"])).stdout);
    const told = async (more: string[]) => {
      const { stdout } = await run("compare", [...args, ...more], { columns: 120 });
      return stdout.split(`${ESCAPE}[K`).at(-1)!.replace(colours, "").split(/\r?\n/);
    };
    const [head, ...lines] = await told(target);
    expect(head).toMatch(/BLEU +target +end/);
    for (const [at, { bleu }] of rows.entries())
      expect(lines[at]).toMatch(new RegExp(` ${bleu.toFixed(2)} +length`));
    expect((await told([]))[0]).toMatch(/BLEU +end/);
  });

  test("two recipes of one name are told apart by their paths", async () => {
    const other = await temporaryDirectory();
    const twin = path.join(other, "greedy.json");
    await writeFile(twin, JSON.stringify({ method: "greedy", maxNewTokens: 2 }));
    const { stdout } = await run("compare", ["--recipe", greedy, "--recipe", twin, "--json"]);
    const names = JSON.parse(stdout).rows.map(({ recipe }: { recipe: string }) => recipe);
    expect(names).toEqual([greedy, twin]);
  });

  test.each([45, 80, 120])("on a terminal of %i columns no line is longer", async (columns) => {
    const { stdout, code } = await run("compare", ["--recipe", greedy, "--recipe", chain], { columns });
    expect(code).toBe(0);
    const shown = stdout.split(`${ESCAPE}[K`).at(-1)!.replace(colours, "");
    expect(shown).toMatch(columns < 80 ? /greedy\r\n {2}tokens: 6/ : /recipe +tokens +log p/);
    for (const line of shown.split(/\r?\n/)) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
  });

  test.each([
    ["no recipe", [], /give recipes: --recipe FILE/],
    ["a recipe given twice", ["--recipe", "a.json", "--recipe", "a.json"], /a\.json is given twice/],
    ["a missing recipe", ["--recipe", "/nowhere.json"], /could not read \/nowhere\.json \(ENOENT\)/],
    ["a seed that is none", ["--seed", "x"], /whole number from 0/],
  ])("%s: exit 2, one line on stderr, nothing on stdout", async (_, args, message) => {
    const { code, stdout, stderr } = await run("compare", args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test.each([
    [
      { method: "nucleus" },
      /^logitbook: --recipe \S+wrong\.json: `method` must be one of: beam, .*, but is "nucleus"$/,
    ],
    [
      { method: "dola", layers: [7] },
      /^logitbook: `recipes\.wrong\.layers` must be "high" or a list of layers from 0 to \d for this model of \d layers, but is \[7\]$/,
    ],
  ])("of several recipes, the one at fault is named: %j", async (recipe, message) => {
    const args = ["--recipe", greedy, "--recipe", await file("wrong.json", recipe)];
    const { code, stdout, stderr } = await run("compare", args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});
