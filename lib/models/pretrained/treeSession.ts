import type { InferenceSession, Tensor } from "onnxruntime-node";
import * as ort from "onnxruntime-node";
import type { KvLayout } from "../prefixes/kvArena.js";
import { additiveMask } from "../prefixes/sight.js";
import { rowsIn, type TreeGraph, type TreeInput } from "../prefixes/treeRunner.js";

/**
 * Up to this many new tokens, each row of the attention reads the keys in place; measured, it is quicker to pack them
 * for more.
 */
const LONE_ROWS = 2;

/** The two forms of the graph that the GGUF converter writes, each opened when it is first asked for. */
export interface TreeSessions {
  plain(): Promise<InferenceSession>;
  /** The form that tells the scores of earlier layers. */
  layered(): Promise<InferenceSession>;
}

/**
 * The graph that the GGUF converter writes, as a runner of trees takes it. Both forms read one cache.
 * @param groups query heads per key-value head
 */
export function treeSession(sessions: TreeSessions, layout: KvLayout, groups: number): TreeGraph {
  return {
    layout,
    readsSeenAlone: false,
    async run(input) {
      const outputs = ["logits", "kv_new", ...(input.withHidden ? ["hidden"] : [])];
      const feeds = { ...pastFeeds(layout, input), ...tokenFeeds(groups, input) };
      const found =
        input.layers.length === 0
          ? await (await sessions.plain()).run(feeds, outputs)
          : await (await sessions.layered()).run({ ...feeds, layers: layerFeed(input) }, outputs);
      const data = (name: string) => found[name]?.data as Float32Array;
      input.cache.keep(input.slots, data("kv_new"));
      const asked = input.asked.length;
      return {
        logits: rowsIn(data("logits"), (1 + input.layers.length) * asked),
        isForKeeps: false,
        ...(input.withHidden && { hidden: rowsIn(data("hidden"), asked) }),
      };
    },
  };
}

function pastFeeds(layout: KvLayout, { cache, past }: TreeInput): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  const first = past.from / layout.pageSize;
  const count = past.to / layout.pageSize - first;
  layout.parts.forEach(({ heads, headDim }, part) => {
    const name = `past.${part >> 1}.${part & 1 ? "value" : "key"}`;
    const shape = [count, heads, 1, layout.pageSize, headDim];
    feeds[name] = new ort.Tensor("float32", cache.pages(part, first, count) as Float32Array, shape);
  });
  return feeds;
}

function layerFeed({ layers }: TreeInput): Tensor {
  return new ort.Tensor("int64", int64(layers), [layers.length]);
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

function tokenFeeds(groups: number, { tokens, positions, asked, sights, past }: TreeInput) {
  const length = tokens.length;
  const together = length <= LONE_ROWS ? 1 : groups * length;
  return {
    input_ids: new ort.Tensor("int64", int64(tokens), [length]),
    position_ids: new ort.Tensor("int64", int64(positions), [1, length]),
    logit_rows: new ort.Tensor("int64", int64(asked), [asked.length]),
    bias: new ort.Tensor("float32", additiveMask(sights, past, groups), [
      ...[1, (groups * length) / together, together],
      past.to - past.from + length,
    ]),
  };
}
