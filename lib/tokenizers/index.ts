export { displayText, displayToken, type TokenPart, tokenParts, tracedTokenParts } from "./display.js";
export { gpt2Tokenizer } from "./gpt2.js";
export { type TextStream, textStream } from "./textStream.js";
