import { expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

const recipe = { method: "greedy", maxNewTokens: 8 };
const turns = [{ role: "user", content: "Say it." }];
const here = () => serve([byteModel("here", "abc")]);
const there = () => serve([byteModel("there", "from afar")], { apiKey: "secret" });

test("another engine answers through the server, which brings the key", async () => {
  const [near, far] = [await here(), await there()];
  const body = { url: `${far.url}/v1`, key: "secret", turns, recipe };
  const response = await post(`${near.url}/api/remote-chat`, body);
  const events = (await response.text()).match(/^data: .*$/gm)!.map((line) => JSON.parse(line.slice(6)));
  expect(
    events
      .slice(0, -1)
      .map(({ piece }) => piece)
      .join(""),
  ).toBe("from afa");
  expect(events.at(-1)).toEqual({ text: "from afa", finishReason: "length" });
});

test.each<[string, object, number, RegExp]>([
  ["a wrong key", { key: "wrong" }, 503, /401: this is not the server's key/],
  [
    "another model than it has",
    { key: "secret", model: "x" },
    400,
    /`model` must be one of the engine's: there/,
  ],
  [
    "a recipe that the protocol has no words for",
    { key: "secret", recipe: { method: "beam", numBeams: 2 } },
    400,
    /`method` must be "greedy" or "sample"/,
  ],
  ["an address that is none", { url: "here" }, 400, /`url` must be an address/],
  ["an engine that isn't there", { url: "http://127.0.0.1:1/v1" }, 503, /can't be reached/],
])("%s is a clear error that doesn't tell the key", async (_, change, status, message) => {
  const [near, far] = [await here(), await there()];
  const response = await post(`${near.url}/api/remote-chat`, {
    url: `${far.url}/v1`,
    turns,
    recipe,
    ...change,
  });
  const text = await response.text();
  expect([response.status, JSON.parse(text).error.message]).toEqual([status, expect.stringMatching(message)]);
  expect(text).not.toMatch(/secret|wrong/);
});

test("a server that lets strangers in asks no other engine for them", async () => {
  const open = await serve([byteModel("here", "abc")], { host: "0.0.0.0", withoutKey: true });
  const port = new URL(open.url).port;
  const url = `http://127.0.0.1:${port}`;
  const response = await post(`${url}/api/remote-chat`, { url: `${url}/v1`, turns, recipe });
  expect(response.status).toBe(403);
  expect(await (await fetch(`${url}/api/page`)).json()).toMatchObject({ remoteEngines: false });
});

test("whoever goes away ends what the other engine does", async () => {
  const near = await here();
  const far = await serve([byteModel("slow", "a".repeat(400), { delay: 20 })]);
  const abort = new AbortController();
  const body = { url: `${far.url}/v1`, turns, recipe: { method: "greedy", maxNewTokens: 400 } };
  const response = await post(`${near.url}/api/remote-chat`, body, { signal: abort.signal });
  await response.body!.getReader().read();
  abort.abort();
  const running = async () =>
    /^logitbook_requests_running\S* (\d+)$/m.exec(await (await fetch(`${far.url}/metrics`)).text())?.[1];
  await expect.poll(running).toBe("0");
});
