import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import { type AppOptions, appNames, createApp } from "./app.js";

export interface ServerOptions extends Omit<AppOptions, "loopbackOnly"> {
  /** Default 8080; 0 for any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1. Any other address than the loopback needs `apiKey`. */
  readonly host?: string;
  /** Let anybody in who reaches another address than the loopback. Default false. */
  readonly withoutKey?: boolean;
  /** How long, in milliseconds, requests may go on after `close`; what they still have to say may take a second more. Default 30,000. */
  readonly drainTime?: number;
}

const { loopbackOnly: _, ...sharedNames } = appNames;
const names: OptionNames<ServerOptions> = {
  ...sharedNames,
  port: true,
  host: true,
  withoutKey: true,
  drainTime: true,
};

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more requests, waits for those under way, and releases the models. Later calls wait for the first. */
  close(): Promise<void>;
}

/** How long, in milliseconds, an answer that is given up may take to say so. */
const FAREWELL = 1000;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Starts a server for OpenAI's clients, and for Logitbook's own.
 * @throws OptionError for an address beyond this machine without a key; an error of node:net where it can't listen
 * @example
 * const server = await startServer({ pool: new ModelPool({ models: { smollm2: { open: () => openModel("smollm2") } } }) });
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  assertKnownOptions(options, names);
  const { port = 8080, host = "127.0.0.1", withoutKey = false, drainTime = 30_000, ...appOptions } = options;
  const loopback = LOOPBACK.test(host);
  if (!loopback && appOptions.apiKey === undefined && !withoutKey) {
    throw new OptionError("apiKey", undefined, `given for the address ${host}, which others can reach`);
  }
  const app = createApp({ ...appOptions, loopbackOnly: loopback && appOptions.apiKey === undefined });
  const server = createAdaptorServer({ fetch: app.hono.fetch }) as Server;
  const unused = connectionsWithoutRequest(server);
  closeStalled(server, app.context.stallTime);
  await listening(server, port, host);
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server.address() as AddressInfo),
    close() {
      closed ??= closeServer();
      return closed;
    },
  };

  async function closeServer(): Promise<void> {
    app.drain();
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    // A connection that is kept alive would otherwise stay for seconds after its last answer, and one that was opened
    // ahead, as browsers do, for a minute and more.
    const tidy = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
    }, 20);
    const late = setTimeout(() => app.abort(), drainTime);
    // A reader who does not read keeps an answer unfinished that was given up long ago.
    const last = setTimeout(() => server.closeAllConnections(), drainTime + FAREWELL);
    await ended;
    clearInterval(tidy);
    clearTimeout(late);
    clearTimeout(last);
    await appOptions.pool.dispose();
  }
}

/** The connections over which nothing was asked yet. Node.js takes them for busy ones. */
function connectionsWithoutRequest(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on("connection", (socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return unused;
}

/**
 * Closes connections that take nothing of what was written to them for so long; silence of the server is no stall. The
 * system tells of what a client took once a third of its buffer is free, so that seconds are the least that makes sense.
 */
function closeStalled(server: Server, stallTime: number): void {
  server.on("request", ({ socket }, response) => {
    response.setTimeout(stallTime, () => {
      if (socket.writableLength > 0) socket.destroy();
    });
  });
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
