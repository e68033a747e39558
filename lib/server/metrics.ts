import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a server counts. */
export interface Metrics {
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  answered(route: string, status: number, seconds: number): void;
  firstToken(model: string, seconds: number): void;
  /** A request has decoded to its end, or was given up. */
  decoded(model: string, seconds: number): void;
  tokens(model: string, kind: "prompt" | "cached" | "generated", count: number): void;
  /** How many requests decode, and how many wait for their turn. */
  queue(running: number, waiting: number): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** @param modelMemory bytes that the open models take, about */
export function createMetrics(modelMemory: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "logitbook_requests_total",
    help: "Requests answered.",
    labelNames: ["route", "status"],
    registers,
  });
  const latency = new Histogram({
    name: "logitbook_request_seconds",
    help: "Seconds from a request to its answer, or to the first event of a stream.",
    labelNames: ["route"],
    buckets: SECONDS,
    registers,
  });
  const first = new Histogram({
    name: "logitbook_first_token_seconds",
    help: "Seconds from a request to its first token.",
    labelNames: ["model"],
    buckets: SECONDS,
    registers,
  });
  const decoding = new Histogram({
    name: "logitbook_decode_seconds",
    help: "Seconds from a request to its last token, its wait for a turn included.",
    labelNames: ["model"],
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: "logitbook_tokens_total",
    help: "Tokens of prompts, those of them that the prefix cache held, and generated ones.",
    labelNames: ["model", "kind"],
    registers,
  });
  const running = gauge("logitbook_requests_running", "Requests that decode now.");
  const waiting = gauge("logitbook_requests_waiting", "Requests that wait for their turn.");
  gauge("logitbook_models_bytes", "Bytes that the open models take, about.", modelMemory);
  gauge("process_resident_memory_bytes", "Resident memory in bytes.", () => process.memoryUsage.rss());

  function gauge(name: string, help: string, read?: () => number): Gauge {
    return new Gauge({
      name,
      help,
      registers,
      ...(read && {
        collect() {
          this.set(read());
        },
      }),
    });
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered(route, status, seconds) {
      requests.inc({ route, status });
      latency.observe({ route }, seconds);
    },
    firstToken: (model, seconds) => first.observe({ model }, seconds),
    decoded: (model, seconds) => decoding.observe({ model }, seconds),
    tokens: (model, kind, count) => tokens.inc({ model, kind }, count),
    queue(inside, outside) {
      running.set(inside);
      waiting.set(outside);
    },
  };
}
