// node bench/serving/streams.mjs [--rounds N] [--tokens N] [--streams 1,4,16] [--warm] [--with llama-server] [--alone]:
// tokens per second of a server for so many streams of mixed prompt lengths, one after the other in each round, as ratios
// to a single stream; and beside llama.cpp's server, brought by --with, on the same weights in the same rounds. Two
// servers hold each other up, even while one of them waits: --alone measures ours without the other. Reading the prompts
// is part of the time: with more tokens it counts for less, and with --warm it is done before, so that all is decoding.
import { parseArgs } from "node:util";
import { createContext } from "../../scripts/setup/context.mjs";
import { Progress } from "../../scripts/setup/progress.mjs";
import { runSteps } from "../../scripts/setup/runner.mjs";
import { pythonEnvironment } from "../../scripts/setup/steps/python-environment.mjs";
import { wholeNumber } from "../numbers.mjs";
import { median, pairedRatio } from "../statistics.mjs";
import { weights } from "../tools.mjs";
import { llamaServer, startLlamaServer } from "./llamaServer.mjs";
import { startServer, streamOnce } from "./server.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    tokens: { type: "string", default: "48" },
    streams: { type: "string", default: "1,4,16" },
    warm: { type: "boolean", default: false },
    alone: { type: "boolean", default: false },
    with: { type: "string" },
  },
});
const rounds = wholeNumber("rounds", values.rounds);
const tokens = wholeNumber("tokens", values.tokens);
/** A single stream is what the others are compared with. */
const COUNTS = [...new Set([1, ...values.streams.split(",").map((count) => wholeNumber("streams", count))])];

const SENTENCE = "The ship left the harbour in the morning, and the sea was calm. ";
/** Prompts of about 15 to 470 tokens. */
const LENGTHS = [1, 6, 15, 30];

if (values.with !== undefined) {
  if (values.with !== "llama-server") throw new RangeError(`--with knows llama-server, not ${values.with}`);
  const context = createContext();
  await pythonEnvironment.prepare?.(context);
  await runSteps([weights.step, llamaServer.step], context, new Progress());
}

for (const precision of ["exact", "fast"]) {
  /** @type {Map<string, { url: string, stop: () => Promise<unknown> }>} */
  const servers = new Map();
  try {
    servers.set("logitbook", await startServer(["--precision", precision, "--max-concurrent", "16"]));
    if (!values.alone && llamaServer.installed())
      servers.set("llama.cpp", await startLlamaServer({ slots: 16, contextLength: 1024 }));
    // The first request opens the model, which is not what is measured.
    for (const { url } of servers.values()) await streamOnce(url, fields(1, "warm-up"));
    await compare(precision, servers);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}

/** @param {string} precision @param {ReadonlyMap<string, { url: string }>} servers */
async function compare(precision, servers) {
  /** @type {Record<string, number[]>} */
  const speeds = {};
  for (let round = 0; round < rounds; round++) {
    for (const count of COUNTS) {
      for (const [name, { url }] of servers) {
        const speed = await (count === 1 ? single(url, round) : together(url, count, `${round} ${count}`));
        speeds[`${name} ${count}`] ??= [];
        speeds[`${name} ${count}`]?.push(speed);
      }
    }
  }
  console.log(
    `${precision}: tokens per second, median of ${rounds} rounds; ratio to one stream, to logitbook`,
  );
  for (const [label, measured] of Object.entries(speeds)) {
    const [name, count] = label.split(" ");
    const alone = pairedRatio(measured, speeds[`${name} 1`] ?? []).median.toFixed(2);
    const beside = pairedRatio(measured, speeds[`logitbook ${count}`] ?? []).median.toFixed(2);
    console.log(`${label.padEnd(14)} ${median(measured).toFixed(1).padStart(7)}  ${alone}  ${beside}`);
  }
}

/** One stream at a time, each length once. @param {string} url @param {number} round */
async function single(url, round) {
  const all = LENGTHS.map((length, at) => fields(length, `${round} alone ${at}`));
  await warm(url, all);
  const started = performance.now();
  let count = 0;
  for (const request of all) count += (await streamOnce(url, request)).tokens;
  return (1000 * count) / (performance.now() - started);
}

/** @param {string} url @param {number} streams @param {string} name */
async function together(url, streams, name) {
  const all = Array.from({ length: streams }, (_, at) =>
    fields(LENGTHS[at % LENGTHS.length], `${name} ${at}`),
  );
  await warm(url, all);
  const started = performance.now();
  const streamed = await Promise.all(all.map((request) => streamOnce(url, request)));
  const count = streamed.reduce((sum, stream) => sum + stream.tokens, 0);
  return (1000 * count) / (performance.now() - started);
}

/** Has the server read the prompts, if that is not to be measured. @param {string} url @param {ReturnType<typeof fields>[]} all */
async function warm(url, all) {
  if (!values.warm) return;
  for (const request of all) await streamOnce(url, { ...request, max_tokens: 1 });
}

/** A prompt that no cache knows. @param {number} sentences @param {string} name */
function fields(sentences, name) {
  return { prompt: `${name}. ${SENTENCE.repeat(sentences)}`, max_tokens: tokens };
}
