import { escapeHtml } from "../core/escapeHtml.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { Sample, TrainEvent } from "../training/index.js";
import { liveDisplay, type TextStream } from "./display.js";
import { lineChart } from "./lineChart.js";
import { figureBundle } from "./plot.js";
import { type Progress, progress } from "./progress.js";

export interface WatchOptions {
  /** Of the chart. Default `Training`. */
  readonly title?: string;
  /** Where text goes outside a notebook. Default `process.stderr`. */
  readonly stream?: TextStream;
}

const names: OptionNames<WatchOptions> = { title: true, stream: true };

/**
 * Trains and shows how it goes: a bar with rate and remaining time, the curve, and the latest samples, each in its
 * place. Gives back all that happened.
 *
 *     const events = await watchTraining(train(config), { title: "Characters" });
 */
export async function watchTraining(
  training: AsyncIterable<TrainEvent>,
  options: WatchOptions = {},
): Promise<TrainEvent[]> {
  assertKnownOptions(options, names);
  const { title = "Training", stream = process.stderr } = options;
  const events: TrainEvent[] = [];
  const [curve, texts] = [liveDisplay(stream), liveDisplay(stream)];
  let bar: Progress | undefined;
  let done = 0;
  try {
    for await (const event of training) {
      events.push(event);
      if (event.type === "start") {
        bar = progress(event.steps, title, { unit: "steps", done: event.step, stream });
        done = event.step;
      }
      if (event.type === "step") {
        bar?.advance(event.step - done, `loss ${event.loss.toFixed(3)}`);
        done = event.step;
      }
      if (event.type === "validation") curve.show(figureBundle(trainingChart(events, title)));
      if (event.type === "samples") texts.show(samplesBundle(event.step, event.samples));
    }
  } finally {
    bar?.finish();
  }
  return events;
}

/** The curve of a training so far: nats per token on its batches, and on the validation set. */
export function trainingChart(events: readonly TrainEvent[], title: string) {
  const steps = events.filter((event) => event.type === "step");
  const validations = events.filter((event) => event.type === "validation");
  const last = validations.at(-1)?.loss.toFixed(3) ?? "";
  const stretch = Math.max(1, Math.ceil(steps.length / 200));
  const shown = steps.filter((_, i) => i % stretch === stretch - 1);
  return lineChart({
    title,
    xTitle: "step",
    yTitle: "nats per token",
    lines: [
      { name: "", x: shown.map(({ step }) => step), y: shown.map(({ loss }) => loss), faint: true },
      {
        name: `validation ${last}`,
        x: validations.map(({ step }) => step),
        y: validations.map(({ loss }) => loss),
      },
    ],
  });
}

function samplesBundle(step: number, samples: readonly Sample[]) {
  const lines = samples.map(({ name, prompt, text }) => ({ name, prompt, text }));
  const html = lines
    .map(
      ({ name, prompt, text }) =>
        `<div style="margin:4px 0"><span style="opacity:0.6">step ${step}, ${name}</span><br>` +
        `<span style="white-space:pre-wrap"><b>${escapeHtml(prompt)}</b>${escapeHtml(text)}</span></div>`,
    )
    .join("");
  const plain = lines.map(({ name, prompt, text }) => `step ${step}, ${name}: ${prompt}${text}`).join("\n");
  return { "text/html": html, "text/plain": plain };
}
