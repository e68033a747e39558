import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments, findChromium } from "../../scripts/find-chromium.mjs";
import { startPlayground } from "../../scripts/start-playground.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Undefined where no browser is installed: tests that need one are skipped then, and counted as skipped. */
export const executablePath = findChromium();

/** The playground as a user starts it, and a browser that looks at it. */
export interface Playground {
  readonly url: string;
  /** A page of a fresh profile, at this address behind `#`; its errors are collected in `errors`. */
  visit(hash: string, look?: { theme?: "light" | "dark"; width?: number }): Promise<Page>;
  readonly errors: string[];
  /** How many requests the server works on, as its metrics say. */
  requestsRunning(): Promise<string | undefined>;
  /** Ends the server, as if it had died. */
  stopServer(): Promise<void>;
  /** Starts it again where it was. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** @param options models and options of `logitbook play`, without a port */
export async function openPlayground(options: readonly string[] = ["smollm2"]): Promise<Playground> {
  let server = await startPlayground(["--port", "0", ...options]);
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
    async requestsRunning() {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return /^logitbook_requests_running\S* (\d+)$/m.exec(metrics)?.[1];
    },
    stopServer: () => stop(server.child),
    async startServer() {
      server = await startPlayground(["--port", new URL(url).port, ...options]);
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

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
