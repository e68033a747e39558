import { expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { post, serve } from "./support.js";

const recipe = (seed: number, t: number) => ({
  method: "sample",
  maxNewTokens: 20,
  seed,
  processors: [
    { type: "temperature", t },
    { type: "topP", p: 0.95 },
  ],
});

test("a path that is remembered is told as one that is followed for the first time", async () => {
  const model = () => byteModel("bytes", "abcdef");
  const [{ url }, { url: other }] = [await serve([model()]), await serve([model()])];
  const ask = async (base: string, picks: number[], asked: object) => {
    const answer = await post(`${base}/api/next`, { model: "bytes", prompt: "x|", recipe: asked, picks });
    const { milliseconds: _, ...told } = (await answer.json()) as { milliseconds: number };
    return told;
  };
  const picks = [..."bead"].map((letter) => letter.charCodeAt(0));
  for (let count = 0; count <= picks.length; count++) await ask(url, picks.slice(0, count), recipe(1, 0.7));
  for (const asked of [recipe(1, 0.7), recipe(1, 1.5), recipe(2, 0.7)])
    for (const path of [picks, picks.slice(0, 2), [...picks].reverse()])
      expect(await ask(url, path, asked)).toEqual(await ask(other, path, asked));
});
