import type { Logits, Tokens } from "../../core/types.js";
import type { KvArena, KvLayout } from "./kvArena.js";
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
  /** Keys and values of cached tokens, to which the graph adds those of the new ones. */
  readonly cache: KvArena;
  /** Slots of whole pages, one page at least, that hold all cached tokens which are seen. */
  readonly past: Window;
  /** Where keys and values of each of the S are to be kept; -1 for those that are there already. */
  readonly slots: readonly number[];
  /** Which cached and new tokens each of the S sees. */
  readonly sights: readonly Sight[];
  readonly withHidden: boolean;
  /** Layers whose scores are wanted beside the last one's; most runs ask for none. */
  readonly layers: readonly number[];
}

export interface TreeOutput {
  /** Rows of scores, [1 + layers, asked]: those of the last layer, then of the layers asked for. */
  readonly logits: readonly Float32Array[];
  /** Whether the rows of scores have memory of their own, which a caller may keep; others are copied for it. */
  readonly isForKeeps: boolean;
  /** Hidden states, [asked], if they were asked for and the graph gives them. */
  readonly hidden?: readonly Float32Array[];
}

/** Views of the rows of a tensor. */
export function rowsIn(tensor: Float32Array, count: number): Float32Array[] {
  const width = tensor.length / count;
  return Array.from({ length: count }, (_, row) => tensor.subarray(row * width, (row + 1) * width));
}

/** A decoder that reads a tree of tokens as one row, its cache outside. */
export interface TreeGraph {
  readonly layout: KvLayout;
  /** Whether it reads nothing but what is seen, wherever that lies, rather than all of `past`. */
  readonly readsSeenAlone: boolean;
  run(input: TreeInput): Promise<TreeOutput>;
  /** Takes memory of earlier rows, to write later ones to; only where rows are for keeps. */
  reuse?(spare: readonly ArrayBuffer[]): void;
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

  reuse(spare: readonly ArrayBuffer[]): void {
    this.graph.reuse?.(spare);
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

  /** One run of the graph: computes the nodes and their keys and values, adds the wanted rows to `rows`. */
  private async run(
    { nodes, paths }: PlannedRun,
    wanted: ReadonlySet<PrefixNode>,
    rows: Map<PrefixNode, Row>,
    extras: Pick<TreeInput, "withHidden" | "layers">,
  ): Promise<void> {
    const { cache, graph } = this;
    const fresh = nodes.filter((node) => node.slot < 0);
    cache.makeRoom(fresh.length);
    const past = this.wholePages(
      graph.readsSeenAlone ? { from: 0, to: cache.arena.used } : cache.window(paths),
    );
    const slots = cache.nextSlots(nodes);
    const asked = nodes.filter((node) => wanted.has(node));
    const indexOf = new Map(nodes.map((node, row) => [node, row]));
    const output = await graph.run({
      tokens: nodes.map((node) => node.token),
      positions: nodes.map((node) => node.position),
      asked: asked.map((node) => indexOf.get(node)!),
      cache: cache.arena,
      past,
      slots,
      sights: sightOf(nodes),
      ...extras,
    });
    for (const node of fresh) cache.claim(node);
    asked.forEach((node, row) => {
      const scores = (layer: number) => output.logits[layer * asked.length + row];
      const early = new Map(extras.layers.map((layer, at) => [layer, scores(1 + at)]));
      const hidden = output.hidden?.[row];
      rows.set(node, { logits: scores(0), isFree: output.isForKeeps, early, ...(hidden && { hidden }) });
    });
  }

  /** The pages that hold a window. A graph can't read an empty past: it is given a page, which no token sees. */
  private wholePages({ from, to }: Window): Window {
    const { pageSize } = this.graph.layout;
    if (from === to) return { from: 0, to: pageSize };
    return { from: from - (from % pageSize), to: this.cache.arena.pagesUpTo(to) * pageSize };
  }
}

/** What one run says of one node. */
interface Row {
  readonly logits: Float32Array;
  /** Whether the scores may go to a caller as they are: to the first who asks. */
  isFree: boolean;
  readonly hidden?: Float32Array;
  /** By layer. */
  readonly early: ReadonlyMap<number, Float32Array>;
}

/**
 * A row for the caller to keep, with what else was asked for behind the scores: hidden state, then earlier layers'
 * scores.
 */
function ownRow(row: Row, { withHidden, layers = [] }: RowRequest): Logits {
  const { logits, hidden, early } = row;
  const parts = [
    logits,
    ...(withHidden && hidden ? [hidden] : []),
    ...layers.map((layer) => early.get(layer)!),
  ];
  if (parts.length === 1) {
    if (!row.isFree) return logits.slice();
    row.isFree = false;
    return logits;
  }
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}
