export { type ConstraintContext, type OpenConstraint, openConstraint } from "./constrain.js";
export type { Constraint } from "./types.js";
