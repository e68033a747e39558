/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * The count of a check that passes or fails as one.
 * @param {boolean} ok
 * @returns {Count}
 */
export function one(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function sum(counts) {
  const total = (/** @type {keyof Count} */ key) => counts.reduce((all, count) => all + count[key], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

/**
 * `N passed, N failed`, with `, N skipped` where there are any: the last line of a test run.
 * @param {Count} count
 */
export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Counts what vitest reports. A file that does not load, and an error outside any test, are failures too.
 * @param {any} report of vitest's JSON reporter; undefined if it wrote none
 * @param {number} code its exit code
 * @returns {Count}
 */
export function countTests(report, code) {
  if (report === undefined) return one(false);
  const files = /** @type {{ status: string, assertionResults: unknown[] }[]} */ (report.testResults);
  const unloaded = files.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

/**
 * Counts what executing notebooks reports.
 * @param {any} report of tests/notebooks/execute.py; undefined if it wrote none
 * @param {number} code its exit code
 * @returns {Count}
 */
export function countNotebooks(report, code) {
  if (report === undefined) return one(false);
  const all = /** @type {{ name: string, passed: boolean, skipped: boolean, message?: string }[]} */ (
    report.notebooks
  );
  const skipped = all.filter((notebook) => notebook.skipped).length;
  const failed = all.filter((notebook) => !notebook.skipped && !notebook.passed).length;
  return { passed: all.length - skipped - failed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}
