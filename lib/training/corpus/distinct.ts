import { createHash } from "node:crypto";
import type { CorpusDocument } from "./types.js";

/** What came by, and what was passed over. */
export interface Tally {
  /** Documents that are not empty, each counted once. */
  documents: number;
  /** Documents without any letter, sign or number. */
  empty: number;
  /** Documents whose text had come before. */
  duplicates: number;
}

/** What a document is worth: `new` ones are kept. */
export type Standing = "new" | "empty" | "duplicate";

/**
 * Tells documents that are new from empty ones and from those whose text came before, letter for letter. Of
 * each text only its SHA-1 is remembered.
 */
export function documentSieve(): { readonly tally: Readonly<Tally>; standing(text: string): Standing } {
  const tally: Tally = { documents: 0, empty: 0, duplicates: 0 };
  const seen = new Set<string>();
  return {
    tally,
    standing(text) {
      if (text.trim() === "") {
        tally.empty++;
        return "empty";
      }
      const hash = createHash("sha1").update(text).digest("base64");
      if (seen.has(hash)) {
        tally.duplicates++;
        return "duplicate";
      }
      seen.add(hash);
      tally.documents++;
      return "new";
    },
  };
}

/** The documents that are neither empty nor repeated. */
export async function* distinctDocuments(
  documents: AsyncIterable<CorpusDocument>,
): AsyncGenerator<CorpusDocument> {
  const sieve = documentSieve();
  for await (const document of documents) if (sieve.standing(document.text) === "new") yield document;
}
