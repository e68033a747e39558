import fc from "fast-check";
import { expect, test } from "vitest";
import { beamExample } from "../../lib/models/table/index.js";
import { evaluateModel, windows } from "../../lib/training/evaluate.js";

test("windows score every token but the first once, and see at least half a context before it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 1, max: 40 }), (length, size) => {
      const scored: number[] = [];
      for (const { from, to, scoreFrom } of windows(length, size)) {
        expect(to - from - 1).toBeLessThanOrEqual(size);
        if (from > 0) expect(scoreFrom - from).toBeGreaterThanOrEqual(Math.floor(size / 2));
        for (let token = scoreFrom; token < to; token++) scored.push(token);
      }
      expect(scored).toEqual(Array.from({ length: length - 1 }, (_, i) => i + 1));
    }),
  );
});

test("the scores of a table model are those that its table says", async () => {
  const { model, tokenizer } = beamExample();
  const open = { name: "letters", model, tokenizer };
  // `<eos>` A B C `<eos>`: the table is asked for what follows, so the same sum by hand.
  const [end = 0] = tokenizer.endTokens;
  const text = [end, ...tokenizer.encode("ABC"), end];
  const rows = await model.allLogits(text.slice(0, -1));
  const logProb = (row: Float32Array, token: number) =>
    (row[token] ?? 0) - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
  const nats = -text.slice(1).reduce((sum, token, i) => sum + logProb(rows[i] as Float32Array, token), 0);
  const found = await evaluateModel(open, ["ABC"]);
  expect(found.tokens).toBe(4);
  expect(found.loss).toBeCloseTo(nats / 4, 5);
  expect(found.bitsPerCharacter).toBeCloseTo(nats / Math.LN2 / found.characters, 5);
});

test("nothing to read is an error", async () => {
  const { model, tokenizer } = beamExample();
  await expect(evaluateModel({ name: "letters", model, tokenizer }, [])).rejects.toThrow(
    "no text to evaluate",
  );
});
