import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { byteModel } from "./byteModel.js";
import { errorOf, post, serve } from "./support.js";

const good = { model: "tiny", prompt: "a|" };

describe("what is checked around the body", () => {
  test("other types than JSON are refused, so that no page of another site can send them", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const answer = await post(`${url}/v1/completions`, good, { headers: { "content-type": "text/plain" } });
    expect(answer.status).toBe(415);
    await errorOf(answer);
  });

  test("a body beyond the limit is refused, with a length or without", async () => {
    const { url } = await serve([byteModel("tiny", "yes")], { limits: { bodyBytes: 1000 } });
    const large = JSON.stringify({ ...good, prompt: "a".repeat(2000) });
    expect((await post(`${url}/v1/completions`, large)).status).toBe(413);
    const stream = new Blob([large]).stream();
    const chunked = await fetch(`${url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stream,
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect((await errorOf(chunked)).code).toBe("request_too_large");
  });

  test("another host's name is refused on the loopback (DNS rebinding), also where it begins alike", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${url}/v1/models`, { headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.on("error", reject).end();
      });
    expect(await statusFor("evil.example")).toBe(403);
    expect(await statusFor("localhost.evil.example")).toBe(403);
    expect(await statusFor("127.0.0.1.evil.example:80")).toBe(403);
    expect(await statusFor("localhost:1234")).toBe(200);
    expect(await statusFor("[::1]")).toBe(200);
  });

  test("no origin may call unless it was named; headers keep pages from framing and sniffing", async () => {
    const { url } = await serve([byteModel("tiny", "yes")]);
    const answer = await fetch(`${url}/health`, { headers: { origin: "http://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("x-frame-options")).toBe("SAMEORIGIN");
    const named = await serve([byteModel("tiny", "yes")], { corsOrigins: ["http://good.example"] });
    const allowed = await fetch(`${named.url}/health`, { headers: { origin: "http://good.example" } });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("http://good.example");
    const other = await fetch(`${named.url}/health`, { headers: { origin: "http://evil.example" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a key guards everything but /health, whatever stands in its place", async () => {
    const { url } = await serve([byteModel("tiny", "yes")], { apiKey: "clé 🗝" });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    for (const path of [
      "/v1/models",
      "/metrics",
      "/openapi.json",
      "/info",
      "/api/models",
      "/nowhere",
      "/%68ealth/",
    ]) {
      expect((await fetch(`${url}${path}`)).status).toBe(401);
    }
    for (const authorization of [
      "",
      "Bearer",
      "Bearer x",
      "Basic abc",
      "Bearer cl",
      `Bearer ${"x".repeat(5000)}`,
    ]) {
      expect((await fetch(`${url}/v1/models`, { headers: { authorization } })).status).toBe(401);
    }
  });

  test("other addresses than the loopback need a key or leave", async () => {
    const start = (options: object) => serve([byteModel("tiny", "yes")], { host: "0.0.0.0", ...options });
    await expect(start({})).rejects.toThrow("`apiKey` must be given for the address 0.0.0.0");
    const { url } = await start({ withoutKey: true });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});
