import { chromium } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { Conversation } from "../../lib/chat/index.js";
import { beamExample } from "../../lib/models/table/index.js";
import { chatPage } from "../../lib/server/chatPage/chatPage.js";
import type { ChatPage } from "../../lib/server/chatPage/types.js";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { byteModel } from "./byteModel.js";
import { post } from "./support.js";

const pages: ChatPage[] = [];

afterEach(() => Promise.all(pages.splice(0).map((page) => page.close())));

async function open(script = "Grüße.", options = {}): Promise<ChatPage> {
  const page = await chatPage(byteModel("tiny", script, { delay: 2 }), {
    recipe: { method: "greedy" },
    ...options,
  });
  pages.push(page);
  return page;
}

test("what is said over HTTP is part of the conversation", async () => {
  const page = await open("Grüße.", { conversation: new Conversation({ system: "S" }) });
  expect(await page.say("hello")).toBe("Grüße.");
  expect(page.conversation.messages.map(({ content }) => content)).toEqual(["S", "hello", "Grüße."]);
  const undone = await post(`${page.url}undo`, {});
  expect(await undone.json()).toEqual({ turns: [] });
});

test("who asks while an answer comes is told to wait; a mistake is told to who made it", async () => {
  const page = await open("x".repeat(60));
  const first = page.say("a");
  const second = post(`${page.url}say`, { text: "b" });
  expect([(await second).status, await first]).toEqual([409, "x".repeat(60)]);
  expect((await post(`${page.url}say`, { text: "" })).status).toBe(400);
  expect(
    (await post(`${page.url}say`, { text: "a" }, { headers: { "content-type": "text/plain" } })).status,
  ).toBe(415);
  await expect(page.say("y".repeat(600))).rejects.toThrow("the last question takes");
});

test("a notebook on this machine may frame it, nobody else", async () => {
  const page = await open();
  const policy = (await fetch(page.url)).headers.get("content-security-policy");
  expect(policy).toContain("frame-ancestors 'self' http://localhost:* http://127.0.0.1:*");
  expect(policy).toContain("default-src 'none'");
  await expect(chatPage(beamExample())).rejects.toThrow("one with a chat template");
});

const browser = findChromium();

test.skipIf(browser === undefined)("a person talks on it in a browser, with the keyboard alone", async () => {
  const page = await open();
  const chrome = await chromium.launch({ executablePath: browser as string, args: ["--no-sandbox"] });
  try {
    const tab = await chrome.newPage();
    const faults: string[] = [];
    tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    tab.on("pageerror", (error) => faults.push(error.message));
    await tab.goto(page.url);
    await tab.getByLabel("What you say").fill("<b>hello</b>");
    await tab.keyboard.press("Enter");
    await tab.getByText("generated in").waitFor();
    expect(await tab.locator("main p").allTextContents()).toEqual(["<b>hello</b>", "Grüße."]);
    await tab.reload();
    await tab.getByText("Grüße.").waitFor();
    await tab.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => tab.locator("main p").count()).toBe(0);
    expect(faults.filter((fault) => !fault.includes("favicon"))).toEqual([]);
  } finally {
    await chrome.close();
  }
});
