import { expect, test } from "vitest";
import { type TreeInput, TreeRunner } from "../../../lib/models/prefixes/treeRunner.js";

const layout = { parts: [{ heads: 1, headDim: 2 }], type: "float32", pageSize: 16 } as const;

/** A graph that computes nothing, and the slots of the past that its last token saw in each run. */
function recordingGraph(readsSeenAlone: boolean) {
  const seen: number[][] = [];
  const run = async ({ asked, sights }: TreeInput) => {
    seen.push([...(sights.at(-1)?.past ?? [])]);
    return { logits: asked.map(() => new Float32Array(4)), isForKeeps: true };
  };
  return { seen, graph: { layout, readsSeenAlone, run } };
}

test.each([
  [true, "stay where they are for a graph that reads what is seen alone"],
  [false, "are moved together for one that reads all between them"],
])("rows that lie far from each other (%j) %s", async (readsSeenAlone) => {
  const { seen, graph } = recordingGraph(readsSeenAlone);
  const runner = new TreeRunner(graph, 8192);
  const ask = (tokens: number[]) => runner.rows([{ tokens, firstRow: tokens.length - 1 }], async () => {});
  const text = new Array(100).fill(1);
  await ask(text);
  await ask(new Array(3000).fill(2));
  for (let step = 0; step < 10; step++) await ask([...text, ...new Array(step + 1).fill(3)]);
  const stayed = seen
    .at(-1)
    ?.slice(0, 100)
    .every((slot, at) => slot === at);
  expect(seen.at(-1)?.length).toBe(109);
  expect(stayed).toBe(readsSeenAlone);
});
