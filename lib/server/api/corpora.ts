import type { Hono } from "hono";
import { distinctDocuments, listCorpora, openCorpus } from "../../training/corpus/index.js";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";
import type { SampleAnswer } from "./types.js";

/** GET /api/corpora, and GET /api/corpora/NAME/INDEX: the corpora that set-up brought, one document at a time. */
export function addCorpora(app: Hono, _context: ServerContext): void {
  const read = new Map<string, Promise<SampleAnswer["fields"][]>>();
  app.get("/api/corpora", async (c) => {
    const here = (await listCorpora()).filter(({ size }) => size !== undefined);
    return c.json({ corpora: here });
  });
  app.get("/api/corpora/:name/:index{[0-9]+}", async (c) => {
    const name = c.req.param("name");
    // Only by name: what lies elsewhere on this machine is nobody's business.
    if (!(await listCorpora()).some((entry) => entry.name === name && entry.size !== undefined)) {
      throw new HttpError(404, `there is no corpus ${name} here`, {
        param: "name",
        code: "corpus_not_found",
      });
    }
    const reading = read.get(name) ?? documents(name);
    read.set(name, reading);
    const all = await reading;
    const index = Number(c.req.param("index")) % all.length;
    return c.json({ count: all.length, index, fields: all[index] } satisfies SampleAnswer);
  });
}

async function documents(name: string): Promise<SampleAnswer["fields"][]> {
  const { documents } = await openCorpus(name);
  const found: SampleAnswer["fields"][] = [];
  for await (const { text, label } of distinctDocuments(documents()))
    found.push({ text, ...(label && { label }) });
  return found;
}
