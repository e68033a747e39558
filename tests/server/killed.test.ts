import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { body, counted, expectIdle, sleep } from "./counted.js";

const CLIENT = path.join(import.meta.dirname, "streamingClient.mjs");

/** A process of a real client, killed when its streams have begun. */
async function killedProcess(url: string, streams: number): Promise<void> {
  const child = spawn(process.execPath, [CLIENT, url, String(streams), JSON.stringify(body)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let begun = 0;
  for await (const _ of createInterface({ input: child.stdout }))
    if (++begun === streams) child.kill("SIGKILL");
  await ended;
  expect([begun, child.signalCode]).toEqual([streams, "SIGKILL"]);
}

/** A connection that breaks, by the reset that a crashed machine sends or by closing it, when its stream has begun. */
async function brokenSocket(url: string, reset: boolean): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const content = JSON.stringify({ ...body, stream: true });
  const head = [
    "POST /v1/completions HTTP/1.1",
    `host: ${hostname}`,
    "content-type: application/json",
    `content-length: ${content.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${content}`);
  for (let text = ""; !text.includes("data: "); ) text += (await once(socket, "data"))[0];
  if (reset) socket.resetAndDestroy();
  else socket.destroy();
}

test("200 streams whose clients are killed leave no work and no place taken", async () => {
  const server = await counted({ maxConcurrent: 20, maxQueue: 0 });
  const { url } = server;
  for (let round = 0; round < 5; round++) {
    await Promise.all([killedProcess(url, 10), killedProcess(url, 10)]);
    // No place to wait in: were one of the places still taken, the next request would be sent away.
    await sleep(150);
    await Promise.all(Array.from({ length: 20 }, (_, at) => brokenSocket(url, at % 2 === 0)));
    await sleep(150);
  }
  await expectIdle(server);
}, 60_000);
