import { once } from "node:events";
import { connect } from "node:net";
import type { Hono } from "hono";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { body, callsAfter, counted, expectIdle, LONG, sleep } from "./counted.js";
import { post, serve } from "./support.js";

describe("a client that goes away stops its decoding within a step", () => {
  test.each([
    ["in mid-stream", { stream: true }],
    ["in mid-stream of three answers", { stream: true, n: 3, temperature: 1, seed: 1 }],
    ["while it waits for a whole answer", {}],
  ])("%s", async (_, fields) => {
    const { calls, url } = await counted();
    const abort = new AbortController();
    const request = post(`${url}/v1/completions`, { ...body, ...fields }, { signal: abort.signal }).then(
      (answer) => answer.text(),
    );
    request.catch(() => {});
    while (calls.count < 3) await sleep(5);
    expect(await callsAfter(calls, () => abort.abort())).toBeLessThanOrEqual(2);
    await expect(request).rejects.toThrow();
  });

  test("by breaking out of the openai client's loop", async () => {
    const { calls, url } = await counted();
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const stream = await openai.completions.create({ ...body, stream: true });
    let text = "";
    for await (const chunk of stream) {
      text += chunk.choices[0]?.text;
      if (text.length === 4) break;
    }
    expect(text).toBe("0123");
    expect(await callsAfter(calls, () => {})).toBeLessThanOrEqual(2);
  });

  test("while it waits for its turn: nothing is decoded for it, and the next one gets in", async () => {
    const { calls, url } = await counted({ maxConcurrent: 1 });
    const first = post(`${url}/v1/completions`, { ...body, max_tokens: 20 });
    while (calls.count < 1) await sleep(5);
    const abort = new AbortController();
    const second = post(`${url}/v1/completions`, { ...body, max_tokens: 20 }, { signal: abort.signal });
    second.catch(() => {});
    await sleep(30);
    abort.abort();
    const third = await post(`${url}/v1/completions`, { ...body, max_tokens: 20 });
    expect(third.status).toBe(200);
    expect((await first).status).toBe(200);
    expect(calls.count).toBe(40);
  });
});

test("a stream that is killed 200 times leaves no work and no place taken", async () => {
  const server = await counted({ maxConcurrent: 8, maxQueue: 300 });
  const kill = async () => {
    const abort = new AbortController();
    const answer = await post(
      `${server.url}/v1/completions`,
      { ...body, stream: true },
      { signal: abort.signal },
    );
    await answer.body?.getReader().read();
    abort.abort();
  };
  for (let round = 0; round < 25; round++) await Promise.all(Array.from({ length: 8 }, kill));
  await sleep(150);
  await expectIdle(server);
}, 60_000);

test("a reader who stops reading holds nobody up", async () => {
  const { url } = await counted();
  const lazy = await post(`${url}/v1/completions`, { ...body, stream: true });
  const started = performance.now();
  const other = await post(`${url}/v1/completions`, { ...body, max_tokens: 10 });
  expect(((await other.json()) as { choices: { text: string }[] }).choices[0]?.text).toBe(LONG.slice(0, 10));
  expect(performance.now() - started).toBeLessThan(5000);
  await lazy.body?.cancel();
});

test("a server that shuts down tells the streams it gives up", async () => {
  const model = byteModel("tiny", LONG, { delay: 10 });
  const server = await serve([model], { drainTime: 50 });
  const answer = await post(`${server.url}/v1/completions`, { ...body, stream: true });
  const text = answer.text();
  await server.close();
  expect(await text).toContain('"code":"shutting_down"');
});

test("a connection over which nothing was asked holds no shut-down up", async () => {
  const server = await serve([byteModel("tiny", LONG)]);
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  // An answer over another connection: by then the server has taken this one too.
  await fetch(`${server.url}/health`);
  const ended = once(socket, "close");
  await server.close();
  await ended;
});

test("a reader who stops reading holds no shut-down up", async () => {
  const endless = (app: Hono) =>
    app.get("/endless", () => {
      const pull = (stream: ReadableStreamDefaultController) => stream.enqueue(new Uint8Array(2 ** 16));
      return new Response(new ReadableStream({ pull }));
    });
  const server = await serve([byteModel("tiny", LONG)], { drainTime: 50, routes: [endless] });
  const lazy = connect(Number(new URL(server.url).port), "127.0.0.1");
  lazy.write("GET /endless HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
  await once(lazy, "readable");
  const ended = once(lazy, "close");
  await server.close();
  lazy.resume().on("error", () => {});
  await ended;
});
