import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPython } from "../../scripts/find-python.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end, whatever its exit status. */
export function run(program: string, parameters: readonly string[], env = process.env): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(program, [...parameters], { env, cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

export interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly skipped: boolean;
  readonly message: string;
  readonly seconds: number;
}

/** Outputs as nbformat stores them; text may be a list of lines. */
export interface Output {
  readonly metadata?: object;
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface NotebookFile {
  readonly cells: readonly {
    readonly id: string;
    readonly source: string | string[];
    readonly metadata: object;
    readonly outputs: readonly Output[];
    readonly execution_count: number | null;
  }[];
}

/** A folder of notebooks for one test. */
export class Notebooks {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Notebooks> {
    return new Notebooks(await mkdtemp(join(tmpdir(), "logitbook-notebooks-")));
  }

  /** Writes a notebook with one code cell for each source, unexecuted. */
  async write(name: string, sources: readonly string[]): Promise<void> {
    const cells = sources.map((source, position) => ({
      cell_type: "code",
      id: `cell-${position}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    }));
    const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    await writeFile(this.path(name), JSON.stringify(notebook, null, 1));
  }

  async read(name: string): Promise<NotebookFile> {
    return JSON.parse(await readFile(this.path(name), "utf8"));
  }

  /** Runs the harness on this folder: its exit status, what it printed, and its report. */
  async execute(
    parameters: readonly string[] = [],
    env = process.env,
  ): Promise<Outcome & { results: Result[] }> {
    const report = join(this.folder, "report.json");
    const script = join(root, "tests", "notebooks", "execute.py");
    const all = [script, "--directory", this.folder, "--json", report, ...parameters];
    const outcome = await run(findPython(), all, env);
    const results = existsSync(report) ? JSON.parse(await readFile(report, "utf8")).notebooks : [];
    return { ...outcome, results };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, `${name}.ipynb`);
  }
}

/** Text of an output that may be stored as a list of lines. */
export function textOf(body: unknown): string {
  return Array.isArray(body) ? body.join("") : String(body);
}
