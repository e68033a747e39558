import { describe, expect, test } from "vitest";
import { abortable } from "../../lib/core/abort.js";

describe("abortable", () => {
  test("settles as the promise does while nothing is aborted", async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(1))).toBe(1);
    expect(await abortable(Promise.resolve(2), signal)).toBe(2);
    await expect(abortable(Promise.reject(new Error("late")), signal)).rejects.toThrow("late");
  });

  test("rejects at once with the signal's reason, even if the promise never settles", async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => {}), controller.signal);
    controller.abort(new Error("no longer wanted"));
    await expect(waiting).rejects.toThrow("no longer wanted");
    await expect(abortable(new Promise(() => {}), controller.signal)).rejects.toThrow("no longer wanted");
  });

  test("leaves no listener behind and no unhandled rejection", async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    await abortable(Promise.resolve(), signal);
    expect(listeners).toBe(0);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late failure")), 5));
    const waiting = abortable(late, signal);
    controller.abort(new Error("first"));
    await expect(waiting).rejects.toThrow("first");
    await new Promise((resolve) => setTimeout(resolve, 15));
  });
});
