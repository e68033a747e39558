#pragma once

#include <vector>

#include "vector.h"

namespace logitbook {

/** Queries that read the same keys at once. */
constexpr int QUERIES = 4;

/** Where the keys, or the values, that a query sees lie: some of the cached tokens, then some of the new ones. */
struct Seen {
  const float* past;
  /** Places of the cached tokens, in numbers after `past`. */
  const std::vector<size_t>& pastPlaces;
  const float* fresh;
  /** Numbers from one new token to the next. */
  size_t freshStep;
  const int32_t* freshRows;
  size_t freshCount;

  size_t count() const { return pastPlaces.size() + freshCount; }
};

/**
 * Attention of a few heads of one token that share their keys (Vaswani et al. 2017, Ainslie et al. 2023).
 * @param queries [count, size], rotated and scaled
 * @param scratch grows to what is needed
 * @param read [count, size]
 */
void attend(const float* queries, int count, int size, const Seen& keys, const Seen& values,
            std::vector<float>& scratch, float* read);

}  // namespace logitbook
