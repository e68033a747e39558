import { Notebooks, type Output, textOf } from "../notebooks/harness.js";

/** Where a cell finds the library's build: notebooks run two folders below the root, as `.setup/run-…/notebooks`. */
export const built = "../../../lib/dist/notebook/index";

/** Runs cells on a real kernel and gives their outputs; a cell that fails fails the test with its message. */
export async function runCells(cells: readonly string[]): Promise<(readonly Output[])[]> {
  const notebooks = await Notebooks.create();
  try {
    await notebooks.write("cells", cells);
    // Not `--update`, which writes nothing where no Chromium draws the charts.
    const { code, output } = await notebooks.execute(["--output", notebooks.folder]);
    if (code !== 0) throw new Error(output);
    return (await notebooks.read("cells")).cells.map((cell) => cell.outputs);
  } finally {
    await notebooks.remove();
  }
}

/** The text of a cell's stdout. */
export function stdoutOf(outputs: readonly Output[]): string {
  return outputs
    .filter(({ name }) => name === "stdout")
    .map(({ text }) => textOf(text))
    .join("");
}
