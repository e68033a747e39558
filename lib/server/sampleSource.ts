import type { SampleAnswer, SampleSetFacts } from "./api/types.js";

/** Where the data room's examples come from. */
export interface SampleSource {
  list(): Promise<readonly SampleSetFacts[]>;
  /**
   * An index past the end begins anew. Undefined for a name or a split that isn't listed.
   * @param split the first one where it is left out
   */
  sample(name: string, index: number, split?: string): Promise<SampleAnswer | undefined>;
}
