import { expect, test } from "vitest";
import * as logitbook from "../lib/index.js";
import { OptionError } from "../lib/index.js";
import { createApp, ModelPool, startServer } from "../lib/server/index.js";

const open = logitbook.beamExample();
const { model, tokenizer } = open;
const data = { tokens: Int32Array.of(1, 2, 3), starts: Int32Array.of(0, 3), endToken: undefined };
const batches = { batchSize: 1, length: 1, seed: 0 };
const greedy = { method: "greedy" } as const;
const beam = { method: "beam", numBeams: 2 } as const;
const limits = { maxNewTokens: 2 };
const corpus = { name: "x" } as logitbook.Corpus;
const unread = {} as never;
const pool = new ModelPool({ models: { a: { open: async () => open } } });
const chat = new logitbook.Conversation().ask("?");

/** Every function of the library that takes options, called with one whose name is misspelt. */
const calls: Record<string, (options: never) => unknown> = {
  asLanguageModel: (options) => logitbook.asLanguageModel(unread, unread, options),
  barChart: (options) => logitbook.barChart(options),
  beamSearch: (options) => logitbook.beamSearch(model, [0], options).next(),
  chatPage: (options) => logitbook.chatPage(open, options),
  chatPrompt: (options) => logitbook.chatPrompt(open, chat, options),
  compare: (options) => logitbook.compare(open, "<bos>", [greedy], options),
  contiguousStreams: (options) => logitbook.contiguousStreams(data, options),
  contrastiveSearch: (options) => logitbook.contrastiveSearch(model, [0], options).next(),
  Conversation: (options) => new logitbook.Conversation(options),
  corpusStatistics: (options) => logitbook.corpusStatistics(corpus, options),
  createApp: (options) => createApp(options),
  createPlayground: (options) => logitbook.createPlayground(options),
  createStep: (options) => logitbook.createStep(unread, unread, { type: "adam" }, options),
  decode: (options) => logitbook.decode(model, [0], options).next(),
  decodeRecipe: (options) => logitbook.decodeRecipe(model, tokenizer, [0], greedy, options).next(),
  detectWatermark: (options) => logitbook.detectWatermark([0, 1, 2], options),
  display: (options) => logitbook.display({ "text/plain": "" }, options),
  diverseBeamSearch: (options) => logitbook.diverseBeamSearch(model, [0], options).next(),
  documentCrops: (options) => logitbook.documentCrops(data, options),
  earlyStoppedBeamSearch: (options) => logitbook.earlyStoppedBeamSearch(model, [0], options).next(),
  encodeDocuments: (options) => logitbook.encodeDocuments([], tokenizer, options),
  evaluateModel: (options) => logitbook.evaluateModel(open, [], options),
  generate: (options) => logitbook.generate(open, "<bos>", greedy, options),
  lineChart: (options) => logitbook.lineChart(options),
  measureSequences: (options) => logitbook.measureSequences(open, [0], [], options),
  ModelPool: (options) => new ModelPool(options),
  openBackend: (options) => logitbook.openBackend(options),
  openCorpus: (options) => logitbook.openCorpus("moby-dick", options),
  openModel: (options) => logitbook.openModel("smollm2", options),
  openRemote: (options) => logitbook.openRemote("http://127.0.0.1:1/v1", options),
  parseRunConfig: (options) => logitbook.parseRunConfig("out: a", options),
  parseSamplingConfig: (options) => logitbook.parseSamplingConfig("auto: 1", options),
  plot: (options) => logitbook.plot({ data: [], layout: {} }, options),
  progress: (options) => logitbook.progress(1, "a", options),
  randomWindows: (options) => logitbook.randomWindows(data, options),
  reply: (options) => logitbook.reply(open, chat, greedy, options),
  replyStream: (options) => logitbook.replyStream(open, chat, greedy, options).next(),
  show: (options) => logitbook.show([{ a: 1 }], options),
  shuffledWindows: (options) => logitbook.shuffledWindows(data, options),
  splitCorpus: (options) => logitbook.splitCorpus(corpus, options),
  startServer: (options) => startServer(options),
  tableModel: (options) => logitbook.tableModel(options),
  tableTokenizer: (options) => logitbook.tableTokenizer(options),
  topK: (options) => logitbook.topK(1, options),
  trace: (options) => logitbook.trace(open, "<bos>", greedy, options),
  traceSteps: (options) => logitbook.traceSteps(open, "<bos>", greedy, options).next(),
  traceTree: (options) => logitbook.traceTree(open, "<bos>", beam, options),
  train: (options) => logitbook.train(unread, options).next(),
  trainBpeTokenizer: (options) => logitbook.trainBpeTokenizer([], options),
  trainTokenizer: (options) => logitbook.trainTokenizer([], { kind: "bpe", ...(options as object) }),
  trainWordTokenizer: (options) => logitbook.trainWordTokenizer([], options),
  treeChart: (options) => logitbook.treeChart(unread, options),
  treeSteps: (options) => logitbook.treeSteps(open, "<bos>", beam, options).next(),
  watchTraining: (options) => logitbook.watchTraining(unread, options),
};

