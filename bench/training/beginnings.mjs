// node bench/training/beginnings.mjs RUN [--tokens 64]: how well a run's best checkpoint predicts the beginning of each
// document that was kept from its training, in nats per token, counted in both ways that a beginning can be: tokens 2 to
// N + 1 from an empty state, and tokens 1 to N after an end of text. For comparisons with tutorials that cut documents.
import { parseArgs } from "node:util";
import { logSoftmax, openCorpus, openModel, readRun, splitCorpus } from "logitbook";
import { wholeNumber } from "../numbers.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tokens: { type: "string", default: "64" } },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write("usage: node bench/training/beginnings.mjs RUN [--tokens 64]\n");
  process.exit(2);
}
const count = wholeNumber("tokens", values.tokens);

const { config, progress } = await readRun(folder);
const { source, validation, ...reading } = config.corpus;
const options = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== null));
const parts = await splitCorpus(await openCorpus(source, options), { validation, seed: config.seed });
const { model, tokenizer } = await openModel(folder);

/**
 * Nats of all of `next`, one after each of `read`.
 * @param {number[]} read
 * @param {number[]} next
 */
async function natsOf(read, next) {
  const rows = await model.allLogits(read);
  return next.reduce((sum, token, i) => sum - logSoftmax(rows[i])[token], 0);
}

/** @type {Record<string, { nats: number, tokens: number }>} */
const counts = {
  [`tokens 2 to ${count + 1} from an empty state`]: { nats: 0, tokens: 0 },
  [`tokens 1 to ${count} after an end of text`]: { nats: 0, tokens: 0 },
};
const [fromEmpty, afterEnd] = Object.values(counts);
for await (const text of parts.validation.texts()) {
  const tokens = tokenizer.encode(text).slice(0, count + 1);
  const [first, rest] = [tokens.slice(0, count), tokens.slice(1)];
  fromEmpty.nats += await natsOf(first.slice(0, rest.length), rest);
  fromEmpty.tokens += rest.length;
  afterEnd.nats += await natsOf([tokenizer.endTokens[0], ...first.slice(0, -1)], first);
  afterEnd.tokens += first.length;
}
await model.dispose();
console.log(`${folder}, step ${progress?.best?.step}, ${parts.validation.documents} documents:`);
for (const [name, { nats, tokens }] of Object.entries(counts))
  console.log(`  ${name}: ${(nats / tokens).toFixed(3)} nats`);
