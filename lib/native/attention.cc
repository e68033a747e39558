#include "attention.h"

#include <algorithm>
#include <cmath>

#include "cache.h"
#include "counts.h"

namespace logitbook {

namespace {

/** Vectors of a head whose products with keys are summed at once, and those that values are mixed into. */
constexpr int SCORED = 64 / WIDTH;
constexpr int MIXED = 4;

/** Keys whose products with a query are summed together. */
constexpr size_t KEYS = 4;

/** Where the numbers of each token of a stretch lie, in order. */
template <typename Number>
struct Places {
  const Number* rows[STRETCH];
  size_t count;

  Places(const Seen<Number>& seen, int size, size_t stretch) {
    const size_t pastCount = seen.pastPlaces.size();
    const size_t end = std::min((stretch + 1) * STRETCH, seen.count());
    size_t index = stretch * STRETCH;
    count = end - index;
    const Number** row = rows;
    for (; index < std::min(end, pastCount); index++) *row++ = seen.past + seen.pastPlaces[index];
    for (; index < end; index++) *row++ = seen.fresh + seen.freshRows[index - pastCount] * size;
    // The last keys of a stretch may be fewer than are summed together: the last one stands in for those missing.
    while ((row - rows) % KEYS != 0) *row++ = rows[count - 1];
  }
};

/** Has the processor bring a token's numbers nearer, where an answer takes as long as a hundred products. */
template <typename Number>
void fetch(const Number* numbers, int size) {
  constexpr int LINE = CACHE_LINE / sizeof(Number);
  for (int i = 0; i < size; i += LINE) __builtin_prefetch(numbers + i);
}

/**
 * Adds the products with a slice of each key to the scores.
 * @param next is read next, and is fetched meanwhile
 */
template <int COUNT, int SLICE, typename Number>
void score(const float* queries, int size, int from, const Places<Number>& keys, const Places<Number>* next,
           float* scores) {
  Vector query[COUNT][SLICE];
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) query[i][part] = load(queries + i * size + from + part * WIDTH);
  for (size_t first = 0; first < keys.count; first += KEYS) {
    for (size_t key = 0; next && key < KEYS; key++) fetch(next->rows[first + key], size);
    Vector products[COUNT][KEYS] = {};
    for (int part = 0; part < SLICE; part++) {
      for (size_t key = 0; key < KEYS; key++) {
        const Vector numbers = load(keys.rows[first + key] + from + part * WIDTH);
        for (int i = 0; i < COUNT; i++) products[i][key] = multiplyAdd(query[i][part], numbers, products[i][key]);
      }
    }
    for (int i = 0; i < COUNT; i++) {
      const Four sums = sumsOf(products[i]);
      for (size_t key = 0; key < KEYS; key++) scores[i * STRETCH + first + key] += sums[key];
    }
  }
}

/**
 * Mixes a slice of the values by their weights.
 * @param next is read next, and is fetched meanwhile
 */
template <int COUNT, int SLICE, typename Number>
void mix(const float* weights, int size, const Places<Number>& values, const Places<Number>* next, int from,
         float* parts, size_t step) {
  Vector mixed[COUNT][SLICE] = {};
  for (size_t index = 0; index < values.count; index++) {
    if (next && index < next->count) fetch(next->rows[index], size);
    for (int part = 0; part < SLICE; part++) {
      const Vector numbers = load(values.rows[index] + from + part * WIDTH);
      for (int i = 0; i < COUNT; i++)
        mixed[i][part] = multiplyAdd(numbers, weights[i * STRETCH + index], mixed[i][part]);
    }
  }
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) store(parts + i * step + from + part * WIDTH, mixed[i][part]);
}

/** What `partLength` has room for behind the mixed values. */
struct Weights {
  float highest;
  float sum;
};

/** Turns `count` scores into weights, and those behind them, up to a whole stretch, into 0. */
Weights weigh(float* scores, size_t count) {
  std::fill(scores + count, scores + STRETCH, -INFINITY);
  Vector most = load(scores);
  for (size_t i = WIDTH; i < count; i += WIDTH) {
    const Vector score = load(scores + i);
    most = score > most ? score : most;
  }
  const float highest = highestOf(most);
  Vector total{};
  for (size_t i = 0; i < count; i += WIDTH) {
    const Vector score = load(scores + i);
    const Vector weight = score == -INFINITY ? Vector{} : exponential(score - highest);
    total += weight;
    store(scores + i, weight);
  }
  return {highest, sum(total)};
}

/** Calls `task` for each slice of a head, of at most `MOST` vectors, with where it begins and their number. */
template <int MOST, typename Task>
void forEachSlice(int size, Task task) {
  for (int from = 0; from < size; from += MOST * WIDTH)
    withCount<MOST>(std::min(MOST, (size - from) / WIDTH), [&](auto slice) { task(from, slice); });
}

}  // namespace

template <typename Number>
void attendStretch(const float* queries, int count, int size, size_t stretch, const Seen<Number>& keys,
                   const Seen<Number>& values, bool isNear, float* parts, size_t step) {
  const Places<Number> keyPlaces(keys, size, stretch);
  const Places<Number> valuePlaces(values, size, stretch);
  const bool isLast = keys.count() <= (stretch + 1) * STRETCH;
  const Places<Number> nextPlaces(keys, size, isLast ? stretch : stretch + 1);
  for (size_t key = 0; !isNear && key < keyPlaces.count; key++) fetch(keyPlaces.rows[key], size);
  for (int first = 0; first < count; first += QUERIES, queries += QUERIES * size, parts += QUERIES * step) {
    withCount<QUERIES>(std::min(QUERIES, count - first), [&](auto together) {
      float scores[together * STRETCH] = {};
      forEachSlice<SCORED>(size, [&](int from, auto slice) {
        const Places<Number>* next = isNear || first > 0 || from > 0 ? nullptr : &valuePlaces;
        score<together, slice>(queries, size, from, keyPlaces, next, scores);
      });
      for (int i = 0; i < together; i++) {
        const Weights weights = weigh(scores + i * STRETCH, keyPlaces.count);
        parts[i * step + size] = weights.highest;
        parts[i * step + size + 1] = weights.sum;
      }
      forEachSlice<MIXED>(size, [&](int from, auto slice) {
        const Places<Number>* next = isLast || isNear || first > 0 || from > 0 ? nullptr : &nextPlaces;
        mix<together, slice>(scores, size, valuePlaces, next, from, parts, step);
      });
    });
  }
}

template void attendStretch(const float*, int, int, size_t, const Seen<float>&, const Seen<float>&, bool, float*, size_t);
#if defined(LOGITBOOK_HAS_BYTES)
template void attendStretch(const float*, int, int, size_t, const Seen<Half>&, const Seen<Half>&, bool, float*, size_t);
#endif

void joinStretches(const float* parts, size_t stretches, int size, float* read) {
  const size_t length = partLength(size);
  float highest = -INFINITY;
  for (size_t at = 0; at < stretches; at++) highest = std::max(highest, parts[at * length + size]);
  float total = 0;
  std::fill(read, read + size, 0.0f);
  for (size_t at = 0; at < stretches; at++, parts += length) {
    const float weight = std::exp(parts[size] - highest);
    total += weight * parts[size + 1];
    for (int i = 0; i < size; i += WIDTH) store(read + i, multiplyAdd(load(parts + i), weight, load(read + i)));
  }
  const float factor = 1 / total;
  for (int i = 0; i < size; i += WIDTH) store(read + i, load(read + i) * factor);
}

}  // namespace logitbook
