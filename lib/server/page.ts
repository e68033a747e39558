import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Hono } from "hono";
import type { ServerContext } from "./context.js";
import { HttpError } from "./errors.js";

/** Where set-up builds the playground. */
const PAGE = fileURLToPath(new URL("../web", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Nothing comes from another host, and no other site may frame the page; styles are written by Vue and Plotly. */
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*";

/** GET / and /assets/…: the playground's page. What it is built of has its content's hash in its name. */
export function addPage(app: Hono, _context: ServerContext, folder = PAGE): void {
  const send = async (file: string, caching: string) => {
    const content = await readFile(path.join(folder, file)).catch(() => {
      throw new HttpError(404, "the page is not built: run `npm run setup`", { code: "page_missing" });
    });
    const type = TYPES[path.extname(file)] ?? "application/octet-stream";
    const headers = { "content-type": type, "cache-control": caching, "content-security-policy": POLICY };
    return new Response(new Uint8Array(content), { headers });
  };
  app.get("/", () => send("index.html", "no-cache"));
  app.get("/assets/:file{[\\w.-]+}", (c) =>
    send(path.join("assets", c.req.param("file")), "public, max-age=31536000, immutable"),
  );
}
