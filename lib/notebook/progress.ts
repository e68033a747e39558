import { OptionError } from "../core/errors.js";
import { escapeHtml } from "../core/escapeHtml.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { insideNotebook, liveDisplay, type TextStream } from "./display.js";
import { progressStyle } from "./styleSheet.js";

export interface ProgressOptions {
  /** What is counted, in the plural: `steps`. Default: nothing is named. */
  readonly unit?: string;
  /** How many were done before, by work that now goes on: they say nothing of its speed. Default 0. */
  readonly done?: number;
  /** Milliseconds on a clock that only runs forward. Default `performance.now`. */
  readonly now?: () => number;
  /** Where text goes outside a notebook. Default `process.stderr`. */
  readonly stream?: TextStream;
}

const names: OptionNames<ProgressOptions> = { unit: true, done: true, now: true, stream: true };

/** A count that grows towards its total, shown while it does. */
export interface Progress {
  /** Counts `count` more, 1 by default; `note` says something about now, such as a loss. */
  advance(count?: number, note?: string): void;
  /** Shows the end, also when not all was done: call it in a `finally`. Calls after it do nothing. */
  finish(note?: string): void;
}

interface State {
  readonly done: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  readonly finished: boolean;
  readonly note: string;
}

interface Work {
  readonly total: number;
  /** How many were done before the start. */
  readonly before: number;
  readonly unit: string;
}

type Surface = (state: State) => void;

/** Ten pictures a second look smooth and cost nothing beside a step of a model. */
const leastMillisecondsBetween = 100;

/**
 * Shows progress in place with rate and remaining time: a bar in a notebook, one line on a terminal, a line
 * for each tenth in a log.
 *
 *     const bar = progress(steps, "Training", { unit: "steps" });
 *     for (...) bar.advance(1, `loss ${loss.toFixed(3)}`);
 *     bar.finish();
 *
 * @throws OptionError unless `total` is an integer above 0, and `done` one from 0 to `total`
 */
export function progress(total: number, label: string, options: ProgressOptions = {}): Progress {
  if (!(Number.isSafeInteger(total) && total > 0))
    throw new OptionError("total", total, "an integer above 0");
  assertKnownOptions(options, names);
  const { unit = "", done: before = 0, now = () => performance.now(), stream = process.stderr } = options;
  if (!(Number.isSafeInteger(before) && before >= 0 && before <= total))
    throw new OptionError("done", before, `an integer from 0 to ${total}`);
  const work = { total, before, unit };
  const surface = chooseSurface(label, work, (state) => detail(state, work), stream);
  const start = now();
  let [done, shownAt, finished, note] = [before, start, false, ""];
  const show = () => {
    shownAt = now();
    surface({ done, elapsed: (shownAt - start) / 1000, finished, note });
  };
  show();
  return {
    advance(count = 1, newNote = note) {
      if (!(Number.isFinite(count) && count >= 0))
        throw new OptionError("count", count, "a number, 0 or more");
      if (finished) return;
      [done, note] = [Math.min(done + count, total), newNote];
      if (now() - shownAt >= leastMillisecondsBetween) show();
    },
    finish(newNote = note) {
      if (finished) return;
      [finished, note] = [true, newNote];
      show();
    },
  };
}

function chooseSurface(
  label: string,
  work: Work,
  describe: (state: State) => string,
  stream: TextStream,
): Surface {
  if (insideNotebook()) return notebookSurface(label, work.total, describe);
  return stream.isTTY ? terminalSurface(label, describe, stream) : logSurface(label, work, describe, stream);
}

function notebookSurface(label: string, total: number, describe: (state: State) => string): Surface {
  const place = liveDisplay();
  return (state) => {
    const bar = state.finished ? "" : `<progress max="${total}" value="${state.done}"></progress>`;
    const html = `<style>${progressStyle}</style><div class="lb-progress"><span>${escapeHtml(label)}:</span>${bar} <span class="lb-detail">${escapeHtml(describe(state))}</span></div>`;
    place.show({ "text/html": html, "text/plain": `${label}: ${describe(state)}` });
  };
}

/** One line, written over itself; the end stays. */
function terminalSurface(label: string, describe: (state: State) => string, stream: TextStream): Surface {
  return (state) => {
    const line = `${label}: ${describe(state)}`.slice(0, (stream.columns ?? 80) - 1);
    stream.write(`\r${line}\x1b[K${state.finished ? "\n" : ""}`);
  };
}

function logSurface(
  label: string,
  { total, before }: Work,
  describe: (state: State) => string,
  stream: TextStream,
): Surface {
  const tenthOf = (done: number) => Math.floor((done / total) * 10);
  let lastTenth = tenthOf(before);
  return (state) => {
    const tenth = tenthOf(state.done);
    if (!state.finished && tenth === lastTenth) return;
    lastTenth = tenth;
    stream.write(`${label}: ${describe(state)}\n`);
  };
}

function detail({ done, elapsed, finished, note }: State, { total, before, unit }: Work): string {
  const rate = elapsed > 0 ? (done - before) / elapsed : 0;
  const counted = `${count(done)} of ${count(total)}${unit && ` ${unit}`}`;
  const speed = rate > 0 ? `${threeDigits(rate)}/s` : "";
  const time = finished
    ? timeTaken(done, total, elapsed)
    : rate > 0
      ? `${clock((total - done) / rate)} left`
      : "";
  return [counted, time, speed, note].filter((part) => part !== "").join(" · ");
}

function timeTaken(done: number, total: number, elapsed: number): string {
  return done < total ? `stopped after ${clock(elapsed)}` : `in ${clock(elapsed)}`;
}

function count(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function threeDigits(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}

/** Seconds as `0.4 s`, `12 s`, `3:05 min` or `1:02:03 h`. */
function clock(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  if (hours === 0) return `${minutes}:${twoDigits(whole % 60)} min`;
  return `${hours}:${twoDigits(minutes)}:${twoDigits(whole % 60)} h`;
}
