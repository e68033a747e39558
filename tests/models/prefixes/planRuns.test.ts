import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tokens } from "../../../lib/core/types.js";
import { planRuns } from "../../../lib/models/prefixes/planRuns.js";
import { growPath, type PrefixNode, prefixRoot } from "../../../lib/models/prefixes/prefixTree.js";

const text = (length: number, first: number) => Array.from({ length }, (_, at) => (at === 0 ? first : at));

/** Paths of the texts, of which the first tokens are computed already, and requests for each one's last row. */
function opened(texts: readonly Tokens[], computed: readonly number[] = []) {
  const root = prefixRoot();
  const paths = texts.map((tokens) => growPath(root, tokens, 1));
  let slot = 0;
  paths.forEach((path, at) => {
    for (const node of path.slice(0, computed[at] ?? 0)) if (node.slot < 0) node.slot = slot++;
  });
  return { paths, requests: texts.map((tokens) => ({ tokens, firstRow: tokens.length - 1 })) };
}

const plan = (texts: readonly Tokens[], computed?: readonly number[]) => {
  const { paths, requests } = opened(texts, computed);
  return { paths, runs: planRuns(paths, requests) };
};

describe("planRuns", () => {
  test("a long new text is read by itself, texts that go on together", () => {
    const { paths, runs } = plan([text(50, 7), text(200, 8), text(60, 9)], [49, 0, 59]);
    expect(runs.map(({ nodes }) => nodes.length)).toEqual([128, 72, 2]);
    expect(runs.map((run) => run.paths)).toEqual([[paths[1]], [paths[1]], [paths[0], paths[2]]]);
  });

  test("a long text that goes on from a short one waits for it", () => {
    const short = text(20, 7);
    const { paths, runs } = plan([short, [...short, ...text(100, 8)]]);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.nodes).toHaveLength(120);
    expect(runs[0]?.paths).toEqual(paths);
  });

  test("law: every node that is needed is computed once, after its parent", () => {
    const texts = fc.array(
      fc.tuple(fc.nat(80), fc.array(fc.nat(1), { minLength: 1, maxLength: 60 }), fc.nat(40)),
      { minLength: 1, maxLength: 6 },
    );
    const property = fc.property(texts, (drawn) => {
      const trunk = text(80, 5);
      const all = drawn.map(([cut, twig]) => [...trunk.slice(0, cut), ...twig]);
      const { paths, requests } = opened(
        all,
        drawn.map(([, , computed]) => computed),
      );
      const needed = new Set(paths.flatMap((path) => [...path.filter((node) => node.slot < 0), path.at(-1)]));
      const seen = new Set<PrefixNode>();
      for (const { nodes, paths: read } of planRuns(paths, requests)) {
        for (const node of nodes) {
          expect(seen.has(node)).toBe(false);
          if (node.parent && node.parent.position >= 0 && node.parent.slot < 0) {
            expect(seen.has(node.parent)).toBe(true);
          }
          expect(read.some((path) => path.includes(node))).toBe(true);
          seen.add(node);
        }
      }
      expect(seen).toEqual(needed);
    });
    fc.assert(property);
  });
});
