import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ModelError, OptionError } from "../../../lib/core/errors.js";
import { generate, type Recipe } from "../../../lib/decoding/index.js";
import { openRemote } from "../../../lib/models/remote/index.js";
import { byteModel } from "../../server/byteModel.js";
import { serve } from "../../server/support.js";

const SCRIPT = "Grüße, 世界 🌍!";
const generated = { window: "generated" } as const;

/** Recipes that OpenAI's protocol has words for. */
const recipes: Recipe[] = [
  { method: "greedy" },
  { method: "greedy", stopStrings: ["界"], maxNewTokens: 40 },
  { method: "sample", seed: 3, maxNewTokens: 20 },
  { method: "sample", seed: 4, maxNewTokens: 12, numReturnSequences: 3 },
  {
    method: "sample",
    seed: 5,
    maxNewTokens: 25,
    processors: [
      { type: "frequencyPenalty", penalty: 0.5, ...generated },
      { type: "presencePenalty", penalty: 0.2, ...generated },
      { type: "sequenceBias", biases: [[[71], -3]] },
      { type: "temperature", t: 0.7 },
      { type: "topP", p: 0.95 },
    ],
  },
];

describe("recipes on our own server, asked in the protocol's words", () => {
  test.each(recipes.map((recipe) => [JSON.stringify(recipe), recipe] as const))("%s", async (_, recipe) => {
    const open = byteModel("tiny", SCRIPT);
    const { url } = await serve([open]);
    const remote = await openRemote(`${url}/v1/`);
    const pieces: string[] = [];
    const far = await remote.generate("say|", recipe, {
      onText: (text, sequence) => (pieces[sequence] = (pieces[sequence] ?? "") + text),
    });
    const near = await generate(open, "say|", recipe);
    expect(far.map(({ text }) => text)).toEqual(near.sequences.map(({ text }) => text));
    expect(far.map(({ finishReason }) => finishReason)).toEqual(
      near.sequences.map(({ finishReason }) => finishReason),
    );
    expect(pieces).toEqual(far.map(({ text }) => text));
  });

  test("a conversation", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT)]);
    const remote = await openRemote(`${url}/v1`, { model: "tiny" });
    const [answer] = await remote.generate([{ role: "user", content: "say it" }], { method: "greedy" });
    expect(answer).toEqual({ text: SCRIPT, finishReason: "stop" });
  });

  test("any recipe, where the engine takes them as they are", async () => {
    const open = byteModel("tiny", SCRIPT);
    const { url } = await serve([open]);
    const remote = await openRemote(`${url}/v1`, { logitbook: true });
    const recipe = {
      method: "beam",
      numBeams: 3,
      maxNewTokens: 9,
      processors: [{ type: "minP", p: 0.1 }],
    } as const;
    const near = await generate(open, "say|", recipe);
    expect((await remote.generate("say|", recipe)).map(({ text }) => text)).toEqual(
      near.sequences.map(({ text }) => text),
    );
  });

  test("the likeliest next tokens", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT)]);
    const top = await (await openRemote(`${url}/v1`)).topChoices("say|", 3);
    expect(top).toHaveLength(3);
    expect(top[0]?.text).toBe("G");
    expect(top[0]?.probability).toBeCloseTo(0.9, 6);
  });
});

describe("what the protocol has no words for is an error, not a guess", () => {
  test.each<[Recipe, string]>([
    [{ method: "beam", numBeams: 2 }, "method"],
    [{ method: "contrastive", topK: 4, penaltyAlpha: 0.6 } as Recipe, "method"],
    [{ method: "greedy", maxTime: 1 }, "maxTime"],
    [{ method: "greedy", guidance: { scale: 2 } }, "guidance"],
    [{ method: "sample", processors: [{ type: "topK", k: 5 }] }, "processors[0].type"],
    [
      {
        method: "sample",
        processors: [
          { type: "topP", p: 0.9 },
          { type: "temperature", t: 0.5 },
        ],
      },
      "processors[1].type",
    ],
    [{ method: "sample", processors: [{ type: "topP", p: 0.9, rule: "atMost" }] }, "processors[0]"],
    [{ method: "sample", processors: [{ type: "presencePenalty", penalty: 1 }] }, "processors[0].window"],
    [
      { method: "sample", processors: [{ type: "sequenceBias", biases: [[[1, 2], 1]] }] },
      "processors[0].biases",
    ],
  ])("%j", async (recipe, option) => {
    const { url } = await serve([byteModel("tiny", SCRIPT)]);
    const remote = await openRemote(`${url}/v1`);
    await expect(remote.generate("say|", recipe)).rejects.toMatchObject({ name: "OptionError", option });
  });

  test("more candidates than engines tell", async () => {
    const { url } = await serve([byteModel("tiny", SCRIPT)]);
    await expect((await openRemote(`${url}/v1`)).topChoices("say|", 21)).rejects.toBeInstanceOf(OptionError);
  });
});

