import { readFile, writeFile } from "node:fs/promises";
import { DATA_TYPE, decodeModel, encodeModel, type NodeMessage } from "../../lib/models/onnx/proto.js";

/** Rewrites a graph in transformers.js layout so that its cache goes in and comes out in half precision. */
export async function useHalfCache(file: string): Promise<void> {
  const model = decodeModel(await readFile(file));
  const { node, input, output } = model.graph;
  const casts: NodeMessage[] = [];
  for (const value of [...input, ...output]) {
    const isPast = value.name.startsWith("past_key_values.");
    if (!isPast && !value.name.startsWith("present.")) continue;
    value.type.tensorType.elemType = DATA_TYPE.float16;
    const single = `${value.name}/single`;
    for (const { input: read, output: written } of node) {
      const names = isPast ? read : written;
      names.splice(0, names.length, ...names.map((name) => (name === value.name ? single : name)));
    }
    casts.push(isPast ? cast(value.name, single, "float") : cast(single, value.name, "float16"));
  }
  const isFirst = (added: NodeMessage) => added.input[0].startsWith("past_");
  model.graph.node = [...casts.filter(isFirst), ...node, ...casts.filter((added) => !isFirst(added))];
  await writeFile(file, encodeModel(model));
}

function cast(from: string, to: string, type: keyof typeof DATA_TYPE): NodeMessage {
  const attribute = [{ name: "to", type: 2, i: DATA_TYPE[type] }];
  return { input: [from], output: [to], name: `cast/${to}`, opType: "Cast", attribute, domain: "" };
}
