/**
 * The probability that a standard normal variable exceeds `z`: erfc(z / sqrt(2)) / 2. Relative error below 1e-12 up to
 * z = 37, where it leaves 64-bit floats' normal range.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return z < 3 ? 0.5 - density * centralSeries(z) : density / tailFraction(z);
}

/** z + z^3 / 3 + z^5 / (3 * 5) + …: all terms positive, so nothing cancels. */
function centralSeries(z: number): number {
  let [term, sum] = [z, z];
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1 / (z + 2 / (z + 3 / …)) (Laplace). */
function tailFraction(z: number): number {
  let fraction = z;
  for (let level = 200; level >= 1; level--) fraction = z + level / fraction;
  return fraction;
}
