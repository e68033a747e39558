import type * as tf from "@tensorflow/tfjs";
import type { TensorFlow } from "../backend/backend.js";
import { nativeKernels } from "../backend/nativeKernels.js";
import type { DropoutSite } from "./operations.js";

/**
 * 1 where dropout keeps a value, 0 where it drops one; `rate` is the share of zeros. The mask is a function of seed
 * and site alone. The native backend draws it with TensorFlow's stateless generator (Philox, Salmon et al. 2011), which
 * a traced graph draws equally; the others draw their own.
 */
export function keepMask(tf: TensorFlow, shape: number[], rate: number, site: DropoutSite): tf.Tensor {
  const native = nativeKernels(tf);
  const uniform =
    native === undefined
      ? tf.randomUniform(shape, 0, 1, "float32", site.seed.dataSync()[0] * 1009 + site.site)
      : native.statelessUniform(shape, tf.stack([site.seed, tf.scalar(site.site, "int32")]) as tf.Tensor1D);
  return uniform.greaterEqual(rate).toFloat();
}
