import type { Logits, Tokens } from "../../core/types.js";
import type { KvLayout } from "./kvArena.js";
import { type PlannedRun, planRuns } from "./planRuns.js";
import { PrefixCache, type Window } from "./prefixCache.js";
import type { PrefixNode } from "./prefixTree.js";
import type { GraphRunner, RowRequest } from "./request.js";
import { type Sight, sightOf } from "./sight.js";

/** One run over S new nodes of a tree, of whose logits `asked` are wanted, with T cached rows before them. */
export interface TreeInput {
  /** Token ids, [S]. */
  readonly tokens: readonly number[];
  /** Their positions in their texts, [S]. */
  readonly positions: readonly number[];
  /** Which of the S tokens' logits are wanted; a chunk of a long text may ask for none. */
  readonly asked: readonly number[];
  /** Cached pages of each part of the layout, [pages, heads, pageSize, headDim], one at least. */
  readonly past: readonly Float32Array[];
  /** T, the number of tokens that the pages have room for. */
  readonly pastLength: number;
  /** Which cached and new tokens each of the S sees. */
  readonly sights: readonly Sight[];
  readonly withHidden: boolean;
  /** Layers whose scores are wanted beside the last one's; most runs ask for none. */
  readonly layers: readonly number[];
}

export interface TreeOutput {
  /** [1 + layers, asked, vocabSize]: those of the last layer, then of the layers asked for. */
  readonly logits: Float32Array;
  /** New keys and values, [parts * heads, S, headDim]. */
  readonly fresh: Float32Array;
  /** [asked, hiddenSize], if it was asked for and the graph gives it. */
  readonly hidden?: Float32Array | undefined;
}

/** A decoder that reads a tree of tokens as one row, its cache outside. */
export interface TreeGraph {
  readonly layout: KvLayout;
  run(input: TreeInput): Promise<TreeOutput>;
}

/** Pages of the cache that a run reads. */
interface Pages {
  readonly first: number;
  readonly count: number;
}

/**
 * Runs decoders that keep their cache outside: every text of a call is a path in one tree, and the tree is one row of
 * tokens, each with its own position and its own sight. So texts of any lengths that share any prefixes can be
 * one run (`planRuns` tells which are), nothing is padded, and no cached row is ever copied for the graph.
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
      const rows = new Map<PrefixNode, Row>();
      const withHidden = requests.some((request) => request.withHidden);
      const layers = [...new Set(requests.flatMap((request) => request.layers ?? []))];
      for (const [at, part] of planRuns(paths, requests).entries()) {
        if (at > 0) await pause();
        await this.run(part, wanted, rows, { withHidden, layers });
      }
      return paths.map((path, i) => {
        return path.slice(requests[i].firstRow).map((node) => ownRow(rows.get(node)!, requests[i]));
      });
    } finally {
      this.cache.close(paths);
    }
  }

  /** One run of the graph: computes the nodes, stores their keys and values, adds the wanted rows to `rows`. */
  private async run(
    { nodes, paths }: PlannedRun,
    wanted: ReadonlySet<PrefixNode>,
    rows: Map<PrefixNode, Row>,
    extras: Pick<TreeInput, "withHidden" | "layers">,
  ): Promise<void> {
    const { cache, graph } = this;
    const fresh = nodes.filter((node) => node.slot < 0);
    cache.makeRoom(fresh.length);
    const window = cache.window(paths);
    const pages = this.pages(window);
    const { pageSize } = graph.layout;
    const past = pages.count * pageSize;
    const asked = nodes.filter((node) => wanted.has(node));
    const indexOf = new Map(nodes.map((node, row) => [node, row]));
    const output = await graph.run({
      tokens: nodes.map((node) => node.token),
      positions: nodes.map((node) => node.position),
      asked: asked.map((node) => indexOf.get(node)!),
      past: graph.layout.parts.map(
        (_, part) => cache.arena.pages(part, pages.first, pages.count) as Float32Array,
      ),
      pastLength: past,
      sights: sightOf(nodes, pages.first * pageSize),
      ...extras,
    });
    store(cache, graph.layout, output.fresh, nodes);
    asked.forEach((node, row) => {
      const scores = (layer: number) =>
        rowOf(output.logits, layer * asked.length + row, (1 + extras.layers.length) * asked.length);
      const early = new Map(extras.layers.map((layer, at) => [layer, scores(1 + at)]));
      const hidden = output.hidden && rowOf(output.hidden, row, asked.length);
      rows.set(node, { logits: scores(0), early, ...(hidden && { hidden }) });
    });
  }

  /** The pages that hold a window. The graph can't read an empty past: it is given a page, which no token sees. */
  private pages({ from, to }: Window): Pages {
    if (from === to) return { first: 0, count: 1 };
    const first = Math.floor(from / this.graph.layout.pageSize);
    return { first, count: this.cache.arena.pagesUpTo(to) - first };
  }
}

/** What one run says of one node: views of its outputs. */
interface Row {
  readonly logits: Float32Array;
  readonly hidden?: Float32Array;
  /** By layer. */
  readonly early: ReadonlyMap<number, Float32Array>;
}

function rowOf(output: Float32Array, row: number, rows: number): Float32Array {
  const width = output.length / rows;
  return output.subarray(row * width, (row + 1) * width);
}

/** A copy for the caller, with what else was asked for behind the scores: hidden state, then earlier layers' scores. */
function ownRow({ logits, hidden, early }: Row, { withHidden, layers = [] }: RowRequest): Logits {
  const parts = [
    logits,
    ...(withHidden && hidden ? [hidden] : []),
    ...layers.map((layer) => early.get(layer)!),
  ];
  if (parts.length === 1) return logits.slice();
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}

/** Copies new keys and values, `[parts * heads, S, headDim]`, into the slots of the nodes that have none yet. */
function store(
  cache: PrefixCache,
  layout: KvLayout,
  fresh: Float32Array,
  nodes: readonly PrefixNode[],
): void {
  const slots = nodes.map((node) => (node.slot < 0 ? cache.claim(node) : -1));
  let from = 0;
  layout.parts.forEach(({ heads, headDim }, part) => {
    const rows = cache.arena.whole(part) as Float32Array;
    for (let head = 0; head < heads; head++) {
      for (const slot of slots) {
        if (slot >= 0) rows.set(fresh.subarray(from, from + headDim), cache.arena.rowStart(part, slot, head));
        from += headDim;
      }
    }
  });
}
