/** One thing said, after another: several after the same one are branches. */
export interface Said {
  readonly id: number;
  /** What it answers; null at the beginning. */
  readonly parent: number | null;
  readonly role: "user" | "assistant";
  readonly content: string;
  /** Only on answers: which model gave it. */
  readonly model?: string;
}

/** A conversation with all its branches. It never changes: each function gives back another one. */
export interface Dialogue {
  readonly said: readonly Said[];
  /** The end of the branch that is looked at; null before anything was said. */
  readonly leaf: number | null;
}

export const NOTHING_SAID: Dialogue = { said: [], leaf: null };

/** What was said on the way to the leaf, in order. */
export function branch({ said, leaf }: Dialogue): Said[] {
  const way: Said[] = [];
  for (let at = leaf; at !== null; at = said[at]?.parent ?? null) way.unshift(said[at] as Said);
  return way;
}

/** The dialogue with one more thing said after `parent`, and that as its leaf. */
export function say(dialogue: Dialogue, what: Omit<Said, "id">): Dialogue {
  const id = dialogue.said.length;
  return { said: [...dialogue.said, { ...what, id }], leaf: id };
}

/** What was said instead of one thing, itself included, in the order it was said. */
export function alternatives({ said }: Dialogue, { parent, role }: Said): Said[] {
  return said.filter((one) => one.parent === parent && one.role === role);
}

/** The dialogue on the branch of one thing, down to what was said last there. */
export function follow(dialogue: Dialogue, id: number): Dialogue {
  let leaf = id;
  for (;;) {
    const next = dialogue.said.findLast(({ parent }) => parent === leaf);
    if (next === undefined) return { ...dialogue, leaf };
    leaf = next.id;
  }
}
