import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { replaceFile } from "../../core/writeFile.js";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const longest = 20_000;

/** Path of a Chromium: CHROME_PATH, else the first on PATH. Undefined where there is none. */
export function findBrowser(environment: NodeJS.ProcessEnv): string | undefined {
  const { CHROME_PATH, PATH = "" } = environment;
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : undefined;
  const folders = PATH.split(path.delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file));
}

/**
 * Draws an HTML page as PNG of 1,400 by 788 pixels. The browser keeps its own files in a folder that goes with it.
 * @returns why there is no picture, or undefined where there is one
 */
export async function drawPage(browser: string, page: string, picture: string): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "logitbook-picture-"));
  const made = path.join(folder, "picture.png");
  try {
    const code = await run(browser, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--hide-scrollbars",
      "--force-device-scale-factor=2",
      "--window-size=700,394",
      `--user-data-dir=${path.join(folder, "profile")}`,
      `--screenshot=${made}`,
      pathToFileURL(page).href,
    ]);
    if (!existsSync(made)) return `${browser} ended with status ${code}`;
    await replaceFile(picture, await readFile(made));
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function run(program: string, args: readonly string[]): Promise<number | string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", timeout: longest });
    child.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
}
