import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  type PreTrainedTokenizer,
  type Tensor,
} from "@huggingface/transformers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RebuiltWeights } from "./rebuild.js";
import { distance, TreeSession } from "./treeSession.js";

/** What PyTorch computed; see tests/golden/smollm2/README.md. */
interface Golden {
  tensors: Record<string, string>;
  keptIds: number[];
  texts: { name: string; ids: number[]; rows: GoldenRow[] }[];
  page: { tokens: number; nats: number; perplexity: number };
  tokenizer: { text: string; ids: number[] }[];
  greedy: { prompt: string; ids: number[]; tokens: number[] }[];
}

interface GoldenRow {
  position: number;
  topIds: number[];
  topLogits: number[];
  logits: number[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const models = join(root, "data", "models");
const directory = join(models, "smollm2");
const goldens = join(root, "tests", "golden", "smollm2");
const golden: Golden = JSON.parse(readFileSync(join(goldens, "pytorch.json"), "utf8"));

beforeAll(() => {
  if (existsSync(join(directory, "config.json"))) return;
  throw new Error(`The default model isn't in ${directory}. Run \`npm run setup\`, which converts it.`);
});

const pick = (row: ArrayLike<number>, ids: readonly number[]) => ids.map((id) => row[id]);

function argmax(row: Float32Array): number {
  let best = 0;
  for (let id = 1; id < row.length; id++) if (row[id] > row[best]) best = id;
  return best;
}

describe("weights", () => {
  const layout = { heads: 9, kvHeads: 3, headSize: 64 };
  test.each(["tree_exact.onnx", "tree_fast.onnx", "layers_exact.onnx", "model.onnx", "model_q4.onnx"])(
    "%s holds exactly the numbers that the gguf package reads",
    (graph) => {
      const rebuilt = new RebuiltWeights(directory, graph, layout);
      const wrong = Object.entries(golden.tensors).filter(([name, hash]) =>
        rebuilt.copies(name).some((copy) => fingerprint(copy) !== hash),
      );
      expect(Object.keys(golden.tensors)).toHaveLength(272);
      expect(wrong).toEqual([]);
    },
  );

  function fingerprint(numbers: Float32Array): string {
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0; // no negative zeros
    return createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex").slice(0, 16);
  }
});

describe("exact", () => {
  let session: TreeSession;
  beforeAll(async () => {
    session = await TreeSession.open(directory, "exact");
  });
  beforeEach(() => session.clear());
  afterAll(() => session.session.release());

  test.each(golden.texts)("logits of the $name text are PyTorch's", async ({ ids, rows }) => {
    const logits = await session.append(ids);
    for (const { position, topIds, topLogits, logits: kept } of rows) {
      const row = logits[position];
      expect(argmax(row)).toBe(topIds[0]);
      expect(distance(pick(row, topIds), topLogits)).toBeLessThan(1e-3);
      expect(distance(pick(row, golden.keptIds), kept)).toBeLessThan(1e-3);
    }
  });

  test.each(golden.greedy)("continues $prompt as PyTorch does", async ({ ids, tokens }) => {
    expect(await continueGreedily(session, ids, tokens.length)).toEqual(tokens);
  });

  test("finds a page as likely as PyTorch does", async () => {
    expect(await pagePerplexity(session)).toBeCloseTo(golden.page.perplexity, 2);
  });
});

describe("fast", () => {
  test("finds a page nearly as likely as exact does", async () => {
    const session = await TreeSession.open(directory, "fast");
    const ratio = (await pagePerplexity(session)) / golden.page.perplexity;
    await session.session.release();
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });
});

describe("stock transformers.js", () => {
  let tokenizer: PreTrainedTokenizer;
  beforeAll(async () => {
    env.allowRemoteModels = false;
    env.localModelPath = models;
    tokenizer = await AutoTokenizer.from_pretrained("smollm2");
  });

  test.each(golden.tokenizer)("tokenizes $text as Python does", ({ text, ids }) => {
    expect(tokenizer.encode(text, { add_special_tokens: false })).toEqual(ids);
  });

  test.each(golden.greedy)("generates the same text after $prompt", async ({ prompt, ids, tokens }) => {
    const model = await AutoModelForCausalLM.from_pretrained("smollm2", { dtype: "fp32", device: "cpu" });
    const inputs = tokenizer([prompt], { add_special_tokens: false });
    const output = (await model.generate({
      ...inputs,
      max_new_tokens: tokens.length,
      do_sample: false,
    })) as Tensor;
    expect(output.tolist()[0].map(Number)).toEqual([...ids, ...tokens]);
    await model.dispose();
  });

  test("generates with the fast file", async () => {
    const model = await AutoModelForCausalLM.from_pretrained("smollm2", { dtype: "q4", device: "cpu" });
    const inputs = tokenizer(["The capital of France is"], { add_special_tokens: false });
    const output = (await model.generate({ ...inputs, max_new_tokens: 2, do_sample: false })) as Tensor;
    expect(tokenizer.decode(output.tolist()[0])).toBe("The capital of France is Paris.");
    await model.dispose();
  });
});

async function continueGreedily(
  session: TreeSession,
  prompt: readonly number[],
  count: number,
): Promise<number[]> {
  const tokens: number[] = [];
  let next: readonly number[] = prompt;
  while (tokens.length < count) {
    const logits = await session.append(next);
    tokens.push(argmax(logits[logits.length - 1]));
    next = tokens.slice(-1);
  }
  return tokens;
}

async function pagePerplexity(session: TreeSession): Promise<number> {
  const tokenizer = await AutoTokenizer.from_pretrained(directory);
  const text = readFileSync(join(goldens, "page.txt"), "utf8");
  const ids = tokenizer.encode(text, { add_special_tokens: false });
  expect(ids).toHaveLength(golden.page.tokens);
  const logits = await session.append(ids);
  const nats = ids.slice(1).map((id, i) => logSumExp(logits[i]) - logits[i][id]);
  return Math.exp(nats.reduce((sum, x) => sum + x, 0) / nats.length);
}

function logSumExp(row: Float32Array): number {
  const top = row[argmax(row)];
  let sum = 0;
  for (const x of row) sum += Math.exp(x - top);
  return top + Math.log(sum);
}
