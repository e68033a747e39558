import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ScoreAnswer } from "../../lib/server/api/types.js";
import { fromHash, toHash } from "../../lib/web/src/state/replay.js";
import { temporaryDirectory } from "../support/temporary.js";
import { executablePath, openPlayground, type Playground } from "./playground.js";

let playground: Playground;
let folder: string;

beforeAll(async () => {
  folder = await temporaryDirectory();
  if (executablePath !== undefined) playground = await openPlayground();
});
afterAll(() => playground?.close());

const recipe = { method: "greedy", maxNewTokens: 8 };
const start = { room: "data", model: "smollm2", prompt: "", recipe, picks: [], others: [] };
const ROWS = [
  ["Where do cats sleep?", "On the sofa, of course."],
  ["What is 2, plus 2?", "4"],
] as const;

async function fileOf(name: string, text: string) {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe.skipIf(executablePath === undefined)("the data room", () => {
  test.each([
    ["own.csv", `question,answer\n${ROWS.map((row) => row.map((cell) => `"${cell}"`).join()).join("\n")}\n`],
    ["own.jsonl", ROWS.map(([question, answer]) => JSON.stringify({ question, answer })).join("\n")],
  ])("takes %s, fills templates, and measures the target as the server does", async (name, text) => {
    const page = await playground.visit(toHash(start));
    await page.getByLabel("Your own JSONL, CSV or TSV").setInputFiles(await fileOf(name, text));
    await page.getByText(`of 2 examples`).waitFor();
    await expect.poll(() => page.locator("dd").allTextContents()).toEqual([...ROWS[0]]);
    await page.getByLabel("Prompt", { exact: true }).fill("Q: {question}\nA:");
    await page.getByLabel("Prompt of one step").fill("Q: {question}\nA:{received}");
    await page.getByLabel("Expected text").fill(" {answer}");
    const asked = { model: "smollm2", prompt: `Q: ${ROWS[1][0]}\nA:`, target: ` ${ROWS[1][1]}` };
    await page.getByRole("button", { name: "The next example" }).click();
    const response = await fetch(`${playground.url}/api/score`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    const score = (await response.json()) as ScoreAnswer;
    const told = page.getByText("log-probability");
    await expect.poll(() => told.textContent()).toContain(`perplexity ${score.perplexity.toFixed(2)}`);
    const shaded = page.locator("section", { hasText: "shaded by surprise" }).locator("p.text > span");
    expect(await shaded.count()).toBe(score.target.length);
    // A likelier token is paler.
    const shades: number[] = [];
    for (const span of await shaded.all())
      shades.push(Number(/([\d.]+)\)/.exec((await span.getAttribute("style")) ?? "")?.[1]));
    for (const [at, { logProb }] of score.target.entries()) {
      expect(shades[at]).toBeCloseTo((Math.min(8, -logProb) / 8) * 0.55, 1);
    }
    await page.getByRole("button", { name: "Predict it token by token" }).click();
    await page.locator("tbody tr[data-row]").first().waitFor();
    expect(fromHash(new URL(page.url()).hash)).toMatchObject({ prompt: asked.prompt, target: asked.target });
  });

  test("a file that is none says which line, and a template with a wrong name which fields there are", async () => {
    const page = await playground.visit(toHash(start));
    await page.getByText("What is expected, shaded by surprise").waitFor();
    const field = page.getByLabel("Your own JSONL, CSV or TSV");
    await field.setInputFiles(await fileOf("broken.jsonl", '{"a": 1}\n{"a": \n'));
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/line 2 is not valid JSON/);
    await field.setInputFiles(await fileOf("good.jsonl", '{"a": "one", "b": "two"}\n'));
    await page.getByLabel("Prompt", { exact: true }).fill("{c}");
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toBe("The example has no {c}: it has {a}, {b}.");
  });
});
