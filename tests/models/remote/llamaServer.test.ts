import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { howToGetLlamaServer, llamaServer, startLlamaServer } from "../../../bench/serving/llamaServer.mjs";
import { ModelError } from "../../../lib/core/errors.js";
import type { Recipe } from "../../../lib/decoding/index.js";
import { openRemote, type RemoteModel } from "../../../lib/models/remote/index.js";

const PROMPT = "The capital of France is";

describe.skipIf(!llamaServer.installed())(`recipes on llama.cpp's server (${howToGetLlamaServer})`, () => {
  let server: Awaited<ReturnType<typeof startLlamaServer>> | undefined;
  let remote: RemoteModel;
  beforeAll(async () => {
    server = await startLlamaServer({ slots: 4, contextLength: 512 });
    remote = await openRemote(`${server.url}/v1`);
  });
  afterAll(() => server?.stop());

  test("greedy, in pieces as they come", async () => {
    const pieces: string[] = [];
    const recipe = { method: "greedy", maxNewTokens: 12 } as const;
    const [answer] = await remote.generate(PROMPT, recipe, { onText: (text) => pieces.push(text) });
    expect(remote.name).toBe("smollm2");
    expect(answer?.text).toMatch(/^ Paris/);
    expect(answer?.finishReason).toBe("length");
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toBe(answer?.text);
  });

  test("several samples: a seed gives the same again, another one others", async () => {
    const ask = (seed: number, recipe?: Partial<Recipe>) =>
      remote.generate(PROMPT, { method: "sample", seed, maxNewTokens: 16, ...recipe } as Recipe);
    const processors = [
      { type: "temperature", t: 0.9 },
      { type: "topP", p: 0.95 },
    ] as const;
    const first = await ask(3, { processors });
    expect(await ask(3, { processors })).toEqual(first);
    expect(await ask(4, { processors })).not.toEqual(first);
    const several = await ask(3, { numReturnSequences: 3 } as Partial<Recipe>);
    expect(new Set(several.map(({ text }) => text)).size).toBe(3);
  });

  test("a stop string, and a bias that rules a token out", async () => {
    const counting = { method: "greedy", maxNewTokens: 30, stopStrings: ["seven"] } as const;
    const [counted] = await remote.generate("Count: one two three four", counting);
    expect(counted).toEqual({ text: " five six ", finishReason: "stop" });
    const PARIS = 7042;
    const [otherwise] = await remote.generate(PROMPT, {
      method: "greedy",
      maxNewTokens: 4,
      processors: [{ type: "sequenceBias", biases: [[[PARIS], -100]] }],
    });
    expect(otherwise?.text).not.toContain("Paris");
  });

  test("a conversation", async () => {
    const messages = [{ role: "user", content: "Say hello." }];
    const [answer] = await remote.generate(messages, { method: "greedy", maxNewTokens: 12 });
    expect(answer?.text.length).toBeGreaterThan(0);
  });

  test("the likeliest next tokens", async () => {
    const top = await remote.topChoices(PROMPT, 5);
    expect(top.map(({ text }) => text).slice(0, 2)).toEqual([" Paris", " the"]);
    expect(top).toHaveLength(5);
    expect(top[0]?.probability).toBeGreaterThan(0.6);
    expect(top[0]?.probability).toBeCloseTo(Math.exp(top[0]?.logProb as number), 12);
  });

  test("what it refuses is a ModelError with its words, what it has no words for is never sent", async () => {
    const long = remote.generate("a ".repeat(2000), { method: "greedy" });
    await expect(long).rejects.toBeInstanceOf(ModelError);
    await expect(long).rejects.toThrow(/answered 400.*context size/);
    const beam = remote.generate(PROMPT, { method: "beam", numBeams: 2 });
    await expect(beam).rejects.toMatchObject({ name: "OptionError", option: "method" });
  });

  test("an abort stops it", async () => {
    const abort = new AbortController();
    const onText = () => abort.abort(new Error("enough"));
    const asked = remote.generate(
      PROMPT,
      { method: "greedy", maxNewTokens: 300 },
      { signal: abort.signal, onText },
    );
    await expect(asked).rejects.toThrow("enough");
  });
});
