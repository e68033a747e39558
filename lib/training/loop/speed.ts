/** Measures tokens per second over the last steps. */
export interface Speed {
  /** Counts a step that ends now; gives tokens per second over the last ones. */
  step(tokens: number): number;
  /** Leaves out what happens between this and the next step, such as sampling. */
  pause(): void;
}

const remembered = 50;

/** @param now milliseconds on a clock that only runs forward */
export function speedOver(now: () => number): Speed {
  const steps: { tokens: number; milliseconds: number }[] = [];
  let last = now();
  return {
    step(tokens) {
      const time = now();
      steps.push({ tokens, milliseconds: time - last });
      last = time;
      if (steps.length > remembered) steps.shift();
      const sum = (key: "tokens" | "milliseconds") => steps.reduce((total, step) => total + step[key], 0);
      return (1000 * sum("tokens")) / Math.max(sum("milliseconds"), 1e-3);
    },
    pause() {
      last = now();
    },
  };
}
