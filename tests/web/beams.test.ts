import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHash } from "../../lib/web/src/state/replay.js";
import { commandLine, executablePath, openPlayground, type Playground } from "./playground.js";

let playground: Playground;

beforeAll(async () => {
  if (executablePath !== undefined) playground = await openPlayground();
});
afterAll(() => playground?.close());

const recipe = { method: "beam", numBeams: 4, maxNewTokens: 12, lengthPenalty: 1, numReturnSequences: 4 };
const start = {
  room: "beams",
  model: "smollm2",
  prompt: "The capital of France is",
  recipe,
  picks: [],
  others: [],
};
const search = (page: Page) => page.getByRole("button", { name: "Search" });
const texts = (page: Page) => page.locator("td.text").allTextContents();
/** The numbers in a column of the ranking, written with a true minus. */
const column = async (page: Page, at: number) => {
  const texts = await page.locator(`tbody tr td:nth-child(${at})`).allInnerTexts();
  return texts.map((text) => Number(text.replace("−", "-")));
};
const scores = (page: Page) => column(page, 2);

describe.skipIf(executablePath === undefined)("the beams room", () => {
  test("grows its tree while it searches, and ends where the command line ends", async () => {
    const page = await playground.visit(toHash(start));
    const nodes = page.locator("svg[role=img] g");
    const seen: number[] = [];
    await page.exposeFunction("grown", (count: number) => seen.push(count));
    await page.evaluate(`new MutationObserver(() => {
      const count = document.querySelectorAll(".frame svg g").length;
      if (count > 0) window.grown(count);
    }).observe(document.querySelector("main"), { childList: true, subtree: true })`);
    await search(page).click();
    await page.getByLabel("Length penalty", { exact: true }).waitFor();
    await expect.poll(() => search(page).isEnabled()).toBe(true);
    // It was there before it was whole.
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect(seen.every((count, at) => at === 0 || count >= (seen[at - 1] as number))).toBe(true);
    const args = ["generate", "--model", "smollm2", "--prompt", start.prompt, "--recipe", "-", "--json"];
    const printed = JSON.parse(await commandLine(args, JSON.stringify(recipe)));
    expect((await texts(page))[0]).toBe(printed.sequences[0].text);
    expect(await page.locator("g.winner").count()).toBe(printed.sequences[0].tokens.length + 1);
    // Without what was dropped at once there is less to see, and the winner is still there.
    const all = await nodes.count();
    await page.getByLabel("show what was dropped").uncheck();
    await expect.poll(() => nodes.count()).toBeLessThan(all);
    expect(await page.locator("g.winner").count()).toBe(printed.sequences[0].tokens.length + 1);
  });

  test("another length penalty ranks again without asking the model", async () => {
    const page = await playground.visit(toHash({ ...start, recipe: { ...recipe, maxNewTokens: 24 } }));
    await search(page).click();
    await expect.poll(async () => (await texts(page)).length).toBeGreaterThan(2);
    await expect.poll(() => search(page).isEnabled()).toBe(true);
    const before = await scores(page);
    let asked = 0;
    page.on("request", () => asked++);
    const slider = page.getByLabel("Length penalty", { exact: true });
    await slider.focus();
    for (let presses = 0; presses < 10; presses++) await page.keyboard.press("ArrowLeft");
    await expect.poll(() => page.locator("output").textContent()).toBe("0.0");
    expect(await scores(page)).not.toEqual(before);
    // At 0 the score is the log-probability itself, the best first.
    const logProbs = await column(page, 3);
    const now = await scores(page);
    for (const [at, score] of now.entries()) expect(score).toBeCloseTo(logProbs[at] as number, 1);
    expect(now).toEqual([...now].sort((a, b) => b - a));
    expect(asked).toBe(0);
  });

  test("a stopped search leaves the server idle", async () => {
    const page = await playground.visit(toHash({ ...start, recipe: { ...recipe, maxNewTokens: 400 } }));
    await search(page).click();
    await page.locator("g.live").first().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await expect.poll(playground.requestsRunning).toBe("0");
  });
});
