import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-node";
import type { Logits, Tokens } from "../../core/types.js";
import type { KvLayout } from "./kvArena.js";
import { PrefixCache, type Window } from "./prefixCache.js";
import type { PrefixNode } from "./prefixTree.js";
import { CHUNK, type GraphRunner, type RowRequest } from "./request.js";
import { treeMask } from "./treeMask.js";

/** What the runner needs to know of a graph of the tree kind. */
export interface TreeGraph {
  readonly session: InferenceSession;
  readonly Tensor: TensorConstructor;
  readonly layout: KvLayout;
  /** Query heads per key-value head. */
  readonly groups: number;
}

/** Pages of the cache that a run reads. */
interface Pages {
  readonly first: number;
  readonly count: number;
}

/**
 * Up to this many new tokens, each row of the attention reads the keys in place; measured, it is quicker to pack them
 * for more.
 */
const LONE_ROWS = 2;

/**
 * Runs the graph that the GGUF converter writes: every text of a call is a path in one tree, and the tree is one
 * row of tokens, each with its own position and its own mask. So texts of any lengths that share any prefixes are
 * one run, nothing is padded, and no cached row is ever copied for the graph.
 */
export class TreeRunner implements GraphRunner {
  private readonly cache: PrefixCache;

  constructor(
    private readonly graph: TreeGraph,
    readonly capacity: number,
  ) {
    this.cache = new PrefixCache(graph.layout, capacity);
  }

  cachedLength(tokens: Tokens): number {
    return this.cache.cachedLength(tokens);
  }

  async rows(requests: readonly RowRequest[], pause: () => Promise<void>): Promise<Logits[][]> {
    const paths = this.cache.open(requests.map((request) => request.tokens));
    try {
      const wanted = new Set(paths.flatMap((path, i) => path.slice(requests[i].firstRow)));
      const pending = pendingNodes(paths, requests);
      const rows = new Map<PrefixNode, Row>();
      const withHidden = requests.some((request) => request.withHidden);
      for (let at = 0; at < pending.length; at += CHUNK) {
        if (at > 0) await pause();
        await this.run(pending.slice(at, at + CHUNK), paths, wanted, rows, withHidden);
      }
      return paths.map((path, i) => {
        const { firstRow, withHidden } = requests[i];
        return path.slice(firstRow).map((node) => ownRow(rows.get(node)!, withHidden));
      });
    } finally {
      this.cache.close(paths);
    }
  }

  /** One run of the graph: computes the nodes, stores their keys and values, adds the wanted rows to `rows`. */
  private async run(
    nodes: readonly PrefixNode[],
    paths: readonly (readonly PrefixNode[])[],
    wanted: ReadonlySet<PrefixNode>,
    rows: Map<PrefixNode, Row>,
    withHidden: boolean,
  ): Promise<void> {
    const { cache, graph } = this;
    const fresh = nodes.filter((node) => node.slot < 0);
    cache.makeRoom(fresh.length);
    const window = cache.window(paths);
    const pages = this.pages(window);
    const { pageSize } = graph.layout;
    const past = pages.count * pageSize;
    const maskRows = graph.groups * nodes.length;
    const together = nodes.length <= LONE_ROWS ? 1 : maskRows;
    const asked = nodes.filter((node) => wanted.has(node));
    const output = await graph.session.run(
      {
        ...this.pastFeeds(pages),
        ...this.tokenFeeds(nodes, asked), // a chunk of a long prompt asks for no row
        bias: new graph.Tensor("float32", treeMask(nodes, pages.first * pageSize, past, graph.groups), [
          1,
          maskRows / together,
          together,
          past + nodes.length,
        ]),
      },
      ["logits", "kv_new", ...(withHidden ? ["hidden"] : [])],
    );
    store(cache, graph.layout, output.kv_new!, nodes);
    asked.forEach((node, row) => {
      const logits = rowOf(output.logits, row);
      rows.set(node, output.hidden ? { logits, hidden: rowOf(output.hidden, row) } : { logits });
    });
  }

