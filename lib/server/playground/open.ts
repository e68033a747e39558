import { startServer } from "../listen.js";
import { ModelPool } from "../modelPool.js";
import { playgroundParts } from "./parts.js";
import type { Playground, PlaygroundOptions } from "./types.js";

/** What `createPlayground` loads when it is called. */
export async function openPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { models, page, samples } = await playgroundParts(options);
  const { port = 0, runsFolder } = options;
  return startServer({
    pool: new ModelPool({ models }),
    port,
    page,
    ...(samples && { samples }),
    ...(runsFolder !== undefined && { runsFolder }),
    drainTime: 2000,
  });
}
