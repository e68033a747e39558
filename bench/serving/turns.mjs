// node bench/serving/turns.mjs [--rounds N]: seconds from the second question of a chat to the first token of its answer,
// by a server that has answered the first one, and by the same server under a system prompt that it has not seen, in turn
// within each round; as ratios, for a short and a long system prompt.
import { parseArgs } from "node:util";
import { wholeNumber } from "../numbers.mjs";
import { median, pairedRatio } from "../statistics.mjs";
import { startServer, streamChunks } from "./server.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const rounds = wholeNumber("rounds", values.rounds);

const SENTENCE = "You know all ships of this harbour, and the sea. ";
const QUESTIONS = [
  "Which ship leaves the harbour first in the morning, and where does it go?",
  "And the last one?",
];

for (const precision of ["exact", "fast"]) {
  const server = await startServer(["--precision", precision]);
  try {
    // The first request opens the model, which is not what is measured.
    await ask(server.url, [user(QUESTIONS[1])], 1);
    for (const sentences of [1, 30]) await compare(precision, sentences, server.url);
  } finally {
    await server.stop();
  }
}

/** @typedef {{ role: string, content: string | undefined }} Message */

/** @param {string} precision @param {number} sentences of the system prompt @param {string} url */
async function compare(precision, sentences, url) {
  const seconds = { second: /** @type {number[]} */ ([]), cold: /** @type {number[]} */ ([]) };
  let [tokens, cached] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    /** @param {string} name */
    const system = (name) => ({ role: "system", content: `${name} ${round}. ${SENTENCE.repeat(sentences)}` });
    const question = user(QUESTIONS[0]);
    const answer = await ask(url, [system("Old"), question], 48);
    const turns = [question, { role: "assistant", content: answer.text }, user(QUESTIONS[1])];
    const second = () => ask(url, [system("Old"), ...turns], 1);
    const cold = () => ask(url, [system("New"), ...turns], 1);
    // Whoever comes first in a round comes second in the next.
    const inTurn =
      round % 2 === 0 ? [await second(), await cold()] : [await cold(), await second()].reverse();
    seconds.second.push(inTurn[0].firstToken);
    seconds.cold.push(inTurn[1].firstToken);
    [tokens, cached] = [inTurn[0].tokens, inTurn[0].cached];
    if (inTurn[1].cached > 20) throw new Error(`${inTurn[1].cached} tokens of the cold prompt were cached`);
  }
  const ratio = pairedRatio(seconds.cold, seconds.second);
  const [second, cold] = [seconds.second, seconds.cold].map((times) => (1000 * median(times)).toFixed(0));
  console.log(
    `${precision}, prompt of ${tokens} tokens, ${cached} cached: ${second} ms to the first token of the second turn, ` +
      `${cold} ms cold; median of the ratios ${ratio.median.toFixed(2)} over ${rounds} rounds`,
  );
}

/** @param {string | undefined} content @returns {Message} */
function user(content) {
  return { role: "user", content };
}

/**
 * @param {string} url @param {readonly Message[]} messages @param {number} length
 * @returns {Promise<{ text: string, firstToken: number, tokens: number, cached: number }>} seconds; tokens of the prompt
 */
async function ask(url, messages, length) {
  const fields = { messages, max_tokens: length };
  const { chunks, firstToken } = await streamChunks(`${url}/v1/chat/completions`, fields);
  const { prompt_tokens: tokens, prompt_tokens_details: details } = chunks.at(-1).usage;
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  return { text, firstToken, tokens, cached: details.cached_tokens };
}
