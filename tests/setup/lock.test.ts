import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../scripts/setup/lock.mjs";
import { temporaryFolder, until } from "./folders.js";
import { moduleUrl, startNode } from "./processes.js";

const never = () => {
  throw new Error("waited");
};

test("is free after its release, which may come twice", async () => {
  const file = join(temporaryFolder(), "lock");
  for (let i = 0; i < 2; i++) {
    const release = await takeLock(file, never);
    expect(readFileSync(file, "utf8")).toContain(String(process.pid));
    release();
    release();
    expect(existsSync(file)).toBe(false);
  }
});

test("of a living process is waited for", async () => {
  const file = join(temporaryFolder(), "lock");
  const release = await takeLock(file, never);
  const holders: number[] = [];
  const second = takeLock(file, (pid) => holders.push(pid));
  await until(() => holders.length > 0, "the second waits");
  expect(holders).toEqual([process.pid]);
  release();
  (await second)();
});

test("of a killed process is taken over", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "lock");
  const program = `import { takeLock } from ${JSON.stringify(moduleUrl("lock.mjs"))};
    await takeLock(${JSON.stringify(file)}, () => {}); setInterval(() => {}, 1000);`;
  const holder = startNode(["--input-type=module", "-e", program]);
  await until(() => existsSync(file), "the lock is taken");
  holder.child.kill("SIGKILL");
  await holder.end;
  (await takeLock(file, never))();
  expect(readdirSync(folder)).toEqual([]);
});

test("without a heartbeat is taken over, whoever has its process id now", async () => {
  const file = join(temporaryFolder(), "lock");
  writeFileSync(file, `${process.pid}@${hostname()} 1`);
  const long = new Date(Date.now() - 10 * 60_000);
  utimesSync(file, long, long);
  (await takeLock(file, never))();
});

test("is held by one process at a time", async () => {
  const folder = temporaryFolder();
  const log = join(folder, "log");
  writeFileSync(join(folder, "lock"), `999999999@${hostname()} 1`);
  const program = `import fs from "node:fs"; import { takeLock } from ${JSON.stringify(moduleUrl("lock.mjs"))};
    for (let i = 0; i < 5; i++) {
      const release = await takeLock(${JSON.stringify(join(folder, "lock"))}, () => {});
      fs.appendFileSync(${JSON.stringify(log)}, "in ");
      await new Promise((r) => setTimeout(r, 5));
      fs.appendFileSync(${JSON.stringify(log)}, "out ");
      release();
    }`;
  const all = [1, 2, 3].map(() => startNode(["--input-type=module", "-e", program]).end);
  for (const { code, output } of await Promise.all(all)) expect([code, output]).toEqual([0, ""]);
  expect(readFileSync(log, "utf8")).toBe("in out ".repeat(15));
});
