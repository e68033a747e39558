export { type BeamOptions, beamSearch } from "./beamSearch.js";
export { type DiverseBeamOptions, diverseBeamSearch } from "./diverse.js";
export { type EarlyStoppedBeamOptions, earlyStoppedBeamSearch } from "./earlyStopped.js";
export type { BeamRanking } from "./frontier.js";
export type { BeamScoring } from "./rows.js";
export type { Beam, BeamBound, BeamStep, BeamStop } from "./types.js";
