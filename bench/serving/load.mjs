// node bench/serving/load.mjs [--streams 64] [--seconds 60]: so many streams at once for so long, against a real server
// that decodes 16 and queues the rest. Fails where an answer is lost or cut, the same prompt gets another answer, or
// memory has grown by more than a tenth since there were as many answers as streams, and a third of the time was over:
// until then the cache of prompts fills.
import { parseArgs } from "node:util";
import { wholeNumber } from "../numbers.mjs";
import { startServer, streamOnce } from "./server.mjs";

const { values } = parseArgs({
  options: { streams: { type: "string", default: "64" }, seconds: { type: "string", default: "60" } },
});
const streams = wholeNumber("streams", values.streams);
const seconds = wholeNumber("seconds", values.seconds);
const end = performance.now() + 1000 * seconds;
const third = end - (2000 * seconds) / 3;

const server = await startServer(["--max-concurrent", "16", "--max-queue", String(streams)]);
/** @type {Map<string, string>} */
const answers = new Map();
const memory = { settled: 0, end: 0 };
let finished = 0;
let tokens = 0;
const first = [];
const timer = setInterval(() => {
  if (memory.settled === 0 && performance.now() > third && finished >= streams)
    memory.settled = server.memory();
}, 200);
try {
  await Promise.all(Array.from({ length: streams }, (_, at) => keepAsking(at)));
} finally {
  clearInterval(timer);
}
memory.end = server.memory();
const metrics = await (await fetch(`${server.url}/metrics`)).text();
const left = Number(/^logitbook_requests_running (\d+)/m.exec(metrics)?.[1]);
const status = await server.stop();
first.sort((a, b) => a - b);
const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);
console.log(`${finished} answers of ${streams} streams, ${tokens} tokens, none lost`);
console.log(
  `first token after ${first[first.length >> 1]?.toFixed(2)} s (median), ${first.at(-1)?.toFixed(2)} s at most`,
);
console.log(
  `memory ${megabytes(memory.settled)} MB when it had settled, ${megabytes(memory.end)} MB at the end`,
);
if (left !== 0) throw new Error(`${left} requests still run`);
if (status !== 0) throw new Error(`the server ended with status ${status}`);
if (memory.settled === 0)
  throw new Error("too few answers to tell whether memory grows: give more --seconds");
if (memory.end > 1.1 * memory.settled) throw new Error("memory has grown");

/** @param {number} at */
async function keepAsking(at) {
  for (let turn = 0; performance.now() < end; turn++) {
    const prompt = `Story ${(at + turn) % 24}. ${"Once upon a time there was a king. ".repeat(1 + ((at + turn) % 24) / 4)}`;
    const answer = await streamOnce(server.url, { prompt, max_tokens: 8 });
    const before = answers.get(prompt) ?? answer.text;
    if (answer.tokens !== 8 || answer.text !== before) {
      throw new Error(`“${prompt.slice(0, 12)}” was answered otherwise: ${answer.text} | ${before}`);
    }
    answers.set(prompt, before);
    finished++;
    tokens += answer.tokens;
    first.push(answer.firstToken);
  }
}
