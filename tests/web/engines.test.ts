import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHash } from "../../lib/web/src/state/replay.js";
import { byteModel } from "../server/byteModel.js";
import { serve } from "../server/support.js";
import { executablePath, openPlayground, type Playground } from "./playground.js";

let playground: Playground;

beforeAll(async () => {
  if (executablePath !== undefined) playground = await openPlayground();
});
afterAll(() => playground?.close());

describe.skipIf(executablePath === undefined)("the chat room", () => {
  test("asks an engine elsewhere beside its own model; the key stays in memory", async () => {
    const engine = await serve([byteModel("distant", "from afar")], { apiKey: "a-secret-key" });
    const recipe = { method: "greedy", maxNewTokens: 12 };
    const start = { room: "chat", model: "smollm2", prompt: "", recipe, picks: [], others: [] };
    const page = await playground.visit(toHash(start));
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.getByText("Other engines").click();
    const add = async (key: string) => {
      await page.getByLabel("Address").fill(`${engine.url}/v1`);
      await page.getByLabel("Key").fill(key);
      await page.getByRole("button", { name: "Add", exact: true }).click();
    };
    const ask = async () => {
      await page.getByLabel("Your turn").fill("Where are you?");
      await page.keyboard.press("Enter");
    };
    await add("not-the-key");
    await ask();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("this is not the server's key");
    await add("a-secret-key");
    await page.getByRole("button", { name: "Answer" }).click();
    const far = page.locator("article", { hasText: "model at" });
    await expect.poll(() => far.locator("p.text").textContent()).toBe("from afar");
    await expect.poll(() => page.locator("article").count()).toBe(2);
    await far.getByRole("button", { name: "Accept into the history" }).click();
    await expect.poll(() => page.locator("ol.turns > li").last().textContent()).toContain("from afar");
    // Only our own server was asked, and the key is nowhere that outlives the page.
    expect([...hosts]).toEqual([new URL(playground.url).host]);
    const kept = await page.evaluate<string>(
      "JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.state])",
    );
    expect(kept).not.toContain("secret");
    expect(
      atob(new URL(page.url()).hash.split("/")[2]!.replaceAll("-", "+").replaceAll("_", "/")),
    ).not.toContain("secret");
  });
});
