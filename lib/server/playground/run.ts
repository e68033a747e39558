import { HttpError } from "../errors.js";
import type { PlaygroundCorpus, SampleRecord, SampleTexts, SampleView, Template } from "./types.js";

/**
 * What a template makes of a record.
 * @throws HttpError 422 where it throws, or gives something else than texts
 */
export function textsOf(
  title: string,
  template: Template,
  record: SampleRecord,
  where: string,
): Required<SampleTexts> {
  const texts = calling(`the template ${title}`, where, () => template(record));
  const { prompt, oneStep = prompt, target = "" } = (texts ?? {}) as Partial<SampleTexts>;
  const wrong = Object.entries({ prompt, oneStep, target }).find(([, text]) => typeof text !== "string");
  if (wrong) throw failed(`the template ${title} gave no text as \`${wrong[0]}\` of ${where}`);
  return { prompt: prompt as string, oneStep: oneStep as string, target };
}

/**
 * How a corpus draws a record.
 * @throws HttpError 422 where its function throws, or gives something that can't be shown
 */
export function viewOf(corpus: PlaygroundCorpus, record: SampleRecord, where: string): SampleView {
  const view = calling("the view", where, () => corpus.view?.(record));
  if (typeof view === "string") return view;
  const texts = typeof view === "object" && view !== null ? Object.values(view) : [];
  if (view && texts.length > 0 && texts.every((text) => typeof text === "string")) return view;
  throw failed(`the view of ${where} is neither { html }, a text, nor texts by name`);
}

function calling<T>(what: string, where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw failed(`${what} failed on ${where}: ${(error as Error).message}`);
  }
}

function failed(message: string): HttpError {
  return new HttpError(422, message, { code: "sample_failed" });
}
