import type * as tf from "@tensorflow/tfjs";
import { OptionError } from "../../core/errors.js";
import type { DropoutSite, Operations } from "./operations.js";
import type { ForwardOptions } from "./trainable.js";

/** The rate and place of the next dropout of a forward pass, or undefined where nothing is dropped. */
export type NextDropout = () => { readonly rate: number; readonly site: DropoutSite } | undefined;

/**
 * Numbers the places of a forward pass where dropout falls, in the order in which they are asked for.
 * @throws OptionError where dropout is on, but has no seed
 */
export function dropoutSites(rate: number, { training, dropoutSeed }: ForwardOptions): NextDropout {
  if (!training || rate === 0) return () => undefined;
  if (dropoutSeed === undefined) {
    throw new OptionError("dropoutSeed", dropoutSeed, "an int32 scalar, since the model trains with dropout");
  }
  const seed: tf.Scalar = dropoutSeed;
  let site = 0;
  return () => ({ rate, site: { seed, site: site++ } });
}

/** Drops values of a tensor at the next place, or leaves it as it is. */
export function dropNext(nextDropout: NextDropout, { dropout }: Pick<Operations, "dropout">) {
  return <T extends tf.Tensor>(x: T): T => {
    const place = nextDropout();
    return place === undefined ? x : dropout(x, place.rate, place.site);
  };
}
