import { pairedRatio, summary } from "./statistics.mjs";

/**
 * @typedef {import("./statistics.mjs").Summary} Summary
 * @typedef {{ ask(task: object): Promise<any> }} Asked
 *
 * @typedef {object} EntryResult
 * @property {string} label
 * @property {Summary} value in the measurement's unit
 * @property {Summary} [ratio] to the first entry, pair by pair; absent on the first
 * @property {number} [goal] the least median ratio aimed for
 * @property {readonly number[]} rounds the values one by one
 *
 * @typedef {object} Result
 * @property {string} title
 * @property {string} [precision] absent where no model runs
 * @property {string} unit
 * @property {readonly EntryResult[]} entries
 */

/**
 * Gives every entry its turn, round after round: A B C A B C. The warm-up rounds are not counted.
 * @param {import("./measurements/index.mjs").Measurement} measurement
 * @param {ReadonlyMap<string, Asked>} contenders
 * @param {(context: number, text?: "code" | "prose") => readonly number[]} promptOf a prompt that no round before it had
 * @param {{ rounds: number, warmUps: number }} times
 * @returns {Promise<Result>}
 */
export async function runRounds(measurement, contenders, promptOf, { rounds, warmUps }) {
  const { title, unit, precision, context, text, entries } = measurement;
  const values = entries.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < warmUps + rounds; round++) {
    const prompt = promptOf(context, text);
    for (const [index, { contender, task, value }] of entries.entries()) {
      const answer = await contenders.get(contender)?.ask({ ...task, prompt, seed: round });
      if (round >= warmUps) values[index]?.push(value(answer));
    }
  }
  const [baseline = []] = values;
  const results = entries.map(({ label, goal }, index) => {
    const own = values[index] ?? [];
    return {
      label,
      value: summary(own),
      ...(index > 0 && { ratio: pairedRatio(own, baseline) }),
      ...(goal !== undefined && { goal }),
      rounds: own,
    };
  });
  return { title, ...(precision && { precision }), unit, entries: results };
}
