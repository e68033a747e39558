import { createRequire } from "node:module";
import util from "node:util";

/**
 * Registers TensorFlow's C library as a backend of the one TensorFlow.js, if set-up has built the binding.
 * @returns why it can't be had, or undefined if it can
 */
export function loadNative(): string | undefined {
  // tfjs-node 4.22.0 still calls these: Node 22 warns of them, Node 23 removed one.
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // errors, but not a greeting on stderr
  try {
    createRequire(import.meta.url)("@tensorflow/tfjs-node-gpu");
    return undefined;
  } catch (error) {
    const message = (error as Error).message.trim();
    if (/can not be found|Cannot find module/.test(message)) return "native TensorFlow is not set up";
    return `native TensorFlow could not be loaded: ${message.split("\n")[0]}`;
  }
}
