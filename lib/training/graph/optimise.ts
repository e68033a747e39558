import type { RecordedOperation, Recording, Slot } from "./recording.js";

/**
 * The same computation with less of it: operations that change nothing and repeated ones are left out, then those whose
 * results no one reads.
 */
export function optimise(recording: Recording): Recording {
  const { types } = recording;
  const same = new Map<Slot, Slot>();
  const current = (slot: Slot): Slot => same.get(slot) ?? slot;
  const seen = new Map<string, RecordedOperation>();
  const kept: RecordedOperation[] = [];
  for (const operation of recording.operations) {
    const inputs = operation.inputs.map(current);
    const key = `${operation.name} ${inputs} ${JSON.stringify(operation.attributes)}`;
    const twin = seen.get(key);
    if (twin !== undefined) {
      for (const [i, slot] of operation.outputs.entries()) same.set(slot, twin.outputs[i]);
    } else if (changesNothing(operation, inputs[0], types)) {
      same.set(operation.outputs[0], inputs[0]);
    } else {
      const changed = { ...operation, inputs };
      seen.set(key, changed);
      kept.push(changed);
    }
  }
  return withoutUnread({ ...recording, operations: kept, outputs: recording.outputs.map(current) });
}

function changesNothing(operation: RecordedOperation, input: Slot, types: Recording["types"]): boolean {
  const [before, after] = [types[input], types[operation.outputs[0]]];
  if (operation.name === "Identity") return true;
  if (operation.name === "Cast") return before.dtype === after.dtype;
  return operation.name === "Reshape" && before.shape.join() === after.shape.join();
}

function withoutUnread(recording: Recording): Recording {
  const read = new Set(recording.outputs);
  const operations: RecordedOperation[] = [];
  for (const operation of recording.operations.toReversed()) {
    if (!operation.outputs.some((slot) => read.has(slot))) continue;
    for (const slot of operation.inputs) read.add(slot);
    operations.push(operation);
  }
  const constants = recording.constants.filter(({ slot }) => read.has(slot));
  return { ...recording, operations: operations.reverse(), constants };
}
