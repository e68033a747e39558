// node bench/training/steps.mjs [--rounds N] [--steps N] [--works gpt,lstm,gru,rnn] [--threads N] [--wasm]: milliseconds
// of a training step, the compiled and the plain one, as ratios to PyTorch, which has its turn within each round; by the
// clock and by the time of all cores together, which other work on the machine changes less. PyTorch is that of
// `npm run bench -- --with pytorch`, or of the Python that LOGITBOOK_TORCH_PYTHON names.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wholeNumber } from "../numbers.mjs";
import { median, pairedRatio } from "../statistics.mjs";
import { pytorch } from "../tools.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "20" },
    works: { type: "string", default: "gpt,lstm,gru,rnn" },
    threads: { type: "string" },
    wasm: { type: "boolean", default: false },
  },
});
const python = process.env.LOGITBOOK_TORCH_PYTHON ?? pytorch.python;
const DROPOUTS = [0, 0.2];
const CLOCKS = /** @type {const} */ (["wall", "cpu"]);
const steps = wholeNumber("steps", values.steps);
const rounds = wholeNumber("rounds", values.rounds);
const env = {
  ...process.env,
  ...(values.threads && {
    OMP_NUM_THREADS: values.threads,
    TF_NUM_INTRAOP_THREADS: values.threads,
    TF_NUM_INTEROP_THREADS: values.threads,
  }),
};

/** @type {Record<string, { steps: number, run: (work: string, dropout: number, steps: number) => string[] }>} */
const contenders = {
  PyTorch: { steps, run: (...given) => [python, file("pytorch.py"), ...given.map(String)] },
  compiled: { steps, run: ours("native", "always") },
  plain: { steps: Math.ceil(steps / 4), run: ours("native", "never") },
  ...(values.wasm && { wasm: { steps: 2, run: ours("wasm", "never") } }),
};
if (!fs.existsSync(python)) {
  process.stderr.write(`${python} is missing: run \`npm run bench -- --with pytorch\` once\n`);
  process.exit(2);
}

for (const work of values.works.split(",")) {
  for (const dropout of DROPOUTS) {
    /** @type {Record<string, { wall: number[], cpu: number[] }>} */
    const found = Object.fromEntries(Object.keys(contenders).map((name) => [name, { wall: [], cpu: [] }]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, { steps, run }] of Object.entries(contenders)) {
        const measured = timesOf(run(work, dropout, steps));
        for (const clock of CLOCKS) found[name]?.[clock].push(median(measured.map((step) => step[clock])));
      }
    }
    for (const clock of CLOCKS) console.log(`${work}, dropout ${dropout}, ${clock}: ${cells(found, clock)}`);
  }
}

/** @param {string[]} command @returns {{ wall: number, cpu: number }[]} */
function timesOf([command = "", ...args]) {
  const output = execFileSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output);
}

/** @param {Record<string, { wall: number[], cpu: number[] }>} found @param {"wall" | "cpu"} clock */
function cells(found, clock) {
  const reference = found.PyTorch?.[clock] ?? [];
  return Object.entries(found)
    .map(([name, times]) => {
      const ratio = pairedRatio(times[clock], reference).median.toFixed(2);
      return `${name} ${median(times[clock]).toFixed(1)} ms${name === "PyTorch" ? "" : ` (${ratio})`}`;
    })
    .join(", ");
}

/** @param {string} name */
function file(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/**
 * @param {string} backend
 * @param {string} compile
 * @returns {(work: string, dropout: number, steps: number) => string[]}
 */
function ours(backend, compile) {
  return (work, dropout, steps) => [
    process.execPath,
    file("logitbook.mjs"),
    work,
    String(dropout),
    String(steps),
    backend,
    compile,
  ];
}
