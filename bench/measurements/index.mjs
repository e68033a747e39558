import { processorChain } from "./chains.mjs";
import { beamsBesideReference, promptLookup, severalSequences } from "./methods.mjs";
import { eventLoop, longContext, singleSequence } from "./single.mjs";

/**
 * @typedef {import("../contenders.mjs").Precision} Precision
 *
 * @typedef {object} Entry one side of a comparison
 * @property {string} label
 * @property {string} contender
 * @property {object} task without its prompt
 * @property {(answer: any) => number} value in the measurement's unit
 * @property {number} [goal] the least ratio to the first entry that the project aims for
 *
 * @typedef {object} Measurement the first entry is what the others are divided by
 * @property {string} title
 * @property {string} unit
 * @property {Precision} [precision] absent where no model runs
 * @property {number} context tokens of the prompt; 0 for none
 * @property {"code" | "prose"} [text] what the prompt is taken from; code by default
 * @property {readonly Entry[]} entries
 *
 * @typedef {object} Size
 * @property {Precision} precision
 * @property {readonly string[]} contenders
 * @property {number} newTokens
 * @property {number} context
 */

/**
 * What is measured in one precision, of the contenders that are there.
 * @param {Precision} precision
 * @param {readonly string[]} contenders
 * @param {boolean} quick
 * @returns {Measurement[]}
 */
export function measurements(precision, contenders, quick) {
  const size = { newTokens: quick ? 4 : 64, precision, contenders };
  const [short, long] = quick ? [16, 32] : [64, 1500];
  const all = (quick ? [short] : [short, 512, long]).map((context) => singleSequence({ ...size, context }));
  all.push(...(quick ? [short] : [short, long]).map((context) => severalSequences({ ...size, context })));
  all.push(longContext({ ...size, context: long }, short));
  all.push(eventLoop({ ...size, context: long }));
  all.push(promptLookup({ ...size, context: quick ? 32 : 400 }));
  if (contenders.includes("pytorch")) {
    all.push(beamsBesideReference({ ...size, newTokens: quick ? 4 : 128, context: short }));
  }
  if (precision !== "exact") return all;
  const repeats = quick ? 3 : 100;
  const names = /** @type {const} */ (["topK", "topP", "minP"]);
  return [...all, ...names.map((name) => processorChain(name, { contenders, repeats }))];
}
