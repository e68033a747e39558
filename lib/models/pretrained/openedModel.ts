import type { GraphRunner } from "../prefixes/request.js";
import type { ModelFacts } from "./protocol.js";

/** A model ready to compute rows. */
export interface OpenedModel {
  readonly runner: GraphRunner;
  readonly facts: ModelFacts;
  close(): Promise<void>;
}
