import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromHash, toHash } from "../../lib/web/src/state/replay.js";
import { commandLine, executablePath, openPlayground, type Playground } from "./playground.js";

let playground: Playground;

beforeAll(async () => {
  if (executablePath !== undefined) playground = await openPlayground();
});
afterAll(() => playground?.close());

const RECIPE = {
  method: "sample",
  maxNewTokens: 24,
  seed: 5,
  processors: [
    { type: "temperature", t: 0.9 },
    { type: "topK", k: 20 },
  ],
};
const START = { model: "smollm2", prompt: "Transformers are the", recipe: RECIPE, picks: [], others: [] };

const rows = (page: Page) => page.locator("tbody tr[data-row]");
const taken = (page: Page) => page.locator("button.taken").allInnerTexts();
const choice = (page: Page) => page.getByRole("button", { name: "Take the recipe's choice" });
const generateButton = (page: Page) =>
  page.locator("main").getByRole("button", { name: "Generate", exact: true });
const replay = (page: Page) => fromHash(new URL(page.url()).hash);

describe.skipIf(executablePath === undefined)("the next-token room", () => {
  test("picks by keyboard, goes back, branches, and shows the tree of what was tried", async () => {
    const page = await playground.visit(toHash({ room: "next", ...START }));
    await rows(page).first().waitFor();
    await choice(page).click();
    await expect.poll(() => taken(page)).toHaveLength(1);
    const [first] = await taken(page);
    // The table has the focus now: one down, Enter.
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => taken(page)).toHaveLength(2);
    await page.keyboard.press("Backspace");
    await expect.poll(() => taken(page)).toEqual([first]);
    await page.keyboard.press("Backspace");
    await expect.poll(() => taken(page)).toEqual([]);
    // What was tried stays in sight at the prompt too.
    expect(await page.locator(".tree g[role=button]").count()).toBe(3);
    await rows(page).nth(3).click();
    await expect.poll(() => taken(page)).toHaveLength(1);
    expect((await taken(page))[0]).not.toBe(first);
    // The prompt, two tokens after one another, and another one.
    await expect.poll(() => page.locator(".tree g[role=button]").count()).toBe(4);
  });

  test("a link replays in a fresh profile the tokens that the command line gives", async () => {
    const page = await playground.visit(toHash({ room: "next", ...START }));
    for (let count = 1; count <= 6; count++) {
      await choice(page).click();
      await expect.poll(() => taken(page)).toHaveLength(count);
    }
    const { picks } = replay(page) as { picks: number[] };
    const args = ["generate", "--model", "smollm2", "--prompt", START.prompt, "--recipe", "-", "--json"];
    const printed = JSON.parse(await commandLine(args, JSON.stringify(RECIPE)));
    expect(picks).toEqual(printed.sequences[0].tokens.slice(0, 6));
    const other = await playground.visit(new URL(page.url()).hash);
    await expect.poll(() => taken(other)).toEqual(await taken(page));
  });

  test("another order of the chain changes the trace", async () => {
    const page = await playground.visit(toHash({ room: "next", ...START }));
    const stages = page.locator(".chain[aria-label] li strong");
    await expect.poll(() => stages.allInnerTexts()).toEqual(["model", "temperature", "topK", "choice"]);
    await page.getByRole("button", { name: "Move topK up" }).click();
    await expect.poll(() => stages.allInnerTexts()).toEqual(["model", "topK", "temperature", "choice"]);
  });

  test("a value outside its range is answered with the field, the rule and the way out", async () => {
    const page = await playground.visit(toHash({ room: "next", ...START }));
    await page.getByLabel("t", { exact: true }).fill("-1");
    await page.keyboard.press("Tab");
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.textContent()).toMatch(/recipe\.processors\[0\]\.t/);
  });

  test("a server that is lost is named, and its return goes on", async () => {
    const page = await playground.visit(toHash({ room: "next", ...START }));
    await rows(page).first().waitFor();
    await playground.stopServer();
    await choice(page).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/Offline/);
    await playground.startServer();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => taken(page)).toHaveLength(1);
  });
});

describe.skipIf(executablePath === undefined)("the generate room", () => {
  test("runs recipes side by side and measures them", async () => {
    const others = [{ method: "greedy", maxNewTokens: 12 }];
    const recipe = { ...RECIPE, maxNewTokens: 12 };
    const args = ["generate", "--model", "smollm2", "--prompt", START.prompt, "--recipe", "-", "--json"];
    const target = JSON.parse(await commandLine(args, JSON.stringify(others[0]))).sequences[0].text;
    const page = await playground.visit(toHash({ room: "generate", ...START, recipe, others, target }));
    await page.getByText("nats over 12 tokens, perplexity").waitFor();
    await generateButton(page).click();
    const measured = page.locator("main table thead th");
    await expect.poll(() => measured.count()).toBe(2);
    expect(await page.locator("article div.text").nth(1).textContent()).toBe(target);
    // The expected text is what greedy search writes, and the other recipe something else.
    const bleu = page.locator("main table tr").filter({ hasText: /^BLEU/ }).locator("td");
    const [sampled, greedy] = (await bleu.allTextContents()).map(Number);
    expect([greedy, sampled! < 1]).toEqual([1, true]);
    await page.getByRole("button", { name: "Remove the expected text" }).click();
    await expect.poll(() => page.getByLabel("Expected text").count()).toBe(0);
    expect(replay(page)?.target).toBe("");
  });

  test("a stopped stream leaves the server idle", async () => {
    const recipe = { ...RECIPE, maxNewTokens: 2000 };
    const page = await playground.visit(toHash({ room: "generate", ...START, recipe }));
    await generateButton(page).click();
    await expect.poll(() => page.locator("article .text").count()).toBe(1);
    await page.getByRole("button", { name: "Stop" }).click();
    await expect.poll(playground.requestsRunning).toBe("0");
  });
});

describe.skipIf(executablePath === undefined)("the chat room", () => {
  const recipe = { ...RECIPE, maxNewTokens: 12 };

  test("answers with history, gives an answer again as a branch, and shows what was sent", async () => {
    const page = await playground.visit(toHash({ room: "chat", ...START, recipe }));
    const turns = page.locator("ol.turns > li");
    const ask = async (question: string, count: number) => {
      await page.getByLabel("Your turn").fill(question);
      await page.keyboard.press("Enter");
      await expect.poll(() => turns.count()).toBe(count);
    };
    await ask("Name a colour.", 2);
    await ask("And another one?", 4);
    const drawer = page.getByLabel("The prompt as it was sent");
    const sent = await drawer.locator(".tokens").textContent();
    for (const said of ["Name·a·colour.", "And·another·one?"]) expect(sent).toContain(said);
    // The first turn is remembered: only the second is read anew.
    const cached = Number(/(\d+) cached/.exec((await drawer.textContent()) ?? "")?.[1]);
    expect(cached).toBeGreaterThan(30);
    await page.getByRole("button", { name: "Regenerate" }).click();
    await expect.poll(() => turns.last().textContent()).toContain("2 of 2");
    await page.getByRole("button", { name: "The branch before" }).click();
    await expect.poll(() => turns.last().textContent()).toContain("1 of 2");
    await turns.first().getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Edited turn").fill("Name a fish.");
    await page.getByRole("button", { name: "Branch here" }).click();
    await expect.poll(() => turns.count()).toBe(2);
    expect(await turns.first().textContent()).toContain("2 of 2");
  });
});
