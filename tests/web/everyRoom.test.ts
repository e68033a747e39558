import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHash } from "../../lib/web/src/state/replay.js";
import { executablePath, openPlayground, type Playground } from "./playground.js";
import { trainedRuns } from "./trainedRuns.js";

let playground: Playground;

beforeAll(async () => {
  if (executablePath === undefined) return;
  playground = await openPlayground(["smollm2", "--runs", await trainedRuns()]);
}, 180_000);
afterAll(() => playground?.close());

const recipe = { method: "beam", numBeams: 2, maxNewTokens: 4 };
const target = " future of this town.";
const START = {
  model: "smollm2",
  prompt: "Transformers are the",
  recipe,
  picks: [],
  target,
  others: [recipe],
};

/** Each room at work, so that there is something to find fault with. */
const WORK: Record<string, (page: Page) => Promise<void>> = {
  next: (page) => page.locator("tbody tr[data-row]").first().waitFor(),
  async generate(page) {
    await page.locator("main").getByRole("button", { name: "Generate", exact: true }).click();
    await page.locator("main table tbody tr").first().waitFor();
  },
  async beams(page) {
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByLabel("Length penalty", { exact: true }).waitFor();
  },
  async chat(page) {
    await page.getByText("Other engines").click();
    await page.getByLabel("Your turn").fill("Name a colour.");
    await page.keyboard.press("Enter");
    await page.getByLabel("The prompt as it was sent").waitFor();
  },
  data: (page) => page.getByText("What is expected, shaded by surprise").waitFor(),
  training: (page) => page.locator(".js-plotly-plot .main-svg").first().waitFor(),
};

describe.skipIf(executablePath === undefined)("every room", () => {
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  const cases = Object.keys(WORK).flatMap((room) =>
    (["light", "dark"] as const).flatMap((theme) =>
      [1280, 390].map((width) => [room, theme, width] as const),
    ),
  );

  test.each(cases)(
    "%s, %s, %i pixels wide: axe finds nothing serious, nothing runs over",
    async (room, theme, width) => {
      const page = await playground.visit(toHash({ room, ...START }), { theme, width });
      await WORK[room](page);
      await page.evaluate(await readFile(axe, "utf8"));
      // Evaluated in the page, where axe now is.
      const found = await page.evaluate<{ id: string; impact: string }[]>(
        "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0].html })))",
      );
      expect(found.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect(overflow).toBeLessThanOrEqual(0);
      await page.context().close();
    },
  );

  test("nothing is asked of another host, plotly only where it draws, and nothing fails", async () => {
    const page = await playground.visit("#/next");
    const asked = new Set<URL>();
    page.on("request", (request) => asked.add(new URL(request.url())));
    await page.reload();
    for (const room of ["next", "generate", "beams", "chat", "data", "training"]) {
      const plotly = [...asked].some(({ pathname }) => pathname.includes("plotly"));
      expect(plotly).toBe(false);
      await page.evaluate(`location.hash = "#/${room}"`);
      if (room === "data" || room === "next" || room === "training") await WORK[room](page);
    }
    expect([...asked].some(({ pathname }) => pathname.includes("plotly"))).toBe(true);
    expect(new Set([...asked].map(({ host }) => host))).toEqual(new Set([new URL(playground.url).host]));
    expect(playground.errors).toEqual([]);
  });
});
