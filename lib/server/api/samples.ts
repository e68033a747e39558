import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { HttpError } from "../errors.js";

/** GET /api/corpora, and GET /api/corpora/NAME/INDEX?split=NAME: sets of examples, one example at a time. */
export function addSamples(app: Hono, { samples }: ServerContext): void {
  app.get("/api/corpora", async (c) => c.json({ corpora: await samples.list() }));
  app.get("/api/corpora/:name/:index{[0-9]+}", async (c) => {
    const name = c.req.param("name");
    const split = c.req.query("split");
    const sample = await samples.sample(name, Number(c.req.param("index")), split);
    if (sample !== undefined) return c.json(sample);
    const set = (await samples.list()).find((listed) => listed.name === name);
    if (set === undefined) {
      throw new HttpError(404, `there is no corpus ${name} here`, {
        param: "name",
        code: "corpus_not_found",
      });
    }
    const { splits = [] } = set;
    const has = splits.length > 0 ? `its splits are ${splits.join(", ")}` : "it has no named splits";
    throw new HttpError(404, `there is no split ${split} of ${name}: ${has}`, {
      param: "split",
      code: "split_not_found",
    });
  });
}
