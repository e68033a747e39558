import { z } from "zod";

const share = { error: "a number from 0 to below 1" };

/** A part of a whole that is never all of it. */
export function shareField() {
  return z.number(share).min(0, share).lt(1, share);
}
