import { mapped } from "../mapped.js";
import type { Answered, Usage } from "./answers.js";
import type { ChoiceEvent } from "./choices.js";
import type { ExtensionPart } from "./completionChunks.js";

/** What happens to one answer. */
export type SequenceEvent = Exclude<ChoiceEvent, { readonly kind: "beams" }>;

/**
 * The events of answers as pieces of an endpoint's answer; steps of beam searches only where a trace is asked for.
 * @param write what one event adds to the answer
 */
export async function* answerChunks<Chunk>(
  events: AsyncGenerator<ChoiceEvent, Answered>,
  traced: boolean,
  write: (event: SequenceEvent) => Iterable<Chunk>,
): AsyncGenerator<Chunk | { readonly logitbook: ExtensionPart }, Usage> {
  const { usage } = yield* mapped(events, (event): Iterable<Chunk | { logitbook: ExtensionPart }> => {
    if (event.kind !== "beams") return write(event);
    return traced ? [{ logitbook: { beams: event.step } }] : [];
  });
  return usage;
}
