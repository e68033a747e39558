import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHash } from "../../lib/web/src/state/replay.js";
import { commandLine, executablePath, openPlayground, type Playground } from "./playground.js";
import { trainedRuns } from "./trainedRuns.js";

let playground: Playground;
let runs: string;

beforeAll(async () => {
  if (executablePath === undefined) return;
  runs = await trainedRuns();
  playground = await openPlayground(["smollm2", "--runs", runs]);
}, 180_000);
afterAll(() => playground?.close());

describe.skipIf(executablePath === undefined)("the training room", () => {
  const recipe = { method: "greedy", maxNewTokens: 8 };
  const start = { room: "training", model: "smollm2", prompt: "", recipe, picks: [], others: [] };

  test("draws the curve and the samples, and travels through the checkpoints with one prompt", async () => {
    const page = await playground.visit(toHash(start));
    await page.locator(".js-plotly-plot .main-svg").first().waitFor();
    expect(await page.getByRole("img", { name: /Best validation .* nats per token at step/ }).count()).toBe(
      1,
    );
    const steps = (await readdir(path.join(runs, "small", "checkpoints"))).map(Number).sort((a, b) => a - b);
    expect(steps.length).toBeGreaterThan(1);
    const samples = page.locator("section", { hasText: "Samples while it trained" }).locator("tbody tr");
    expect(await samples.count()).toBeGreaterThan(0);
    await page.getByLabel("Prompt", { exact: true }).fill("to ");
    await page.getByRole("button", { name: "Go" }).click();
    const travelled = page.locator("section", { hasText: "Time travel" }).locator("tbody tr");
    await expect.poll(() => travelled.count()).toBe(steps.length);
    expect((await travelled.locator("td:first-child").allInnerTexts()).map(Number)).toEqual(steps);
    // The page says what the command line says of the same checkpoint.
    const last = path.join(runs, "small", "checkpoints", String(steps.at(-1)));
    const args = ["generate", "--model", last, "--prompt", "to ", "--recipe", "-", "--json"];
    const { sequences } = JSON.parse(await commandLine(args, JSON.stringify(recipe)));
    expect(await travelled.last().locator("td.text").textContent()).toBe(sequences[0].text);
  });

  test("where there is no run yet, it says how to make one", async () => {
    const empty = await openPlayground(["smollm2", "--runs", path.join(runs, "none")]);
    try {
      const page = await empty.visit(toHash(start));
      await page.getByText("No training run yet").waitFor();
    } finally {
      await empty.close();
    }
  });
});
