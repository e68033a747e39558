// A real `logitbook serve` for the measurements beside this file.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../../scripts/setup/context.mjs";

const PROGRAM = path.join(PROJECT, "lib/bin/logitbook.mjs");

/**
 * @typedef {object} Served
 * @property {string} url
 * @property {() => number} memory resident bytes
 * @property {() => Promise<number | null>} stop sends SIGTERM, and gives back the exit status
 */

/**
 * Starts the program and waits until it serves.
 * @param {readonly string[]} args
 * @returns {Promise<Served>}
 */
export async function startServer(args) {
  const child = spawn(process.execPath, [PROGRAM, "serve", "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(line.split(" ")[0]));
    child.once("close", (code) => reject(new Error(`the server ended with status ${code} before it served`)));
  });
  return {
    url,
    memory: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/**
 * Streams one completion to its end, and tells when its first token came.
 * @param {string} url
 * @param {{ prompt: string, max_tokens: number, seed?: number }} fields
 * @returns {Promise<{ tokens: number, firstToken: number, text: string }>} seconds
 */
export async function streamOnce(url, fields) {
  // The end tokens of SmolLM2 are ruled out, so that every stream has its full length.
  const body = { logit_bias: { 0: -1e4, 2: -1e4 }, ...fields };
  const { chunks, firstToken } = await streamChunks(`${url}/v1/completions`, body);
  return {
    tokens: chunks.at(-1).usage.completion_tokens,
    firstToken,
    text: chunks.map((chunk) => chunk.choices[0]?.text ?? "").join(""),
  };
}

/**
 * Streams a greedy answer of the default model to its end.
 * @param {string} address of completions or of chat completions
 * @param {object} fields
 * @returns {Promise<{ chunks: any[], firstToken: number }>} seconds; the last chunk holds the usage
 */
export async function streamChunks(address, fields) {
  const started = performance.now();
  const options = { model: "smollm2", stream: true, stream_options: { include_usage: true }, temperature: 0 };
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...options, ...fields }),
  });
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  let firstToken = 0;
  let events = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    if (firstToken === 0) firstToken = (performance.now() - started) / 1000;
    events += decoder.decode(bytes, { stream: true });
  }
  if (!events.trimEnd().endsWith("data: [DONE]"))
    throw new Error(`a stream broke off: ${events.slice(-200)}`);
  const chunks = events
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)));
  const failed = chunks.find((chunk) => chunk.error);
  if (failed) throw new Error(failed.error.message);
  return { chunks, firstToken };
}
