import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type TracedTree, traceTree, winnerPath } from "../../lib/decoding/index.js";
import { beamExample, tableTokenizer } from "../../lib/models/table/index.js";
import { palette } from "../../lib/notebook/palette.js";
import { type ShowOptions, show } from "../../lib/notebook/show.js";
import { treeBundle } from "../../lib/notebook/tree.js";
import { treeChart } from "../../lib/notebook/treeChart.js";
import { placeNodes } from "../../lib/notebook/treeLayout.js";
import { shownNodes } from "../../lib/notebook/treeWindow.js";
import { smallModels } from "../decoding/models.js";

let traced: TracedTree;
beforeAll(async () => {
  traced = await traceTree(beamExample(), "<bos>", {
    method: "earlyStoppedBeam",
    numBeams: 2,
    maxNewTokens: 8,
  });
});

interface Drawn {
  mode: string;
  name?: string;
  x: (number | null)[];
  y: (number | null)[];
  text?: string[];
  hovertext?: string[];
  opacity: number;
  line?: { color: string; width: number };
  marker?: { color: string; symbol: string[] };
}
const drawn = (options = {}) => treeChart(traced, options).data as unknown as Drawn[];
const nodesOf = (name: string) => drawn().find((trace) => trace.name === name) as Drawn;
const plain = (text: string) => text.replace(/<[^>]*>/g, "");

describe("the chart", () => {
  test("a column for each step, the winner's tokens in it from left to right", () => {
    const winner = nodesOf("winner");
    expect(winner.x).toEqual([0, 1, 2, 3, 4]);
    expect(winner.text?.map(plain)).toEqual(["", "A", "C", "B", "&#60;eos&#62;"]);
    expect(winner.marker).toMatchObject({ color: palette.series });
    expect(winner.marker?.symbol).toEqual(["circle", "circle", "circle", "circle", "square"]);
  });

  test("what was dropped is there, and faint", () => {
    const pruned = nodesOf("pruned");
    expect(pruned.x).toHaveLength(traced.tree.nodes.filter(({ state }) => state === "pruned").length);
    expect(pruned.opacity).toBeLessThan(0.6);
    expect(nodesOf("finished").opacity).toBe(1);
  });

  test("a likelier token has a thicker edge, and the winner's is the dark one", () => {
    const edges = drawn().filter(({ mode }) => mode === "lines");
    const widthTo = (x: number, colour: string) =>
      edges
        .filter(({ x: across, line }) => line?.color === colour && across.includes(x))
        .map(({ line }) => line?.width);
    // C has 0.3 after A, B has 0.6 after A C.
    const [[second = 0], [third = 0]] = [widthTo(2, palette.series), widthTo(3, palette.series).slice(-1)];
    expect(third).toBeGreaterThan(second);
    expect(widthTo(4, palette.probability).length).toBeGreaterThan(0);
  });

  test("the score that won and its penalty stand at its end", () => {
    const { annotations } = treeChart(traced).layout as { annotations: { x: number; text: string }[] };
    expect(annotations).toHaveLength(1);
    expect(annotations[0].x).toBe(4);
    expect(plain(annotations[0].text)).toBe("score −0.73= −2.92 / 41");
    const cut = treeChart(traced, { steps: 3 }).layout as { annotations: { x: number; text: string }[] };
    expect(plain(cut.annotations[0].text)).toMatch(/^… 1 more steps/);
  });

  test("hovering tells the token, the text, the score and the fate", () => {
    const [, , , , end = ""] = nodesOf("winner").hovertext ?? [];
    expect(plain(end)).toMatch(/token 4, 60\.00%.*ACB.*log-probability -2\.92 nats/);
    expect(end).toContain("score -0.730 = -2.92 / 4^1");
    expect(end).toContain("finished (stop) in step 4");
  });

  test("fewer of the dropped ones, or none, if asked", () => {
    const count = (pruned: number) => shownNodes(traced.tree, 4, pruned).length;
    // B ran on in its step and was dropped later: it is no candidate that was dropped at once.
    expect(count(99)).toBe(traced.tree.nodes.length);
    expect(count(1)).toBe(traced.tree.nodes.length - 3);
    expect(shownNodes(traced.tree, 2, 0).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([{ steps: 0 }, { steps: 1.5 }, { pruned: -1 }])("%j is an error", (options) => {
    expect(() => treeChart(traced, options)).toThrow(/must be a whole number from/);
  });
});

test("rows keep a distance of 1, order and no crossing, on trees of random models", async () => {
  const tokenizer = tableTokenizer({ tokens: ["a", "b", "c", "d", "."], end: ["."] });
  await fc.assert(
    fc.asyncProperty(smallModels(5), fc.integer({ min: 1, max: 4 }), async (model, numBeams) => {
      const { tree } = await traceTree({ model, tokenizer }, [0], {
        method: "beam",
        numBeams,
        maxNewTokens: 5,
      });
      const places = placeNodes(tree.nodes);
      expect(places.map(({ node }) => node.id).sort((a, b) => a - b)).toEqual(tree.nodes.map(({ id }) => id));
      const rowOf = new Map(places.map(({ node, row }) => [node.id, row]));
      for (let step = 1; step <= tree.steps; step++) {
        const column = places.filter(({ node }) => node.born === step).sort((a, b) => a.row - b.row);
        for (const [index, { node, row }] of column.entries()) {
          if (index === 0) continue;
          const above = column[index - 1];
          expect(row - above.row).toBeGreaterThan(1 - 1e-9);
          expect(rowOf.get(node.parent ?? 0)).toBeGreaterThanOrEqual(rowOf.get(above.node.parent ?? 0) ?? 0);
        }
      }
    }),
    { numRuns: 40 },
  );
});

describe("show", () => {
  test("draws a tree, and lists what it found as text outside a notebook", () => {
    const written: string[] = [];
    show(traced, { stream: { write: (text) => written.push(text) }, title: "Two beams" });
    const lines = written.join("").split("\n");
    expect(lines[0]).toBe("Two beams");
    expect(lines.find((line) => line.includes("ACB<eos>"))).toMatch(/1 +−0\.730 +−2\.92 +4 /);
    expect(written.join("")).toContain("15 nodes: 8 lead to an end, 0 live, 7 pruned");
    expect(treeBundle(traced, {})["application/vnd.plotly.v1+json"]).toMatchObject({
      layout: { width: 700 },
    });
  });

  test("a tree that has been through JSON is drawn the same", () => {
    expect(treeChart(JSON.parse(JSON.stringify(traced)))).toEqual(treeChart(traced));
    expect(winnerPath(traced.tree)).toHaveLength(4);
  });

  test.each<[ShowOptions, RegExp]>([
    [{ maxRows: 3 }, /`maxRows` must be left out/],
    [{ probability: ["p"] }, /`probability` must be left out/],
  ])("%j is an error", (options, message) => {
    expect(() => show(traced, options)).toThrow(message);
  });
});
