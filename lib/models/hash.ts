import { createHash } from "node:crypto";

/** The first 12 hexadecimal digits of the SHA-256 of a text: enough to tell versions of a file apart. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
