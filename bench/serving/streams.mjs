// node bench/serving/streams.mjs [--rounds N] [--tokens N]: tokens per second of a server for 1, 4 and 16 streams of
// mixed prompt lengths, one after the other in each round, as ratios to a single stream.
import { parseArgs } from "node:util";
import { median, pairedRatio } from "../statistics.mjs";
import { startServer, streamOnce } from "./server.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, tokens: { type: "string", default: "48" } },
});
const rounds = Number(values.rounds);
const tokens = Number(values.tokens);

const SENTENCE = "The ship left the harbour in the morning, and the sea was calm. ";
/** Prompts of about 15 to 470 tokens. */
const LENGTHS = [1, 6, 15, 30];

for (const precision of ["exact", "fast"]) {
  const server = await startServer(["--precision", precision, "--max-concurrent", "16"]);
  try {
    /** @type {Record<number, number[]>} */
    const speeds = { 1: [], 4: [], 16: [] };
    for (let round = 0; round < rounds; round++) {
      speeds[1].push(await single(server.url, round));
      for (const count of [4, 16]) speeds[count].push(await together(server.url, count, `${round} ${count}`));
    }
    console.log(`${precision}: tokens per second, median of ${rounds} rounds; ratio to one stream`);
    for (const [count, measured] of Object.entries(speeds)) {
      const ratio = pairedRatio(measured, speeds[1]);
      console.log(
        `${count.padStart(4)}  ${median(measured).toFixed(1).padStart(7)}  ${ratio.median.toFixed(2)}`,
      );
    }
  } finally {
    await server.stop();
  }
}

/** One stream at a time, each length once. @param {string} url @param {number} round */
async function single(url, round) {
  const started = performance.now();
  let count = 0;
  for (const [at, length] of LENGTHS.entries()) {
    count += (await streamOnce(url, fields(length, `${round} alone ${at}`))).tokens;
  }
  return (1000 * count) / (performance.now() - started);
}

/** @param {string} url @param {number} streams @param {string} name */
async function together(url, streams, name) {
  const started = performance.now();
  const all = Array.from({ length: streams }, (_, at) =>
    streamOnce(url, fields(LENGTHS[at % LENGTHS.length], `${name} ${at}`)),
  );
  const count = (await Promise.all(all)).reduce((sum, stream) => sum + stream.tokens, 0);
  return (1000 * count) / (performance.now() - started);
}

/** A prompt that no cache knows. @param {number} sentences @param {string} name */
function fields(sentences, name) {
  return { prompt: `${name}. ${SENTENCE.repeat(sentences)}`, max_tokens: tokens };
}