  /** The pages that hold a window. The graph can't read an empty past: it is given a page, which the mask hides. */
  private pages({ from, to }: Window): Pages {
    if (from === to) return { first: 0, count: 1 };
    const first = Math.floor(from / this.graph.layout.pageSize);
    return { first, count: this.cache.arena.pagesUpTo(to) - first };
  }

  private pastFeeds({ first, count }: Pages): Record<string, Tensor> {
    const { arena } = this.cache;
    const { Tensor, layout } = this.graph;
    const feeds: Record<string, Tensor> = {};
    layout.parts.forEach(({ heads, headDim }, part) => {
      const name = `past.${part >> 1}.${part & 1 ? "value" : "key"}`;
      const numbers = arena.pages(part, first, count) as Float32Array;
      feeds[name] = new Tensor("float32", numbers, [count, heads, 1, layout.pageSize, headDim]);
    });
    return feeds;
  }

  private tokenFeeds(nodes: readonly PrefixNode[], asked: readonly PrefixNode[]): Record<string, Tensor> {
    const { Tensor } = this.graph;
    const rowOf = new Map(nodes.map((node, row) => [node, row]));
    const int64 = (values: number[]) => BigInt64Array.from(values, BigInt);
    return {
      input_ids: new Tensor("int64", int64(nodes.map((node) => node.token)), [nodes.length]),
      position_ids: new Tensor("int64", int64(nodes.map((node) => node.position)), [1, nodes.length]),
      logit_rows: new Tensor("int64", int64(asked.map((node) => rowOf.get(node)!)), [asked.length]),
    };
  }
}

/**
 * The nodes to run: those that are wanted or have no slot yet, the latter parents before children. At each step of a
 * decoder nearly all of a long text is neither, so only what is left goes into a set.
 */
function pendingNodes(
  paths: readonly (readonly PrefixNode[])[],
  requests: readonly RowRequest[],
): PrefixNode[] {
  const pending = new Set<PrefixNode>();
  for (let text = 0; text < paths.length; text++) {
    const path = paths[text];
    const { firstRow } = requests[text];
    for (let position = 0; position < path.length; position++) {
      const node = path[position];
      if (node.slot < 0 || position >= firstRow) pending.add(node);
    }
  }
  return [...pending];
}

/** What one run says of one node: views of its outputs. */
interface Row {
  readonly logits: Float32Array;
  readonly hidden?: Float32Array;
}

function rowOf(output: Tensor, row: number): Float32Array {
  const width = output.dims.at(-1)!;
  return (output.data as Float32Array).subarray(row * width, (row + 1) * width);
}

/** A copy for the caller, with the hidden state behind the scores if it was asked for. */
function ownRow({ logits, hidden }: Row, withHidden: boolean | undefined): Logits {
  if (!withHidden || hidden === undefined) return logits.slice();
  const joined = new Float32Array(logits.length + hidden.length);
  joined.set(logits);
  joined.set(hidden, logits.length);
  return joined;
}

/** Copies new keys and values, `[parts * heads, 1, S, headDim]`, into the slots of the nodes that have none yet. */
function store(cache: PrefixCache, layout: KvLayout, fresh: Tensor, nodes: readonly PrefixNode[]): void {
  const data = fresh.data as Float32Array;
  const slots = nodes.map((node) => (node.slot < 0 ? cache.claim(node) : -1));
  let from = 0;
  layout.parts.forEach(({ heads, headDim }, part) => {
    const rows = cache.arena.whole(part) as Float32Array;
    for (let head = 0; head < heads; head++) {
      for (const slot of slots) {
        if (slot >= 0) rows.set(data.subarray(from, from + headDim), cache.arena.rowStart(part, slot, head));
        from += headDim;
      }
    }
  });
}
