import { z } from "zod";

const rule = { error: "a number from 0 up to, but not including, 1" };

/** The share of values that dropout sets to 0 while training. */
export const dropoutField = z.number(rule).min(0, rule).lt(1, rule).default(0);
