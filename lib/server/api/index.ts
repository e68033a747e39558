import type { Hono } from "hono";
import type { ServerContext } from "../context.js";
import { addBeams } from "./beams.js";
import { addConversation } from "./chat.js";
import { addGenerate } from "./generate.js";
import { addModelFacts } from "./models.js";
import { addNext } from "./next.js";
import { addPageFacts } from "./page.js";
import { servedRecipeSchema } from "./recipeSchema.js";
import { addRemoteChat } from "./remoteChat.js";
import { addRuns } from "./runs.js";
import { addSamples } from "./samples.js";
import { addScore } from "./score.js";

/** Logitbook's own routes, for what OpenAI's protocol has no words for. */
export function addApi(app: Hono, context: ServerContext): void {
  app.get("/api/recipe-schema", (c) => c.json(servedRecipeSchema()));
  addModelFacts(app, context);
  addNext(app, context);
  addGenerate(app, context);
  addBeams(app, context);
  addScore(app, context);
  addSamples(app, context);
  addPageFacts(app, context);
  addRuns(app, context);
  addConversation(app, context);
  addRemoteChat(app, context);
}
