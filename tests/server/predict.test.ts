import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

const models = () => [byteModel("reviews", "good."), byteModel("other", "bad.")];
const greedy = { predictRecipe: { method: "greedy" } } as const;

describe("POST /predict in EIR's shape", () => {
  test("continues each prompt under its own name, in order", async () => {
    const { url } = await serve(models(), greedy);
    const answer = await post(`${url}/predict`, [
      { reviews: "It was |" },
      { other: "It was |" },
      { reviews: "|go" },
    ]);
    expect(await answer.json()).toEqual({
      result: [{ reviews: "It was |good." }, { other: "It was |bad." }, { reviews: "|good." }],
    });
  });

  test("an empty prompt begins a text", async () => {
    const { url } = await serve(models(), greedy);
    const answer = (await (await post(`${url}/predict`, [{ reviews: "" }])).json()) as { result: unknown[] };
    expect(answer.result).toHaveLength(1);
  });

  test("the metrics count its tokens", async () => {
    const { url } = await serve(models(), greedy);
    await post(`${url}/predict`, [{ reviews: "It was |" }]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counted = (kind: string) =>
      Number(new RegExp(`tokens_total\\{model="reviews",kind="${kind}"\\} (\\d+)`).exec(metrics)?.[1]);
    expect(counted("prompt")).toBe("It was |".length);
    expect(counted("generated")).toBeGreaterThanOrEqual("good.".length);
    expect(metrics).toMatch(/first_token_seconds_count\{model="reviews"\} 1/);
  });

  test("the same request is answered the same", async () => {
    const { url } = await serve(models());
    const ask = async () => (await post(`${url}/predict`, [{ reviews: "A|" }])).text();
    expect(await ask()).toBe(await ask());
  });

  test.each([
    [{ reviews: "x" }, null, "must be a list"],
    [[], null, "must be a list"],
    [[{ reviews: "x" }, { nobody: "x" }], "[1].nobody", "reviews, other"],
    [[{ reviews: 3 }], "[0]", "one text"],
    [[{}], "[0]", "one text"],
    [[{ reviews: "x", other: "y" }], "[0]", "one text"],
    [["x"], "[0]", "one text"],
    [new Array(33).fill({ reviews: "x" }), null, "at most 32"],
  ])("refuses %j", async (body, param, message) => {
    const { url } = await serve(models());
    const answer = await post(`${url}/predict`, body);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { param: string | null; message: string } };
    expect(error.param).toBe(param);
    expect(error.message).toContain(message);
  });
});

test("GET /info names what can be asked for", async () => {
  const { url } = await serve(models());
  const info = await (await fetch(`${url}/info`)).json();
  expect(info).toEqual({
    inputs: {},
    outputs: { reviews: { type: "sequence" }, other: { type: "sequence" } },
  });
});
