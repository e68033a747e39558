import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { assertKnownOptions, type OptionNames } from "../core/options.js";

/** One output in several MIME types, of which the reader's program shows the richest it knows. */
export interface MimeBundle {
  /** What is shown where nothing richer can be: a terminal, a log, a screen reader. */
  readonly "text/plain": string;
  /** Text or base64 for most types; a JSON value for types such as `application/vnd.plotly.v1+json`. */
  readonly [mimeType: string]: string | object;
}

/** Where text goes outside a notebook: `process.stdout`, `process.stderr`, or a list in a test. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** An output that stands in its cell and is replaced in place. */
export interface LiveDisplay {
  /** Shows the bundle where the last one stood; outside a notebook its text is written below the last one. */
  show(bundle: MimeBundle): void;
}

/** Where an output goes. */
export interface DisplayOptions {
  /** The output to replace. Default: a new one below what the cell has shown. */
  readonly into?: LiveDisplay;
  /** Where text goes outside a notebook. Default `process.stdout`. */
  readonly stream?: TextStream;
}

/** The names of `DisplayOptions`. */
export const displayNames: OptionNames<DisplayOptions> = { into: true, stream: true };

interface DisplayMessage {
  readonly data: MimeBundle;
  readonly metadata: object;
  readonly transient: { readonly display_id: string };
}

type KernelHook = (message: DisplayMessage, update: boolean) => void;

const moduleCache = createRequire(import.meta.url).cache;

/** Whether this code runs in a cell of the tslab kernel. */
export function insideNotebook(): boolean {
  return kernelHook() !== undefined;
}

/**
 * Shows a bundle of MIME types as one output of the running cell. Outside a notebook its plain text is written
 * to a stream. Returns nothing: a cell prints the value of its last expression.
 */
export function display(bundle: MimeBundle, options: DisplayOptions = {}): void {
  assertKnownOptions(options, displayNames);
  const { stream, into = liveDisplay(stream) } = options;
  into.show(bundle);
}

/** An output that takes its place when it is first shown, and is replaced there each time after. */
export function liveDisplay(stream: TextStream = process.stdout): LiveDisplay {
  const transient = { display_id: randomUUID() };
  let placed = false;
  return {
    show(data) {
      const hook = kernelHook();
      if (hook) hook({ data, metadata: {}, transient }, placed);
      else stream.write(`${data["text/plain"]}\n`);
      placed = true;
    },
  };
}

/**
 * The function that the kernel's own `tslab.display` calls. That public interface sends one MIME type at a
 * time, so a bundle takes the way below it. Found among the modules this process has loaded, and looked up
 * each time: a kernel has loaded it before any cell runs, it belongs to the cell that runs now, and a process
 * that is no kernel must not load tslab to learn so.
 */
function kernelHook(): KernelHook | undefined {
  const path = Object.keys(moduleCache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel: unknown = path === undefined ? undefined : moduleCache[path]?.exports;
  if (typeof kernel !== "object" || kernel === null || !("lastWriteDisplayData" in kernel)) return undefined;
  const hook = kernel.lastWriteDisplayData;
  return typeof hook === "function" ? (hook as KernelHook) : undefined;
}
