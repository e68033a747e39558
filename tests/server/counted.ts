import { expect } from "vitest";
import { type ByteModelOptions, byteModel } from "./byteModel.js";
import { serve } from "./support.js";

/** What the model of `counted` says. */
export const LONG = "0123456789".repeat(40);
/** A request that takes it some seconds. */
export const body = { model: "tiny", prompt: "say|", temperature: 0, max_tokens: 300 };

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A server whose model takes 10 ms a call, and counts its calls. */
export async function counted(options: Parameters<typeof serve>[1] = {}) {
  const calls = { count: 0 };
  const slow: ByteModelOptions = { delay: 10, onCall: () => calls.count++ };
  const { url } = await serve([byteModel("tiny", LONG, slow)], options);
  return { calls, url };
}

/** How many calls the model gets from now on, once the server had time to notice. */
export async function callsAfter(calls: { count: number }, act: () => void): Promise<number> {
  const before = calls.count;
  act();
  await sleep(150);
  return calls.count - before;
}

/** Holds that a server of `counted` has no work left, and no place taken. */
export async function expectIdle({ calls, url }: Awaited<ReturnType<typeof counted>>): Promise<void> {
  expect(await callsAfter(calls, () => {})).toBe(0);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("logitbook_requests_running 0");
  expect(metrics).toContain("logitbook_requests_waiting 0");
}
