import type { SampleAnswer, SampleSetFacts } from "./api/types.js";

/** Where the data room's examples come from. */
export interface SampleSource {
  list(): Promise<readonly SampleSetFacts[]>;
  /** An index past the end begins anew. Undefined for a name that isn't listed. */
  sample(name: string, index: number): Promise<SampleAnswer | undefined>;
}
