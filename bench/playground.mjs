/**
 * Measures the playground's page in Chromium, over the loopback: first paint, a step of the next-token room, what the
 * page weighs, and the frames while a long text is scrolled and a wide tree is drawn.
 *
 *     node bench/playground.mjs [--precision exact]
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium, howToGetChromium } from "../scripts/find-chromium.mjs";

const { values } = parseArgs({ options: { precision: { type: "string", default: "fast" } } });
const STEPS = 20;
const greedy = { method: "greedy", maxNewTokens: 200, processors: [{ type: "temperature", t: 0.8 }] };
const start = { model: "smollm2", prompt: "Transformers are the", recipe: greedy, picks: [], others: [] };

/** @typedef {import("playwright-core").Page} Page */

/** @param {string} room @param {object} [changed] */
function addressOf(room, changed) {
  return `#/${room}/${Buffer.from(JSON.stringify({ ...start, ...changed })).toString("base64url")}`;
}

async function serve() {
  const args = ["lib/bin/logitbook.mjs", "play", "--port", "0", "--precision", values.precision];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /^http:\S+/.exec(line) ?? [];
    if (url !== undefined) return { url, stop: () => child.kill("SIGTERM") };
  }
  throw new Error("the server ended before it served");
}

/** @param {readonly number[]} list */
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

/** Milliseconds between frames while `work` goes on in the page. @param {Page} page @param {() => Promise<void>} work */
async function frames(page, work) {
  await page.evaluate(`(() => {
    const times = (window.frameTimes = []);
    let last = performance.now();
    const tick = (now) => { times.push(now - last); last = now; window.ticking = requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
  })()`);
  await work();
  const times = /** @type {number[]} */ (
    await page.evaluate("cancelAnimationFrame(window.ticking), window.frameTimes")
  );
  return `median ${median(times).toFixed(1)} ms, longest ${Math.max(...times).toFixed(0)} ms, of ${times.length} frames`;
}

/** @param {Page} page @param {string} url */
async function firstPaint(page, url) {
  await page.goto(`${url}/${addressOf("next")}`);
  await page.locator("textarea").first().waitFor();
  const painted = await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`);
  const usable = await page.evaluate("performance.now()");
  await page.locator("tbody tr[data-row]").first().waitFor();
  console.log(
    `first contentful paint ${Number(painted).toFixed(0)} ms, prompt there after ${Number(usable).toFixed(0)} ms`,
  );
  const bytes = await page.evaluate(
    `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter(({ name }) => !name.includes("/api/")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
  );
  console.log(`page without plotly ${(Number(bytes) / 1000).toFixed(0)} kB`);
}

/** From the click to the next table. @param {Page} page */
async function steps(page) {
  /** @type {number[]} */
  const times = [];
  for (let count = 1; count <= STEPS; count++) {
    times.push(
      /** @type {number} */ (
        await page.evaluate(`new Promise((resolve) => {
          const begun = performance.now();
          const done = () => {
            if (document.querySelectorAll("button.taken").length !== ${count} || document.querySelector("button.primary").disabled) return;
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - begun));
          };
          const observer = new MutationObserver(done);
          observer.observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true });
          document.querySelector("button.primary").click();
        })`)
      ),
    );
  }
  console.log(
    `a step of the next-token room (${values.precision}): median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms, of ${STEPS}`,
  );
}

/** @param {Page} page @param {string} url */
async function longText(page, url) {
  const prompt = "one two three four five six seven eight nine ten ".repeat(100);
  await page.goto("about:blank");
  await page.goto(`${url}/${addressOf("next", { prompt })}`);
  await page.locator("tbody tr[data-row]").first().waitFor({ timeout: 60_000 });
  const tokens = await page.locator("p.text .token").count();
  const told = await frames(page, async () => {
    await page.locator("p.text").first().hover();
    for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, turn < 20 ? 60 : -60);
    await page.waitForTimeout(300);
  });
  console.log(`a text of ${tokens} tokens, scrolled: ${told}`);
}

/** @param {Page} page @param {string} url */
async function wideTree(page, url) {
  const recipe = { method: "beam", numBeams: 8, maxNewTokens: 16, lengthPenalty: 1 };
  await page.goto("about:blank");
  await page.goto(`${url}/${addressOf("beams", { recipe })}`);
  const grown = await frames(page, async () => {
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByLabel("Length penalty", { exact: true }).waitFor({ timeout: 60_000 });
  });
  const branches = await page.locator(".frame path").count();
  console.log(`a tree of ${branches} branches, growing: ${grown}`);
  const ranked = await frames(page, async () => {
    await page.getByLabel("Length penalty", { exact: true }).focus();
    for (let press = 0; press < 20; press++) await page.keyboard.press("ArrowLeft");
    await page.waitForTimeout(200);
  });
  console.log(`the same, ranked anew 20 times: ${ranked}`);
}

const executablePath = findChromium();
if (!executablePath) throw new Error(howToGetChromium);
const server = await serve();
try {
  const browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await firstPaint(page, server.url);
  await steps(page);
  await longText(page, server.url);
  await wideTree(page, server.url);
  await browser.close();
} finally {
  server.stop();
}
