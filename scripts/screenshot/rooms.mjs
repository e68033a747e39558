/** What is done in each room of the playground before its picture is taken. */

/** @typedef {import("playwright-core").Page} Page */

const sampled = {
  method: "sample",
  maxNewTokens: 48,
  seed: 1,
  processors: [
    { type: "temperature", t: 0.8 },
    { type: "topK", k: 40 },
    { type: "topP", p: 0.9 },
  ],
};
const beams = { method: "beam", numBeams: 4, maxNewTokens: 8, lengthPenalty: 1 };

/** @type {Record<string, { start?: object, work(page: Page): Promise<void> }>} */
export const rooms = {
  next: {
    async work(page) {
      for (let count = 1; count <= 3; count++) {
        await page.getByRole("button", { name: "Take the recipe's choice" }).click();
        await page
          .locator("button.taken")
          .nth(count - 1)
          .waitFor();
      }
      await page.mouse.click(5, 400);
    },
  },
  generate: {
    start: { others: [{ method: "greedy", maxNewTokens: 48 }] },
    async work(page) {
      await page.locator("main").getByRole("button", { name: "Generate", exact: true }).click();
      await page.locator("main table tbody tr").nth(1).waitFor({ timeout: 60_000 });
    },
  },
  beams: {
    start: { recipe: beams, prompt: "The capital of France is" },
    async work(page) {
      await page.getByRole("button", { name: "Search" }).click();
      await page.locator("main table tbody tr").nth(1).waitFor({ timeout: 60_000 });
    },
  },
  chat: {
    start: { recipe: { ...sampled, maxNewTokens: 60 } },
    async work(page) {
      for (const [at, question] of [
        "Name three birds that can't fly.",
        "Which of them lives in the cold?",
      ].entries()) {
        await page.getByLabel("Your turn").fill(question);
        await page.keyboard.press("Enter");
        await page
          .locator("ol.turns > li")
          .nth(at * 2 + 1)
          .waitFor({ timeout: 60_000 });
      }
    },
  },
  data: {
    work: (page) => page.getByText("What is expected, shaded by surprise").waitFor({ timeout: 60_000 }),
  },
  training: {
    async work(page) {
      await page.locator(".js-plotly-plot .main-svg").first().waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Go" }).click();
      await page.locator("main table").nth(1).waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Go", disabled: false }).waitFor({ timeout: 60_000 });
    },
  },
};

/**
 * The address behind `#` that opens a room.
 * @param {string} room
 */
export function addressOf(room) {
  const start = { model: "smollm2", prompt: "Transformers are the", recipe: sampled, picks: [], others: [] };
  const text = JSON.stringify({ ...start, ...rooms[room]?.start });
  return `#/${room}/${Buffer.from(text).toString("base64url")}`;
}
