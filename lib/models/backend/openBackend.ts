import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Backend, BackendName, TensorFlow } from "./backend.js";
import { loadNative } from "./loadNative.js";
import { repairWasm } from "./repairWasm.js";

export interface BackendOptions {
  /** Take this one, or fail. Without it the best that can be had is taken: native, then wasm, then cpu. */
  readonly backend?: BackendName;
}

const OPTIONS: OptionNames<BackendOptions> = { backend: true };

/** What `reason` says of a backend that was asked for by name. */
const ASKED = "as asked for";
const WAY_TO_NATIVE = "`npm run setup -- --with native-tensorflow` makes training about ten times faster";

/**
 * TensorFlow.js with a backend. There is one instance of TensorFlow.js in a process, and it has one backend at a time:
 * the one that was opened last.
 * @throws OptionError where a backend that was asked for by name can't be had
 */
export async function openBackend(options: BackendOptions = {}): Promise<Backend> {
  assertKnownOptions(options, OPTIONS);
  const { backend } = options;
  const names: readonly string[] = ["native-gpu", "native", "wasm", "cpu"] satisfies BackendName[];
  if (backend !== undefined && !names.includes(backend)) {
    throw new OptionError("backend", backend, `one of ${names.join(", ")}`);
  }
  const tf = await import("@tensorflow/tfjs");
  tf.enableProdMode(); // or it advertises its packages on stderr
  if (backend === "cpu") return openPlain(tf, ASKED);
  if (backend === "wasm") return openWasm(tf, ASKED);
  const native = await openNative(tf, backend);
  if (typeof native !== "string") return native;
  if (backend !== undefined) {
    throw new OptionError("backend", backend, `one that this machine has, but ${native}`);
  }
  try {
    return await openWasm(tf, `since ${native}; ${WAY_TO_NATIVE}`);
  } catch (error) {
    return openPlain(tf, `since WebAssembly doesn't start (${(error as Error).message}) and ${native}`);
  }
}

/** The native backend, or why it can't be had. */
async function openNative(tf: TensorFlow, asked: BackendName | undefined): Promise<Backend | string> {
  const failure = loadNative();
  if (failure !== undefined) return failure;
  await tf.setBackend("tensorflow");
  await tf.ready();
  const native = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean };
  const name = native.isUsingGpuDevice ? "native-gpu" : "native";
  if (asked === "native-gpu" && name === "native") return "TensorFlow sees no NVIDIA device";
  const where = name === "native-gpu" ? "an NVIDIA GPU" : "the CPU";
  return { name, tf, reason: `TensorFlow's C library on ${where}, the fastest that this machine has` };
}

async function openWasm(tf: TensorFlow, why: string): Promise<Backend> {
  await import("@tensorflow/tfjs-backend-wasm");
  repairWasm(tf);
  if (!(await tf.setBackend("wasm"))) throw new Error("the module could not be started");
  return { name: "wasm", tf, reason: `WebAssembly, ${why}` };
}

async function openPlain(tf: TensorFlow, why: string): Promise<Backend> {
  await tf.setBackend("cpu");
  return { name: "cpu", tf, reason: `plain JavaScript, ${why}` };
}
