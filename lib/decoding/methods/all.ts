// The registry: a new method is a file beside this one and a line here.
export * from "./greedy.js";
export * from "./sample.js";
