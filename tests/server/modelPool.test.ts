import { describe, expect, test } from "vitest";
import { ModelError, OptionError } from "../../lib/core/errors.js";
import { ModelPool } from "../../lib/server/index.js";
import { byteModel } from "./byteModel.js";

/** Models of 10 bytes each, with a record of what was opened and disposed of. */
function pool(names: readonly string[], memoryLimit?: number) {
  const log: string[] = [];
  const models = Object.fromEntries(
    names.map((name) => [
      name,
      {
        memory: 10,
        open: async () => {
          log.push(`+${name}`);
          const open = byteModel(name, name);
          const dispose = async () => void log.push(`-${name}`);
          return { ...open, model: { ...open.model, dispose } };
        },
      },
    ]),
  );
  return { log, pool: new ModelPool({ models, ...(memoryLimit !== undefined && { memoryLimit }) }) };
}

describe("a pool", () => {
  test("opens a model when it is first used, once for all who ask at the same time", async () => {
    const { log, pool: models } = pool(["a", "b"]);
    expect([models.stateOf("a"), models.stateOf("c")]).toEqual(["closed", undefined]);
    const [first, second] = await Promise.all([models.use("a"), models.use("a")]);
    expect(log).toEqual(["+a"]);
    expect(first.open).toBe(second.open);
    expect(models.memory).toBe(10);
    await models.dispose();
    expect(log).toEqual(["+a", "-a"]);
  });

  test("releases what was used longest ago where room is needed", async () => {
    const { log, pool: models } = pool(["a", "b", "c"], 25);
    for (const name of ["a", "b", "a", "c", "b"]) (await models.use(name)).release();
    expect(log).toEqual(["+a", "+b", "-b", "+c", "-a", "+b"]);
    expect(models.memory).toBe(20);
  });

  test("never releases a model that somebody uses: who needs its room waits", async () => {
    const { log, pool: models } = pool(["a", "b"], 15);
    const lease = await models.use("a");
    let got = false;
    const waiting = models.use("b").then((other) => {
      got = true;
      return other;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(got).toBe(false);
    lease.release();
    (await waiting).release();
    expect(log).toEqual(["+a", "-a", "+b"]);
  });

  test("who gives up waiting holds nothing", async () => {
    const { pool: models } = pool(["a", "b"], 15);
    const lease = await models.use("a");
    const abort = new AbortController();
    const waiting = models.use("b", abort.signal);
    abort.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    lease.release();
    (await models.use("b")).release();
    (await models.use("a")).release();
    expect(models.memory).toBe(10);
  });

  test("a model that can't be opened is tried again the next time", async () => {
    let tries = 0;
    const open = async () => {
      if (++tries === 1) throw new Error("not yet");
      return byteModel("a", "a");
    };
    const models = new ModelPool({ models: { a: { open } } });
    await expect(models.use("a")).rejects.toThrow("not yet");
    expect(models.stateOf("a")).toBe("closed");
    expect((await models.use("a")).open.name).toBe("a");
  });

  test("says of a model that can't be opened with its options that it is the model's fault, not the request's", async () => {
    const open = async () => {
      throw new OptionError("precision", "fast", "left out");
    };
    await expect(new ModelPool({ models: { a: { open } } }).use("a")).rejects.toThrow(ModelError);
  });

  test("refuses what can never work", async () => {
    expect(() => new ModelPool({ models: {} })).toThrow(OptionError);
    expect(() => pool(["a"], 5)).toThrow("`memoryLimit` must be enough for `a`");
    await expect(pool(["a"]).pool.use("z")).rejects.toThrow("it is not offered here: a");
  });
});
