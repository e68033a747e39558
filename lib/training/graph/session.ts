import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Binding } from "../../models/backend/nativeBackend.js";
import { encodeSavedModel, type NodeDef, TAG } from "./proto.js";

const PREFIX = "logitbook-graph-";

/** A graph that TensorFlow has loaded. Tensors go in and come out by their native ids. */
export interface Session {
  /**
   * The ids of the fetched nodes' values; whoever asked deletes them.
   * @param feeds the ids of tensors by the node that they are fed to
   */
  run(feeds: ReadonlyMap<string, number>, fetches: readonly string[]): number[];
  dispose(): void;
}

/**
 * Loads a graph. The binding reads graphs from a folder only, so one is written for the moment; it is named after this
 * process, so that what a killed one left behind is found and removed at the next start.
 */
export function loadGraph(binding: Binding, nodes: readonly NodeDef[], folder = tmpdir()): Session {
  removeLeftovers(folder);
  const home = mkdtempSync(path.join(folder, `${PREFIX}${process.pid}-`));
  let id: number;
  try {
    writeFileSync(path.join(home, "saved_model.pb"), encodeSavedModel(nodes));
    id = binding.loadSavedModel(home, TAG);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return {
    run(feeds, fetches) {
      const output = (node: string) => `${node}:0`;
      const names = [...feeds.keys()].map(output).join();
      return binding
        .runSavedModel(id, [...feeds.values()], names, fetches.map(output).join())
        .map((tensor) => tensor.id);
    },
    dispose: () => binding.deleteSavedModel(id),
  };
}

/** Removes the folders of processes that no longer run. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it runs, but is someone else's
  }
}
