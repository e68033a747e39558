import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../scripts/find-chromium.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Undefined where no browser is installed: tests that need one are skipped then, and counted as skipped. */
export const executablePath = findChromium();

/** The playground as a user starts it, and a browser that looks at it. */
export interface Playground {
  readonly url: string;
  /** A page of a fresh profile, at this address behind `#`; its errors are collected in `errors`. */
  visit(hash: string, look?: { theme?: "light" | "dark"; width?: number }): Promise<Page>;
  readonly errors: string[];
  /** Ends the server, as if it had died. */
  stopServer(): Promise<void>;
  /** Starts it again where it was. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** @param options models and options of `logitbook play`, without a port */
export async function openPlayground(options: readonly string[] = ["smollm2"]): Promise<Playground> {
  let server = await start(["--port", "0", ...options]);
  const { url } = server;
  const browser: Browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [...chromiumArguments],
  });
  const errors: string[] = [];
  return {
    url,
    errors,
    async visit(hash, { theme = "light", width = 1280 } = {}) {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${url}/${hash}`);
      return page;
    },
    stopServer: () => stop(server.child),
    async startServer() {
      server = await start(["--port", new URL(url).port, ...options]);
    },
    async close() {
      await browser.close();
      await stop(server.child);
    },
  };
}

/** Runs the command line and gives back what it writes to stdout. */
export function commandLine(args: readonly string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, ["lib/bin/logitbook.mjs", ...args], { cwd: ROOT });
  child.stdin.end(input);
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(err))));
  });
}

async function start(options: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ["lib/bin/logitbook.mjs", "play", ...options], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /^http:\S+/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error("the server ended before it served");
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
