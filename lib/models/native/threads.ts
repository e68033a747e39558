import { readFileSync } from "node:fs";
import os from "node:os";

/** Where Linux says whether its cores run two threads each. */
const TWIN_THREADS = "/sys/devices/system/cpu/smt/active";

/** Threads to compute with unless told otherwise: one for each core. */
export function coreCount(): number {
  const threads = os.availableParallelism();
  return hasTwinThreads() ? Math.max(1, threads >> 1) : threads;
}

function hasTwinThreads(): boolean {
  try {
    return readFileSync(TWIN_THREADS, "utf8").trim() === "1";
  } catch {
    return false;
  }
}
