import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Notebooks, textOf } from "./harness.js";

const busyThread = 'new Worker("setInterval(() => {}, 1000)", { eval: true })';

/** Kernels that hold a worker thread: one that may be left behind, and one that keeps its process alive. */
const kernels: [name: string, worker: string][] = [
  ["a worker thread without a claim on its process", `${busyThread}.unref()`],
  ["a worker thread that keeps its process alive", busyThread],
];

let folder: Notebooks;

beforeAll(async () => {
  folder = await Notebooks.create();
});

afterAll(() => folder.remove());

test.each(kernels)(
  "a kernel with %s ends with its notebook",
  async (_, worker) => {
    const cells = [
      'import { Worker } from "node:worker_threads";',
      `const worker = ${worker};`,
      "console.log(process.pid);",
    ];
    await folder.write("worker", cells);
    const { code, output } = await folder.execute(["--output", folder.folder, "worker"]);
    expect(output).toContain("passed");
    expect(code).toBe(0);
    const notebook = await folder.read("worker");
    const id = Number(textOf(notebook.cells[2]?.outputs[0]?.text));
    expect(id).toBeGreaterThan(0);
    expect(isRunning(id)).toBe(false);
  },
  60_000,
);

/** Whether a process still runs; one that has ended and waits to be collected does not. */
function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch {
    return false;
  }
  if (process.platform === "win32") return true;
  return !execFileSync("ps", ["-o", "stat=", "-p", String(id)], { encoding: "utf8" }).startsWith("Z");
}
