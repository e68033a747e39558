#pragma once

#include <cstdint>
#include <vector>

#include "vector.h"

namespace logitbook {

/**
 * Streams of memory that a stretch is read in, side by side. The processor foresees what each needs next, and from four
 * it brings a third to a half more numbers than from one; asking it for what comes next (`prefetch`) takes that away.
 */
constexpr size_t STREAMS = 4;

/** Tokens of a stretch at most: their scores are weighed together. */
constexpr size_t LONGEST_STRETCH = 512;

/**
 * Stretches that a token's attention is shared out in. It depends on what the token sees alone, so that its sums do;
 * streams should be long, and the number of stretches even, for two threads.
 */
inline size_t stretchesOf(size_t count) {
  constexpr size_t SHORTEST = 64;
  return count <= SHORTEST ? 1 : 2 * ((count + 2 * LONGEST_STRETCH - 1) / (2 * LONGEST_STRETCH));
}

/**
 * Where the keys, or the values, that a query sees lie: some of the cached tokens, then some of the new ones.
 * @tparam Number what they are stored as, `float` or `Half`
 */
template <typename Number>
struct Seen {
  const Number* past;
  /** Places of the cached tokens, in numbers after `past`. */
  const std::vector<size_t>& pastPlaces;
  /** [new tokens, size] */
  const Number* fresh;
  const int32_t* freshRows;
  size_t freshCount;

  size_t count() const { return pastPlaces.size() + freshCount; }
};

/** Numbers that `attendStretch` leaves for each query: the mixed values, the highest score, and the sum of weights. */
constexpr int partLength(int size) { return size + 2; }

/**
 * Attention of a few heads of one token that share their keys (Vaswani et al. 2017, Ainslie et al. 2023) to one stretch
 * of what it sees, not yet divided by the sum of its weights.
 * @param queries [count, size], rotated and scaled
 * @param stretch one of `stretchesOf` what is seen
 * @param parts [count, partLength(size)], the next query's `step` further on
 */
template <typename Number>
void attendStretch(const float* queries, int count, int size, size_t stretch, const Seen<Number>& keys,
                   const Seen<Number>& values, float* parts, size_t step);

/**
 * Joins what the stretches of one query have left (Milakov and Gimelshein 2018, Dao et al. 2022).
 * @param parts [stretches, partLength(size)]
 * @param read [size]
 */
void joinStretches(const float* parts, size_t stretches, int size, float* read);

}  // namespace logitbook