/** What they can't do without, so that the misspelt option is the only mistake. */
const needed: Readonly<Record<string, object>> = {
  barChart: { title: "", labels: [], values: [], valueTitle: "" },
  beamSearch: { ...limits, numBeams: 2 },
  contiguousStreams: batches,
  contrastiveSearch: { ...limits, topK: 2, penaltyAlpha: 0.5 },
  createApp: { pool },
  decode: limits,
  detectWatermark: { vocabSize: 6 },
  diverseBeamSearch: { ...limits, numBeams: 2, numBeamGroups: 1, diversityPenalty: 0 },
  documentCrops: { ...batches, crop: "start" },
  earlyStoppedBeamSearch: { ...limits, numBeams: 2 },
  lineChart: { title: "", xTitle: "", yTitle: "", lines: [] },
  ModelPool: { models: {} },
  randomWindows: batches,
  shuffledWindows: batches,
  startServer: { pool },
  tableModel: { vocabSize: 2 },
  tableTokenizer: { tokens: ["a"] },
};

test.each(Object.keys(calls))("%s refuses an option that it doesn't have", async (name) => {
  const call = calls[name] as (options: object) => unknown;
  const failure = await (async () => call({ ...needed[name], misspelt: 1 }))().catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(OptionError);
  expect((failure as Error).message).toMatch(/misspelt` must be a known (option|field)/);
});

test.each([
  ["openModel", { percision: "fast" }, "precision"],
  ["compare", { sead: 3 }, "seed"],
  ["trace", { tpo: 3 }, "top"],
  ["generate", { singal: undefined }, "signal"],
  ["decode", { ...limits, stopTokes: [1] }, "stopTokens"],
  ["Conversation", { sytem: "Be brief." }, "system"],
  ["reply", { onTxt: () => {} }, "onText"],
  ["createPlayground", { corpara: {} }, "corpora"],
])("%s guesses what %j was meant to be", async (name, options, guess) => {
  const call = calls[name] as (options: object) => unknown;
  const failure = await (async () => call(options))().catch((error: unknown) => error);
  expect((failure as Error).message).toContain(`(did you mean \`${guess}\`?)`);
});

test.each([null, 5, "fast", [1]])("options that are %j are refused", async (options) => {
  await expect(logitbook.trace(open, "<bos>", greedy, options as never)).rejects.toThrow(
    "`options` must be an object with any of signal, draft, picks, stopWhen, clock, top, but is",
  );
});

test.each([5, null, undefined, { text: "a" }])(
  "a prompt that is %j is refused by its rule",
  async (prompt) => {
    const text = /^`prompt` must be a text \(`decodeRecipe` and `trace` take tokens\), but is /;
    await expect(logitbook.generate(open, prompt as never, greedy)).rejects.toThrow(text);
    await expect(logitbook.compare(open, prompt as never, [greedy])).rejects.toThrow(text);
    const either = /^`prompt` must be a text or a list of token ids, but is /;
    await expect(logitbook.trace(open, prompt as never, greedy)).rejects.toThrow(either);
    await expect(logitbook.traceTree(open, prompt as never, beam)).rejects.toThrow(either);
    await expect(logitbook.decodeRecipe(model, tokenizer, prompt as never, greedy).next()).rejects.toThrow(
      /^the prompt must be a list of token ids, but is /,
    );
  },
);

test.each([[open], ["smollm2"]])("a draft that is no language model is refused", async (draft) => {
  await expect(
    logitbook.generate(open, "<bos>", { method: "speculative" }, { draft: draft as never }),
  ).rejects.toThrow(/^`draft` must be a language model, such as the `model` of an opened one, but is /);
});
