// The registry: a new processor is a file beside this one and a line here.
export * from "./temperature.js";
export * from "./topK.js";
export * from "./topP.js";
