import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** URL of a module of scripts/setup, for programs that tests write. */
export function moduleUrl(name: string): string {
  return pathToFileURL(`${ROOT}scripts/setup/${name}`).href;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far, both streams together. */
  readonly output: () => string;
  readonly end: Promise<{ code: number | null; signal: string | null; output: string }>;
}

/** Starts a program of Node.js; it is killed with the test at the latest. */
export function startNode(args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  onTestFinished(() => void child.kill("SIGKILL"));
  const end = new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  return { child, output: () => output, end };
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
