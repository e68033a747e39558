import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executablePath, openPlayground, type Playground } from "./playground.js";

const CONFIGS = ["instructions", "personas"] as const;
const served = new Map<string, Playground>();

beforeAll(async () => {
  if (executablePath === undefined) return;
  for (const name of CONFIGS)
    served.set(name, await openPlayground(["--config", `examples/${name}/playground.config.mjs`]));
}, 120_000);
afterAll(() => Promise.all([...served.values()].map((playground) => playground.close())));

describe.skipIf(executablePath === undefined)("a config module", () => {
  test("serves its own records through its own templates in the rooms that it names", async () => {
    const page = await served.get("instructions")!.visit("");
    await expect
      .poll(() => page.locator("nav button").allInnerTexts())
      .toEqual(["Data set", "Next token", "Generate", "Beams"]);
    await expect.poll(() => page.locator("h1").textContent()).toBe("Instructions");
    const made = page.locator("p.made");
    await expect
      .poll(() => made.first().textContent())
      .toBe("Instruction: Name the three states of water.\nAnswer:");
    await page.getByText("of 22 examples").waitFor();
    await page.getByLabel("Split").selectOption("validation");
    await page.getByText("of 6 examples").waitFor();
    await expect.poll(() => made.first().textContent()).not.toContain("three states");
    await page.getByLabel("Split").selectOption("train");
    await page.getByText("of 22 examples").waitFor();
    await page.getByLabel("Template").selectOption("chat");
    await expect.poll(() => made.first().textContent()).toContain("<|im_start|>user\nName the three");
    await page.getByText("perplexity").waitFor();
    await page.getByLabel("Template").selectOption({ label: "written here" });
    await page.getByLabel("Prompt", { exact: true }).fill("{instruction}");
    await expect
      .poll(() =>
        page.locator("section", { hasText: "What the model reads" }).locator("p.tokens").textContent(),
      )
      .toBe("Name·the·three·states·of·water.");
  });

  test("draws its records by its own view, in a frame that runs nothing", async () => {
    const playground = served.get("personas")!;
    const page = await playground.visit("#/chat");
    await expect
      .poll(() => page.locator("nav button").allInnerTexts())
      .toEqual(["Dialogues", "Word by word", "Generate", "Chat"]);
    await page.getByRole("button", { name: "Dialogues" }).click();
    const frame = page.frameLocator("iframe");
    await expect
      .poll(() => frame.locator("li").allInnerTexts())
      .toEqual(["I repair clocks.", "I have a cat called Pendulum.", "I never take the bus."]);
    expect(await frame.locator("p.last").textContent()).toContain("No, with Pendulum, my cat.");
    // As high as what is in it.
    const inside = (await page.locator("iframe").elementHandle())?.contentFrame();
    const needed = (await inside)?.evaluate<number>("document.documentElement.scrollHeight");
    expect((await page.locator("iframe").boundingBox())?.height).toBe(await needed);
    // What a record smuggles in runs nothing, and asks nobody: not even another port of this machine.
    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked++;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const { port } = elsewhere.address() as AddressInfo;
    await page.route("**/api/corpora/personas/1", async (route) => {
      const answer = await (await route.fetch()).json();
      const own = `top.document.title = 'owned'`;
      const html = `<script>${own}</script><img src="x" onerror="${own}"><img src="http://127.0.0.1:${port}/x.png">`;
      await route.fulfill({ json: { ...answer, view: { html } } });
    });
    await page.getByRole("button", { name: "The next example" }).click();
    await expect.poll(() => frame.locator("img").count()).toBe(2);
    await page.getByText("perplexity").waitFor();
    expect(await page.title()).toBe("Personas playground");
    elsewhere.close();
    expect(asked).toBe(0);
  });
});
