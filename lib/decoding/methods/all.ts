// The registry: a new method is a file beside this one and a line here.
export * from "./beam.js";
export * from "./beamSample.js";
export * from "./contrastive.js";
export * from "./diverseBeam.js";
export * from "./dola.js";
export * from "./earlyStoppedBeam.js";
export * from "./greedy.js";
export * from "./promptLookup.js";
export * from "./sample.js";
export * from "./speculative.js";