describe("trouble with the engine", () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => void server.close()));

  /** An engine that lists one model and answers everything else with this. */
  async function engine(status: number, body: string): Promise<string> {
    const server = createServer((request, response) => {
      const list = request.url === "/v1/models";
      response.writeHead(list ? 200 : status).end(list ? '{"data":[{"id":"m"}]}' : body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  test.each([
    [500, '{"error":{"message":"out of memory"}}', "it answered 500: out of memory"],
    [422, '{"detail":[{"msg":"bad"}]}', '[{"msg":"bad"}]'],
    [502, "<html>", "it answered 502: <html>"],
    [200, "data: {}\n\n", "broke off"],
    [200, "data: nonsense\n\n", "no event of the protocol: nonsense"],
    [200, 'data: {"error":{"message":"mid-stream"}}\n\n', "the engine failed: mid-stream"],
  ])("%i %s", async (status, body, message) => {
    const remote = await openRemote(await engine(status, body));
    const failed = remote.generate("a", { method: "greedy" });
    await expect(failed).rejects.toBeInstanceOf(ModelError);
    await expect(failed).rejects.toThrow(message);
  });

  test("log-probabilities in chat's shape, as llama.cpp's server tells them, are read; none at all are an error", async () => {
    const told = [
      { token: " b", logprob: -1 },
      { token: " a", logprob: -0.5 },
    ];
    const answer = (logprobs: object | null) => engine(200, JSON.stringify({ choices: [{ logprobs }] }));
    const remote = await openRemote(await answer({ content: [{ top_logprobs: told }] }));
    const top = await remote.topChoices("x", 2);
    expect(top.map(({ text, logProb }) => [text, logProb])).toEqual([
      [" a", -0.5],
      [" b", -1],
    ]);
    const silent = await openRemote(await answer(null));
    await expect(silent.topChoices("x", 2)).rejects.toThrow("it tells no log-probabilities");
  });

  test("nobody there, another model, an address that is none", async () => {
    await expect(openRemote("http://127.0.0.1:9/v1")).rejects.toThrow("is it running?");
    await expect(openRemote("nowhere")).rejects.toThrow("an address such as");
    const { url } = await serve([byteModel("a", "a"), byteModel("b", "b")]);
    await expect(openRemote(`${url}/v1`)).rejects.toThrow("one of the engine's: a, b");
    await expect(openRemote(`${url}/v1`, { model: "c" })).rejects.toThrow("one of the engine's: a, b");
    const empty = createServer((_, response) => response.end("{}"));
    servers.push(empty);
    await new Promise<void>((resolve) => empty.listen(0, "127.0.0.1", resolve));
    const { port } = empty.address() as AddressInfo;
    await expect(openRemote(`http://127.0.0.1:${port}`)).rejects.toThrow(
      "it lists no model: is it an engine's base address, up to /v1?",
    );
  });

  test("an abort stops it", async () => {
    const { url } = await serve([byteModel("tiny", "x".repeat(300), { delay: 10 })]);
    const remote = await openRemote(`${url}/v1`);
    const abort = new AbortController();
    const asked = remote.generate(
      "say|",
      { method: "greedy", maxNewTokens: 200 },
      {
        signal: abort.signal,
        onText: () => abort.abort(new Error("enough")),
      },
    );
    await expect(asked).rejects.toThrow("enough");
  });
});
