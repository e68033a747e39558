import { type Progress, progress } from "../notebook/progress.js";
import type { RunConfig, Sample, TrainEvent } from "../training/index.js";

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Tells what happens in training: samples and scores on one stream, a bar that moves on the other. */
export function trainReporter(config: RunConfig, out: Output, moving: Output): (event: TrainEvent) => void {
  let bar: Progress | undefined;
  let done = 0;
  /** What stands above the bar must not be written into its line. */
  const say = (text: string) => {
    if (moving.isTTY) moving.write("\r\u001b[K");
    out.write(text);
  };
  return (event) => {
    switch (event.type) {
      case "start":
        say(startText(event, config));
        bar = progress(event.steps, "Training", { unit: "steps", done: event.step, stream: moving });
        done = event.step;
        break;
      case "step":
        bar?.advance(event.step - done, stepNote(event));
        done = event.step;
        break;
      case "validation":
        say(validationText(event));
        break;
      case "samples":
        say(event.samples.map((sample) => sampleText(sample)).join(""));
        break;
      case "done":
        bar?.finish();
        say(doneText(event));
        break;
    }
  };
}

type EventOf<Type extends TrainEvent["type"]> = Extract<TrainEvent, { type: Type }>;

function startText(event: EventOf<"start">, { model, corpus, out }: RunConfig): string {
  const count = (value: number) => value.toLocaleString("en-US");
  const graph = event.compiled ? "one graph a step" : `plain steps (${event.plainReason})`;
  return [
    `${model.architecture}, ${count(event.parameters)} weights, vocabulary ${count(event.vocabSize)}`,
    `${corpus.source}: ${count(event.trainingTokens)} tokens to train on, ${count(event.validationTokens)} to validate`,
    `${event.backend}; ${graph}`,
    `into ${out}${event.step > 0 ? `, from step ${count(event.step)} on` : ""}\n`,
  ].join("\n");
}

function stepNote({ loss, tokensPerSecond }: EventOf<"step">): string {
  return `loss ${loss.toFixed(3)} · ${Math.round(tokensPerSecond).toLocaleString("en-US")} tokens/s`;
}

function validationText({ step, loss, bitsPerCharacter, perplexity, best }: EventOf<"validation">): string {
  const scores = `${loss.toFixed(3)} nats per token, ${bitsPerCharacter.toFixed(3)} bits per character`;
  return `step ${step}: validation ${scores}, perplexity ${perplexity.toFixed(2)}${best ? ", the best so far" : ""}\n`;
}

function sampleText({ name, prompt, text }: Sample): string {
  return `  ${name}: ${JSON.stringify(prompt + text)}\n`;
}

function doneText({ step, reason, seconds, best, run, withoutPicture }: EventOf<"done">): string {
  const why = { steps: "done", patience: "no better for a while, so it ends", interrupted: "interrupted" }[
    reason
  ];
  const scores = best
    ? `; best ${best.loss.toFixed(3)} nats per token, ${best.bitsPerCharacter.toFixed(3)} bits per character at step ${best.step}`
    : "";
  const picture = withoutPicture === undefined ? "" : `\nthe curve has no picture: ${withoutPicture}`;
  return `${why}: ${step} steps in ${seconds.toFixed(0)} s${scores}\n${run}${picture}\n`;
}
