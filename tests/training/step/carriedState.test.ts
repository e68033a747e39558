import { expect, test } from "vitest";
import { carriedState } from "../../../lib/training/step/carriedState.js";

function holder() {
  const freed: string[] = [];
  let made = 0;
  const state = carriedState<string>(
    (batchSize) => [`empty ${++made} of ${batchSize}`],
    (tensors) => freed.push(...tensors),
  );
  return { state, freed };
}

test("state goes on with as many rows, and begins anew with others or where nothing goes on", () => {
  const { state } = holder();
  expect(state.next(2, true)).toEqual(["empty 1 of 2"]);
  state.replace(2, ["after"]);
  expect(state.next(2, true)).toEqual(["after"]);
  expect(state.next(3, true)).toEqual(["empty 2 of 3"]);
  expect(state.next(3, false)).toEqual(["empty 3 of 3"]);
});

test("what is replaced is freed once, the last by dispose", () => {
  const { state, freed } = holder();
  state.next(2, true);
  state.replace(2, ["after"]);
  expect(freed).toEqual(["empty 1 of 2"]);
  state.dispose();
  state.dispose();
  expect(freed).toEqual(["empty 1 of 2", "after"]);
  expect([state.batchSize, state.tensors]).toEqual([0, []]);
});
