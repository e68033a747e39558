import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Fault = "none" | "404" | "truncated" | "corrupt";

/** A package that the registry of a test serves: one version, one file. */
export interface Served {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly content: Buffer;
}

/**
 * A registry on this machine that speaks as much of npm's and of Python's protocol as their clients need to fetch
 * one package, and that can serve it wrongly.
 * @returns its address
 */
export async function startRegistry(served: Served, fault: Fault = "none"): Promise<string> {
  const bytes = fault === "corrupt" ? Buffer.from(served.content).fill(0x41, 10, 40) : served.content;
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(request.url ?? "");
    const address = `http://${request.headers.host}`;
    if (asked.endsWith(served.file)) {
      if (fault === "404") return response.writeHead(404).end("not found");
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
      if (fault !== "truncated") return response.end(bytes);
      response.write(bytes.subarray(0, bytes.length / 2));
      return setTimeout(() => response.destroy(), 20);
    }
    if (asked === `/${served.name}`) {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify(packument(served, address)));
    }
    if (asked === `/${served.name}/`) {
      response.writeHead(200, { "content-type": "text/html" });
      return response.end(`<!DOCTYPE html><a href="${address}/files/${served.file}">${served.file}</a>`);
    }
    return response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function packument({ name, version, file, content }: Served, address: string): object {
  const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
  const dist = { tarball: `${address}/-/${file}`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { name, version, dist } } };
}

/** An address where nobody listens: a server's, after it has closed. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
