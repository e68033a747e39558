#pragma once

#include <cstddef>

namespace logitbook {

/** What choosing a token needs of a row of scores, bit for bit as `lib/core` computes it. */

/** The largest score; NaN if one is. */
double maxScore(const float* row, size_t count);

/**
 * Sum of exp(score - shift), in order.
 * @param weights filled with the exponentials themselves, [count], or nothing
 * @returns NaN where a score is so far below `shift` that its exponential needs care, and not so far that nothing is left
 *   of it; `weights` are not to be used then
 */
double sumExp(const float* row, size_t count, double shift, double* weights);

}  // namespace logitbook
