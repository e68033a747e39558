import type * as tf from "@tensorflow/tfjs";
import type { Tokens } from "../../core/types.js";
import type { TensorFlow } from "../backend/backend.js";

/** A prefix in the tree of those that were read. */
interface Node {
  readonly parent: Node | undefined;
  readonly token: number;
  readonly children: Map<number, Node>;
  /** The state after this prefix: one row for each of the model's state tensors. */
  state?: readonly Float32Array[];
}

/** How many bytes of states are kept. The longest unused go first. */
const BYTES = 64 * 2 ** 20;

/** The states after prefixes that have been read, found by longest common prefix. */
export class StateCache {
  readonly #tf: TensorFlow;
  readonly #root: Node = { parent: undefined, token: -1, children: new Map() };
  /** Nodes with a state, the longest unused first. */
  readonly #used = new Set<Node>();
  readonly #limit: number;
  #bytes = 0;

  constructor(tf: TensorFlow, limit = BYTES) {
    this.#tf = tf;
    this.#limit = limit;
  }

  /** Length of the longest known beginning of a prefix that leaves at least one token to read. */
  longest(prefix: Tokens): number {
    let node: Node | undefined = this.#root;
    let longest = 0;
    for (let length = 1; length < prefix.length && node !== undefined; length++) {
      node = node.children.get(prefix[length - 1]);
      if (node?.state !== undefined) longest = length;
    }
    return longest;
  }

  /** The states after these prefixes as a batch, those before any token from `initial`. The caller disposes them. */
  gather(prefixes: readonly Tokens[], initial: () => readonly tf.Tensor[]): tf.Tensor[] {
    return this.#tf.tidy(() => {
      const start = initial();
      const rows = prefixes.map((prefix) => (prefix.length === 0 ? undefined : this.#stateOf(prefix)));
      return start.map((zero, part) => {
        const parts = rows.map((row) => (row === undefined ? zero : this.#tf.tensor(row[part], zero.shape)));
        return this.#tf.concat(parts, 0);
      });
    });
  }

  /** Keeps the states [batch, …] after these prefixes; the tensors are disposed. */
  async scatter(prefixes: readonly Tokens[], states: readonly tf.Tensor[]): Promise<void> {
    const parts = await Promise.all(states.map((state) => state.data<"float32">()));
    this.#tf.dispose([...states]);
    for (const [row, prefix] of prefixes.entries()) {
      this.#put(
        prefix,
        parts.map((values) => {
          const width = values.length / prefixes.length;
          return values.slice(row * width, (row + 1) * width);
        }),
      );
    }
  }

  clear(): void {
    this.#root.children.clear();
    this.#used.clear();
    this.#bytes = 0;
  }

  #stateOf(prefix: Tokens): readonly Float32Array[] {
    let node = this.#root;
    for (const token of prefix) node = node.children.get(token)!;
    this.#used.delete(node);
    this.#used.add(node);
    return node.state!;
  }

  #put(prefix: Tokens, state: readonly Float32Array[]): void {
    let node = this.#root;
    for (const token of prefix) {
      const child: Node = node.children.get(token) ?? { parent: node, token, children: new Map() };
      node.children.set(token, child);
      node = child;
    }
    this.#forget(node);
    node.state = state;
    this.#used.add(node);
    this.#bytes += bytesOf(state);
    for (const oldest of this.#used) {
      if (this.#bytes <= this.#limit || oldest === node) break;
      this.#forget(oldest);
      this.#prune(oldest);
    }
  }

  #forget(node: Node): void {
    if (node.state === undefined) return;
    this.#bytes -= bytesOf(node.state);
    node.state = undefined;
    this.#used.delete(node);
  }

  /** Takes away a branch that leads to no state any more. */
  #prune(leaf: Node): void {
    let node: Node | undefined = leaf;
    while (node?.parent !== undefined && node.children.size === 0 && node.state === undefined) {
      node.parent.children.delete(node.token);
      node = node.parent;
    }
  }
}

function bytesOf(state: readonly Float32Array[]): number {
  return state.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
