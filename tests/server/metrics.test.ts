import { expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

test("counts requests by route, tokens by kind, and how long things took", async () => {
  const { url } = await serve([byteModel("tiny", "yes")]);
  const body = { model: "tiny", prompt: "a|", temperature: 0 };
  await (await post(`${url}/v1/completions`, body)).text();
  await (await post(`${url}/v1/completions`, { ...body, stream: true })).text();
  await post(`${url}/v1/completions`, { ...body, n: 0 });
  await post(`${url}/anything/at/all`, {});
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get("content-type")).toContain("text/plain");
  const lines = (await answer.text()).split("\n");
  for (const line of [
    'logitbook_requests_total{route="/v1/completions",status="200"} 2',
    'logitbook_requests_total{route="/v1/completions",status="400"} 1',
    'logitbook_tokens_total{model="tiny",kind="prompt"} 4',
    'logitbook_tokens_total{model="tiny",kind="generated"} 8',
    'logitbook_first_token_seconds_count{model="tiny"} 2',
    'logitbook_decode_seconds_count{model="tiny"} 2',
    "logitbook_requests_running 0",
    "logitbook_requests_waiting 0",
  ]) {
    expect(lines).toContain(line);
  }
  // Paths that nobody serves have one name together, or there would be no end of them.
  expect(lines.filter((line) => line.includes("anything"))).toEqual([]);
});

test("counts the tokens of an answer that its client leaves", async () => {
  const { url } = await serve([byteModel("tiny", "yes ".repeat(200), { delay: 1 })]);
  const body = { model: "tiny", prompt: "a|", temperature: 0, max_tokens: 700, stream: true };
  const leaving = new AbortController();
  const request = { method: "POST", headers: { "content-type": "application/json" }, signal: leaving.signal };
  const answer = await fetch(`${url}/v1/completions`, { ...request, body: JSON.stringify(body) });
  await answer.body?.getReader().read();
  leaving.abort();
  const generated = async () => {
    const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
    const line = lines.find((one) => one.startsWith('logitbook_tokens_total{model="tiny",kind="generated"}'));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  await expect.poll(generated).toBeGreaterThan(0);
  expect(await generated()).toBeLessThan(700);
});

test("health says whether the first model is open", async () => {
  let opened = () => {};
  const open = byteModel("slow", "yes");
  const wait = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const { ModelPool, startServer } = await import("../../lib/server/index.js");
  const pool = new ModelPool({ models: { slow: { open: () => wait.then(() => open) } } });
  const server = await startServer({ pool, port: 0 });
  const health = async () => (await fetch(`${server.url}/health`)).status;
  expect(await health()).toBe(200);
  const asked = post(`${server.url}/tokenize`, { model: "slow", content: "ab" });
  await expect.poll(health).toBe(503);
  opened();
  expect(await (await asked).json()).toEqual({ tokens: [97, 98] });
  expect(await health()).toBe(200);
  await server.close();
});
