import { type ChildProcess, spawn } from "node:child_process";
import { afterEach } from "vitest";
import { PROGRAM } from "./program.js";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

export interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it said when it began. */
  readonly greeting: string;
  /** Its exit status. */
  readonly ended: Promise<number | null>;
}

/** Starts the real program, and waits until it serves. It ends with the test. */
export async function serveProgram(args: readonly string[], models: string): Promise<Serving> {
  const env = { ...process.env, LOGITBOOK_MODELS: models };
  const anyPort = args.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(process.execPath, [PROGRAM, "serve", ...anyPort, ...args], { env });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const greeting = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", resolve);
    child.stderr.setEncoding("utf8").on("data", (text: string) => reject(new Error(text)));
  });
  child.stderr.removeAllListeners("data");
  return { child, url: greeting.split(" ")[0] as string, greeting, ended };
}
