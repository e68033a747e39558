/**
 * An instruction data set in the standard rooms:
 *
 *     npx logitbook play --config examples/instructions/playground.config.mjs
 *
 * The records are two files, one for each split; the templates are functions: from a record to what the model reads and what is expected.
 */

/** @typedef {{ instruction: string, input: string, output: string }} Instruction */

/** @param {Instruction} record */
const question = ({ instruction, input }) => (input === "" ? instruction : `${instruction}\n${input}`);

/** @type {import("logitbook").PlaygroundOptions} */
export default {
  title: "Instructions",
  models: ["smollm2"],
  corpora: {
    instructions: {
      title: "28 short instructions",
      licence: "Apache-2.0, made for this example",
      records: { train: "train.jsonl", validation: "validation.jsonl" },
    },
  },
  templates: {
    plain: (/** @type {Instruction} */ record) => ({
      prompt: `Instruction: ${question(record)}\nAnswer:`,
      target: ` ${record.output}`,
    }),
    chat: (/** @type {Instruction} */ record) => ({
      prompt: `<|im_start|>user\n${question(record)}<|im_end|>\n<|im_start|>assistant\n`,
      target: record.output,
    }),
  },
  rooms: ["data", "next", "generate", "beams"],
};
