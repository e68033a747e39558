import OpenAI from "openai";
import { expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { serve } from "./support.js";

const STREAMS = 64;
const TURNS = 3;
const SCRIPT = "Grüße, 世界 🌍! ".repeat(3);

// bench/serving/load.mjs does the same for a minute with the default model, and watches the memory.
test("64 streams at once: every answer comes whole, nobody is sent away, and no work is left", async () => {
  const { url } = await serve([byteModel("tiny", SCRIPT)], { maxConcurrent: 16, maxQueue: STREAMS });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const asked = { model: "tiny", temperature: 0, max_tokens: 200, stream: true } as const;
  const streamOnce = async (prompt: string) => {
    let text = "";
    let finish: string | null = null;
    for await (const { choices } of await openai.completions.create({ ...asked, prompt })) {
      text += choices[0]?.text ?? "";
      finish = choices[0]?.finish_reason ?? finish;
    }
    return { text, finish };
  };
  const reader = async (at: number) => {
    for (let turn = 0; turn < TURNS; turn++) {
      expect(await streamOnce(`${at} ${turn}|`)).toEqual({ text: SCRIPT, finish: "stop" });
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, (_, at) => reader(at)));
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("logitbook_requests_running 0");
  expect(metrics).toContain("logitbook_requests_waiting 0");
}, 60_000);
