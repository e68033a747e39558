import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { eventStream, type ServerEvent } from "../../lib/server/sse.js";
import { byteModel } from "./byteModel.js";
import { body, sleep } from "./counted.js";
import { post, serve } from "./support.js";

const MEGABYTE = "x".repeat(2 ** 20);

/** Events of a megabyte each, and what became of them. */
function megabytes(count: number) {
  const seen = { made: 0, ended: false };
  async function* events(): AsyncGenerator<ServerEvent> {
    try {
      while (seen.made < count) {
        seen.made++;
        yield { data: MEGABYTE };
        await sleep(0);
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, events: events() };
}

async function streamOf(events: AsyncGenerator<ServerEvent>, stallTime: number): Promise<Response> {
  const context = { stallTime, onError() {}, now: () => performance.now() };
  return eventStream(events, { abort: new AbortController(), context });
}

describe("events run ahead of their reader", () => {
  test("to their end, though nobody reads", async () => {
    const { seen, events } = megabytes(10);
    await streamOf(events, 60_000);
    await expect.poll(() => seen).toEqual({ made: 10, ended: true });
  });

  test("no further than the room there is, and end with an error once they waited too long in all", async () => {
    const { seen, events } = megabytes(1000);
    const answer = await streamOf(events, 200);
    await expect.poll(() => seen.made).toBe(16);
    expect(seen.ended).toBe(false);
    const reader = answer.body?.getReader();
    // One event now and then is no haste: the pauses add up.
    for (let reads = 0; reads < 3; reads++) {
      await sleep(50);
      await reader?.read();
    }
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.made).toBeLessThan(20);
    let text = "";
    for (;;) {
      const { done, value } = (await reader?.read()) ?? {};
      if (done) break;
      text = new TextDecoder().decode(value);
    }
    expect(text).toContain('"code":"reader_too_slow"');
  });

  test("to the end of a long answer whose reader keeps up", async () => {
    const { seen, events } = megabytes(60);
    const text = await (await streamOf(events, 10_000)).text();
    expect(seen).toEqual({ made: 60, ended: true });
    expect(text).not.toContain("error");
  });
});

/** A connection that asks for something and never reads of it. */
function neverReads(url: string, fields: object, route = "/v1/completions"): Socket {
  const { hostname, port } = new URL(url);
  const content = JSON.stringify({ ...body, ...fields });
  const head = [
    `POST ${route} HTTP/1.1`,
    `host: ${hostname}`,
    "content-type: application/json",
    `content-length: ${content.length}`,
  ];
  const socket = connect({ host: hostname, port: Number(port) });
  socket.pause().write(`${head.join("\r\n")}\r\n\r\n${content}`);
  return socket.on("error", () => {});
}

/** What a connection still brings until it is closed. */
async function rest(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece) => pieces.push(piece)).resume();
  await once(socket, "close");
  return Buffer.concat(pieces).toString();
}

test("clients that never read are cut off, and others get their places", async () => {
  // Of this answer, some 50 MB, the system's buffers and the server's hold a part.
  const model = byteModel("tiny", "0123456789".repeat(200), { contextLength: 4096 });
  const { url } = await serve([model], { maxConcurrent: 2, maxQueue: 0, stallTime: 300 });
  const traced = { stream: true, n: 2, temperature: 1, max_tokens: 600, logitbook: { trace: { top: 250 } } };
  const lazy = [neverReads(url, traced), neverReads(url, traced)];
  const ask = async () => (await post(`${url}/v1/completions`, { ...body, max_tokens: 5 })).status;
  await expect.poll(ask).toBe(429);
  await expect.poll(ask, { timeout: 20_000, interval: 100 }).toBe(200);
  // Who reads on now sees that the connection ends in the middle of the answer.
  const rests = await Promise.all(lazy.map(rest));
  for (const text of rests) expect(text.slice(-1000)).not.toMatch(/DONE|too_slow/);
}, 60_000);

test("a client that never reads is cut off also where its answer was long in coming", async () => {
  const late = (app: Hono) =>
    app.post("/late", async (c) => {
      await sleep(700);
      return c.text("x".repeat(30e6));
    });
  const { url } = await serve([byteModel("tiny", "x")], { stallTime: 200, routes: [late] });
  const lazy = neverReads(url, {}, "/late");
  await sleep(1500);
  expect((await rest(lazy)).length).toBeLessThan(30e6);
});

test("a client that reads little by little gets all of its answer", async () => {
  const large = (app: Hono) => app.get("/large", (c) => c.text("x".repeat(30e6)));
  const { url } = await serve([byteModel("tiny", "x")], { stallTime: 1500, routes: [large] });
  const answer = await fetch(`${url}/large`);
  const reader = answer.body?.getReader();
  const started = performance.now();
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? {};
    if (done !== false) break;
    length += value.length;
    // For twice as long as the server waits for one that takes nothing.
    if (performance.now() - started < 3000) await sleep(10);
  }
  expect(length).toBe(30e6);
});

test("a client that waits long for its answer is no slow reader", async () => {
  const { url } = await serve([byteModel("tiny", "0123456789", { delay: 40 })], { stallTime: 100 });
  const answer = await post(`${url}/v1/completions`, { ...body, max_tokens: 10 });
  expect(await answer.json()).toMatchObject({ choices: [{ text: "0123456789" }] });
});

test("a server is told how long it waits by a number above 0", async () => {
  await expect(serve([byteModel("tiny", "x")], { stallTime: 0 })).rejects.toThrow("`stallTime`");
});
