import { replaceFile } from "../../core/writeFile.js";
import { chartSvg, type Line } from "../curve/chart.js";
import { chartPage } from "../curve/page.js";
import type { HistoryRow } from "./history.js";

const mostPoints = 200;

/** Loss on the batches, averaged in stretches, and on the validation set. Axes: step, nats per token. */
export function curveLines(rows: readonly HistoryRow[], name = ""): Line[] {
  const stretch = Math.max(1, Math.ceil(rows.length / mostPoints));
  const batches = Array.from({ length: Math.ceil(rows.length / stretch) }, (_, i) => {
    const some = rows.slice(i * stretch, (i + 1) * stretch);
    const mean = some.reduce((sum, row) => sum + row.loss, 0) / some.length;
    return [some.at(-1)?.step ?? 0, mean] as const;
  });
  const validated = rows.flatMap(({ step, validationLoss }) =>
    validationLoss === undefined ? [] : [[step, validationLoss] as const],
  );
  const last = validated.at(-1)?.[1].toFixed(3) ?? "";
  const label = name === "" ? `validation ${last}` : `${name} ${last}`;
  return [
    { name: name === "" ? "batches" : "", points: batches, faint: true },
    { name: label, points: validated },
  ];
}

/** Draws a run's history as a page. */
export async function writeCurve(file: string, name: string, rows: readonly HistoryRow[]): Promise<void> {
  const best = rows.reduce((low, row) => Math.min(low, row.validationLoss ?? low), Number.POSITIVE_INFINITY);
  const title = Number.isFinite(best) ? `${name}: ${best.toFixed(3)} nats per token at best` : name;
  const svg = chartSvg(curveLines(rows), { title, x: "step", y: "nats per token" });
  await replaceFile(file, chartPage(title, svg));
}
