import { spawnSync } from "node:child_process";

/** The Python that LOGITBOOK_TORCH_PYTHON names, or any. */
export const python = process.env.LOGITBOOK_TORCH_PYTHON ?? "python3";

/** Whether that Python has all of these packages, and what to say where it has not. */
export function pythonWith(packages: readonly string[]): { installed: boolean; howToGet: string } {
  const { status } = spawnSync(python, ["-c", `import ${packages.join(", ")}`]);
  const howToGet = `pip install ${packages.join(" ")}, and name that Python in LOGITBOOK_TORCH_PYTHON`;
  return { installed: status === 0, howToGet };
}
