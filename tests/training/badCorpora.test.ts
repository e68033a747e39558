import { once } from "node:events";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parseRunConfig } from "../../lib/training/index.js";
import { temporaryDirectory } from "../support/temporary.js";
import { badCorpora } from "./badCorpora.js";
import { eventsOf } from "./support/runs.js";

const server = createServer(({ url }, response) => {
  if (url === "/cut.txt") {
    response.writeHead(200, { "content-length": "100" });
    response.write("only half", () => response.destroy());
  } else response.writeHead(404).end();
});
let host: string;
let root: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  delete process.env.LOGITBOOK_CORPORA;
});
beforeEach(async () => {
  root = await temporaryDirectory();
  process.env.LOGITBOOK_CORPORA = path.join(root, "kept");
});

test.each(badCorpora)("$name", async ({ files = {}, corpus, more = "", says }) => {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(content === null ? file : path.dirname(file), { recursive: true });
    if (content !== null) await writeFile(file, content);
  }
  const section = corpus.replaceAll("ROOT", root).replaceAll("HOST", host);
  const text = `out: ${root}/run
backend: cpu
corpus: { ${section} }
${more}
model: { architecture: gpt2, numLayers: 1, numHeads: 1, width: 4 }
training: { steps: 1, batchSize: 2, length: 32, schedule: { warmupSteps: 0 }, validateEvery: 1, validationBatches: 1 }
sampling: { auto: 0 }
`;
  const message = await train(text).then(
    () => "no error",
    (error: Error) => error.message.replaceAll(root, "ROOT").replaceAll(host, "HOST"),
  );
  expect(message).toBe(says);
  await rm(path.join(root, "kept"), { recursive: true, force: true });
  expect((await readdir(root)).sort()).toEqual(
    [...new Set(Object.keys(files).map((name) => name.split("/")[0]))].sort(),
  );
});

async function train(text: string): Promise<unknown> {
  return eventsOf(parseRunConfig(text));
}
