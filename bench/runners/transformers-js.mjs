// node transformers-js.mjs DIRECTORY exact|fast: stock transformers.js, its own generate() on the same weights.
import { AutoModelForCausalLM, env, Tensor } from "@huggingface/transformers";
import { longestDelay, Stopwatch, serve } from "./serve.mjs";

const [directory = "", precision] = process.argv.slice(2);
env.allowRemoteModels = false;
const dtype = precision === "exact" ? "fp32" : "q4";
const model = await AutoModelForCausalLM.from_pretrained(directory, { dtype, device: "cpu" });

/** @param {any} task @param {() => void} onToken called for each new token */
async function generate({ prompt, newTokens }, onToken) {
  let isPrompt = true;
  const streamer = {
    put() {
      if (!isPrompt) onToken();
      isPrompt = false;
    },
    end() {},
  };
  await model.generate(
    /** @type {any} */ ({
      input_ids: new Tensor("int64", BigInt64Array.from(prompt, BigInt), [1, prompt.length]),
      attention_mask: new Tensor("int64", new BigInt64Array(prompt.length).fill(1n), [1, prompt.length]),
      max_new_tokens: newTokens,
      do_sample: false,
      eos_token_id: -1, // no token: nothing ends the text early
      streamer,
    }),
  );
}

await serve({
  hello: async () => ({ version: `transformers.js ${env.version}` }),
  decode: async (task) => {
    const watch = new Stopwatch();
    await generate(task, () => watch.tick());
    return watch.reading();
  },
  delay: (task) => longestDelay(() => generate(task, () => {})),
});
await model.dispose();
