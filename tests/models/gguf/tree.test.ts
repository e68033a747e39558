import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { convertGguf } from "../../../lib/models/gguf/index.js";
import { type TinyGgufOptions, tinyGguf } from "../../support/gguf.js";
import { ReferenceModel } from "./reference.js";
import { SHAPES } from "./shapes.js";
import { distance, range, TreeSession } from "./treeSession.js";

const scratch = mkdtempSync(join(tmpdir(), "logitbook-tree-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const TEXT = [5, 300, 17, 17, 2, 101, 64, 299, 8, 30, 31, 32, 250];

async function open(options: TinyGgufOptions, precision: "exact" | "fast" = "exact") {
  const bytes = tinyGguf(options);
  const directory = join(
    scratch,
    `${precision}-${Buffer.from(JSON.stringify(options)).toString("hex").slice(-80)}`,
  );
  await convertGguf(bytes, directory, { graphs: ["tree"], precisions: [precision] });
  return {
    session: await TreeSession.open(directory, precision),
    reference: await ReferenceModel.load(bytes),
  };
}

describe("exact logits agree with a plain computation", () => {
  test.each(SHAPES)("%s", async (_, options) => {
    const { session, reference } = await open(options);
    const expected = reference.forward(TEXT);
    const { logits, hidden, shapes } = await session.run(
      TEXT.map((id, i) => ({ id, position: i, sees: range(i + 1) })),
    );
    expect(
      distance(
        logits.flatMap((row) => [...row]),
        expected.logits.flat(),
      ),
    ).toBeLessThan(1e-4);
    expect(
      distance(
        hidden.flatMap((row) => [...row]),
        expected.hidden.flat(),
      ),
    ).toBeLessThan(1e-4);
    const { layers, kvHeads, headSize } = session;
    expect(shapes.kv_new).toEqual([2 * layers * kvHeads, 1, TEXT.length, headSize]);
  });
});

describe("the cache outside the graph", () => {
  const MODEL: TinyGgufOptions = { quantisation: "Q4_1", types: { "token_embd.weight": "Q8_0" }, seed: 7 };

  test("reading a text in pieces gives the same logits as at once", async () => {
    const { session, reference } = await open(MODEL);
    const expected = reference.forward(TEXT).logits;
    const rows = [
      ...(await session.append(TEXT.slice(0, 4))),
      ...(await session.append(TEXT.slice(4, 5))),
      ...(await session.append(TEXT.slice(5, 12))),
      ...(await session.append(TEXT.slice(12))),
    ];
    expect(
      distance(
        rows.flatMap((row) => [...row]),
        expected.flat(),
      ),
    ).toBeLessThan(1e-4);
  });

  test("rows read one by one or together give the same logits, across pages", async () => {
    const { session, reference } = await open(MODEL);
    const text = range(session.pageSize + 20).map((i) => (7 * i + 3) % 320);
    const expected = reference.forward(text).logits;
    await session.append(text.slice(0, session.pageSize + 4));
    const start = session.length;
    const rest = text.slice(start);
    const tokens = rest.map((id, i) => ({ id, position: start + i, sees: range(start + i + 1) }));
    for (const together of [1, 2, rest.length, 2 * rest.length]) {
      session.crop(start);
      const { logits } = await session.run(tokens, range(rest.length), together);
      expect(
        distance(
          logits.flatMap((row) => [...row]),
          expected.slice(start).flat(),
        ),
      ).toBeLessThan(1e-4);
    }
  });

  test("branches of a tree in one run don't see each other", async () => {
    const { session, reference } = await open(MODEL);
    const prompt = TEXT.slice(0, 6);
    await session.append(prompt);
    const branches = [[40, 41], [50, 51, 52], [60]];
    const tokens = branches.flatMap((branch, b) => {
      const start = prompt.length + branches.slice(0, b).flat().length;
      return branch.map((id, i) => ({
        id,
        position: prompt.length + i,
        sees: [...range(prompt.length), ...range(i + 1).map((j) => start + j)],
      }));
    });
    const { logits } = await session.run(tokens);
    const ends = [1, 4, 5];
    for (const [b, branch] of branches.entries()) {
      const expected = reference.forward([...prompt, ...branch]).logits.at(-1) ?? [];
      expect(distance(logits[ends[b]], expected)).toBeLessThan(1e-4);
    }
  });

  test("only the rows asked for come back, in the order asked", async () => {
    const { session, reference } = await open(MODEL);
    const tokens = TEXT.map((id, i) => ({ id, position: i, sees: range(i + 1) }));
    const { logits, shapes } = await session.run(tokens, [9, 2]);
    const expected = reference.forward(TEXT).logits;
    expect(shapes.logits).toEqual([2, 320]);
    expect(distance(logits[0], expected[9])).toBeLessThan(1e-4);
    expect(distance(logits[1], expected[2])).toBeLessThan(1e-4);
    expect((await session.run(tokens, [])).shapes.logits).toEqual([0, 320]);
  });
});

describe("fast logits", () => {
  test("are those of exact where nothing is quantised", async () => {
    const { session, reference } = await open({ quantisation: "F16" }, "fast");
    const logits = await session.append(TEXT);
    expect(
      distance(
        logits.flatMap((row) => [...row]),
        reference.forward(TEXT).logits.flat(),
      ),
    ).toBeLessThan(1e-4);
  });

  test.each(["Q4_0", "Q4_1", "Q8_0"] as const)("stay near the exact ones: %s", async (quantisation) => {
    const { session, reference } = await open({ quantisation, tied: false }, "fast");
    const logits = (await session.append(TEXT)).flatMap((row) => [...row]);
    const expected = reference.forward(TEXT).logits.flat();
    const spread = Math.max(...expected) - Math.min(...expected);
    const off = distance(logits, expected);
    expect(off).toBeGreaterThan(1e-4); // int8 activations, or it isn't the fast kernel
    expect(off).toBeLessThan(0.02 * spread);
  });
});
