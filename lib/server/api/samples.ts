import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";
import type { SampleAnswer, SampleSetFacts } from "./types.js";

/** Where the data room's examples come from. */
export interface SampleSource {
  list(): Promise<readonly SampleSetFacts[]>;
  /** An index past the end begins anew. Undefined for a name that isn't listed. */
  sample(name: string, index: number): Promise<SampleAnswer | undefined>;
}

/** GET /api/corpora, and GET /api/corpora/NAME/INDEX: sets of examples, one example at a time. */
export function addSamples(app: Hono, { samples }: ServerContext): void {
  app.get("/api/corpora", async (c) => c.json({ corpora: await samples.list() }));
  app.get("/api/corpora/:name/:index{[0-9]+}", async (c) => {
    const name = c.req.param("name");
    const sample = await samples.sample(name, Number(c.req.param("index")));
    if (sample !== undefined) return c.json(sample);
    throw new HttpError(404, `there is no corpus ${name} here`, { param: "name", code: "corpus_not_found" });
  });
}
