import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeBackend } from "../../../lib/models/backend/nativeBackend.js";
import { openBackend } from "../../../lib/models/backend/openBackend.js";
import { GraphBuilder } from "../../../lib/training/graph/graphBuilder.js";
import { loadGraph } from "../../../lib/training/graph/session.js";
import { hasNative } from "./native.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "logitbook-session-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasNative)("a loaded graph", () => {
  test("computes, leaves no file, and removes those of killed processes alone", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const [left, running] = [`logitbook-graph-${gone}-a`, `logitbook-graph-${process.pid}-b`];
    for (const name of [left, running, "another"]) mkdirSync(path.join(folder, name));
    const { tf } = await openBackend({ backend: "native" });
    const { binding } = nativeBackend(tf)!;
    const graph = new GraphBuilder(binding);
    graph.placeholder("x", [2]);
    graph.float("sum", "Add", ["x", graph.scalar("one", 1)]);
    const before = binding.getNumOfTensors();
    const session = loadGraph(binding, graph.nodes, folder);
    expect(readdirSync(folder).sort()).toEqual(["another", running].sort());
    const x = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, 4));
    const [sum] = session.run(new Map([["x", x]]), ["sum"]);
    expect(Array.from(binding.tensorDataSync(sum))).toEqual([4, 5]);
    for (const id of [x, sum]) binding.deleteTensor(id);
    session.dispose();
    expect(binding.getNumOfTensors()).toBe(before);
  });

  test("a graph that TensorFlow refuses leaves no file either", async () => {
    const { tf } = await openBackend({ backend: "native" });
    const { binding } = nativeBackend(tf)!;
    const graph = new GraphBuilder(binding);
    graph.float("sum", "NoSuchOperation", []);
    expect(() => loadGraph(binding, graph.nodes, folder)).toThrow("NoSuchOperation");
    expect(readdirSync(folder)).toEqual([]);
  });
});
