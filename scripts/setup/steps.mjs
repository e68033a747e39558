import { corpora } from "./steps/corpora.mjs";
import { kernel } from "./steps/kernel.mjs";
import { library } from "./steps/library.mjs";
import { model, STANDARD_MODEL } from "./steps/model.mjs";
import { nativeDecoder } from "./steps/native-decoder.mjs";
import { nativeTensorflow } from "./steps/native-tensorflow.mjs";
import { npmPackages } from "./steps/npm-packages.mjs";
import { page } from "./steps/page.mjs";
import { pythonEnvironment } from "./steps/python-environment.mjs";

/**
 * All of set-up, in order: a step may rely on those before it.
 * @type {readonly import("./runner.mjs").Step[]}
 */
export const STEPS = [
  npmPackages,
  pythonEnvironment,
  library,
  nativeDecoder,
  page,
  kernel,
  model,
  ...corpora,
  nativeTensorflow,
];

/** What `--with` may ask for. */
export const EXTRAS = [nativeTensorflow.name, nativeDecoder.name, STANDARD_MODEL];
