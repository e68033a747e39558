/**
 * Takes a picture of each room of the playground, at work, light and dark, into docs/.
 *
 *     node scripts/screenshot-playground.mjs                 all rooms
 *     node scripts/screenshot-playground.mjs next --out /tmp/pictures --width 390
 *
 * Starts the server itself, on a free port, and leaves no process behind.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium, howToGetChromium } from "./find-chromium.mjs";
import { addressOf, rooms } from "./screenshot/rooms.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "docs" },
    width: { type: "string", default: "1120" },
    height: { type: "string", default: "760" },
    runs: { type: "string", default: "runs" },
  },
});

/** @returns {Promise<{ url: string, stop(): void }>} */
async function serve() {
  const args = ["lib/bin/logitbook.mjs", "play", "--port", "0", "--runs", values.runs];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /^http:\S+/.exec(line) ?? [];
    if (url !== undefined) return { url, stop: () => child.kill("SIGTERM") };
  }
  throw new Error("the server ended before it served");
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {string} room
 * @param {"light" | "dark"} colorScheme
 */
async function takePicture(browser, url, room, colorScheme) {
  const viewport = { width: Number(values.width), height: Number(values.height) };
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${url}/${addressOf(room)}`);
  await rooms[room].work(page);
  const file = join(values.out, `playground-${room}${colorScheme === "dark" ? "-dark" : ""}.png`);
  await page.screenshot({ path: file, animations: "disabled" });
  await context.close();
  console.log(file);
}

async function main() {
  const wanted = positionals.length > 0 ? positionals : Object.keys(rooms);
  const unknown = wanted.find((room) => !(room in rooms));
  if (unknown) throw new Error(`no room ${unknown}: there are ${Object.keys(rooms).join(", ")}`);
  if (!existsSync("lib/dist/web/index.html")) throw new Error("the page is not built: run `npm run setup`");
  const executablePath = findChromium();
  if (!executablePath) throw new Error(howToGetChromium);
  await mkdir(values.out, { recursive: true });
  const server = await serve();
  try {
    const browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
    try {
      for (const room of wanted) {
        for (const theme of /** @type {const} */ (["light", "dark"])) {
          await takePicture(browser, server.url, room, theme);
        }
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.stop();
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
