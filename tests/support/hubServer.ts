import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** What the server does to a file: sends half of it and hangs up, sends other bytes, or doesn't know it. */
export type Fault = "truncated" | "corrupt" | "missing" | "refused";

export interface HubServer {
  readonly url: string;
  /** Paths asked for so far. */
  readonly requests: string[];
  /** Faults by file name, such as `onnx/model.onnx`; change it at any time. */
  readonly faults: Map<string, Fault>;
  close(): Promise<void>;
}

/** Serves a model directory as the hub does: `/<id>/resolve/<revision>/<file>`, on loopback. */
export async function hubServer(id: string, directory: string): Promise<HubServer> {
  const requests: string[] = [];
  const faults = new Map<string, Fault>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    requests.push(pathname);
    const prefix = `/${id}/resolve/main/`;
    const file = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : undefined;
    const body =
      file === undefined ? undefined : await readFile(path.join(directory, file)).catch(() => undefined);
    const fault = file === undefined ? undefined : faults.get(file);
    if (fault === "refused") response.writeHead(401).end();
    else if (body === undefined || fault === "missing") response.writeHead(404).end("Entry not found");
    else send(response, body, fault, request.method === "HEAD");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, body: Buffer, fault: Fault | undefined, headOnly: boolean): void {
  response.writeHead(200, { "content-length": body.length, "content-type": "application/octet-stream" });
  if (headOnly) response.end();
  else if (fault === "corrupt") response.end(Buffer.alloc(body.length, 0x7b));
  else if (fault === "truncated")
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else response.end(body);
}
