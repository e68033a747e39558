import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  EnvironmentFileError,
  parseEnvironmentFile,
  pipRequirement,
} from "../../scripts/setup/environment-file.mjs";

const WHOLE = `# a comment
name: "demo"   # another
channels:
  - conda-forge
dependencies:
- python >=3.10,<4
- JupyterLab=4.6
- plotly>=7
- 'nbclient'
- pip:
    - extra ~=1.2
    - other
- last==2
`;

describe("environment.yml", () => {
  test("is read as conda reads it", () => {
    const file = parseEnvironmentFile(WHOLE);
    expect(file).toMatchObject({ name: "demo", channels: ["conda-forge"] });
    expect(file.python).toEqual([
      { operator: ">=", version: "3.10" },
      { operator: "<", version: "4" },
    ]);
    expect(file.packages.map(pipRequirement)).toEqual([
      "jupyterlab==4.6.*",
      "plotly>=7",
      "nbclient",
      "extra~=1.2",
      "other",
      "last==2",
    ]);
  });

  test("of this project names JupyterLab, nbclient and plotly, each within bounds", () => {
    const text = readFileSync(new URL("../../environment.yml", import.meta.url), "utf8");
    const bounded = parseEnvironmentFile(text).packages.filter((entry) => entry.specifiers.length > 0);
    expect(bounded.map((entry) => entry.name)).toEqual(["jupyterlab", "nbclient", "plotly"]);
  });

  test.each([
    ["a tab", "dependencies:\n\t- plotly\n", 2, "tab"],
    ["an unknown field", "prefix: /opt\ndependencies:\n  - plotly\n", 1, "unknown field `prefix`"],
    ["a list in brackets", "dependencies: [plotly]\n", 1, "must be a list"],
    ["an entry outside a list", "- plotly\n", 1, "expected a list entry"],
    ["an unknown nested list", "dependencies:\n  - npm:\n    - left\n", 2, "`npm:`"],
    ["a bound that is none", "dependencies:\n  - plotly >=seven\n", 2, "in `plotly >=seven`"],
    ["a name without a value", "name:\ndependencies:\n  - plotly\n", 1, "`name` has no value"],
    ["no dependencies", "name: demo\n", 1, "`dependencies` is missing"],
  ])("refuses %s and names the line", (_, text, line, message) => {
    const parse = () => parseEnvironmentFile(text);
    expect(parse).toThrow(EnvironmentFileError);
    expect(parse).toThrow(`environment.yml, line ${line}: `);
    expect(parse).toThrow(message);
  });
});
