#include "attention.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace logitbook {

namespace {

/** Vectors of a head that are kept in registers while all keys are gone through. */
constexpr int PARTS = 4;

/** Room for the scores of a query: those of a stretch, and a vector more. */
constexpr size_t ROOM = STRETCH + WIDTH;

/** A stretch of what is seen, from one index up to another. */
struct Range {
  size_t from;
  size_t to;

  size_t length() const { return to - from; }
};

/** Visits a stretch of what is seen, in order, with the index within it. */
template <typename Visit>
void forEach(const Seen& seen, Range range, Visit visit) {
  const size_t pastCount = seen.pastPlaces.size();
  size_t index = range.from;
  for (; index < std::min(range.to, pastCount); index++) visit(index - range.from, seen.past + seen.pastPlaces[index]);
  for (; index < range.to; index++)
    visit(index - range.from, seen.fresh + seen.freshRows[index - pastCount] * seen.freshStep);
}

/** Adds the products with a slice of each key to the scores. */
template <int COUNT, int SLICE>
void score(const float* queries, int size, int from, const Seen& keys, Range range, float* scores) {
  Vector query[COUNT][SLICE];
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) query[i][part] = load(queries + i * size + from + part * WIDTH);
  forEach(keys, range, [&](size_t index, const float* key) {
    Vector products[COUNT] = {};
    for (int part = 0; part < SLICE; part++) {
      const Vector numbers = load(key + from + part * WIDTH);
      for (int i = 0; i < COUNT; i++) products[i] += query[i][part] * numbers;
    }
    for (int i = 0; i < COUNT; i++) scores[i * ROOM + index] += sum(products[i]);
  });
}

/** Mixes a slice of the values by their weights. */
template <int COUNT, int SLICE>
void mix(const float* weights, const Seen& values, Range range, int from, float* parts, size_t step) {
  Vector mixed[COUNT][SLICE] = {};
  forEach(values, range, [&](size_t index, const float* value) {
    for (int part = 0; part < SLICE; part++) {
      const Vector numbers = load(value + from + part * WIDTH);
      for (int i = 0; i < COUNT; i++) mixed[i][part] += weights[i * ROOM + index] * numbers;
    }
  });
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) store(parts + i * step + from + part * WIDTH, mixed[i][part]);
}

/** What `partLength` has room for behind the mixed values. */
struct Weights {
  float highest;
  float sum;
};

/** Turns `count` scores into weights. There is room for a whole vector at the end. */
Weights weigh(float* scores, size_t count) {
  const float highest = *std::max_element(scores, scores + count);
  std::fill(scores + count, scores + count + WIDTH, -INFINITY);
  Vector total{};
  for (size_t i = 0; i < count; i += WIDTH) {
    const Vector score = load(scores + i);
    const Vector weight = score == -INFINITY ? Vector{} : exponential(score - highest);
    total += weight;
    store(scores + i, weight);
  }
  return {highest, sum(total)};
}

/** Calls `task` with a number from 1 to 4 as a type. */
template <typename Task>
void withConstant(int number, Task task) {
  if (number == 1) task(std::integral_constant<int, 1>());
  else if (number == 2) task(std::integral_constant<int, 2>());
  else if (number == 3) task(std::integral_constant<int, 3>());
  else task(std::integral_constant<int, 4>());
}

/** Calls `task` for each slice of a head, with where it begins and how many vectors it has. */
template <typename Task>
void forEachSlice(int size, Task task) {
  for (int from = 0; from < size; from += PARTS * WIDTH)
    withConstant(std::min(PARTS, (size - from) / WIDTH), [&](auto slice) { task(from, slice); });
}

}  // namespace

void attendStretch(const float* queries, int count, int size, size_t stretch, const Seen& keys, const Seen& values,
                   std::vector<float>& scratch, float* parts, size_t step) {
  const Range range{stretch * STRETCH, std::min((stretch + 1) * STRETCH, keys.count())};
  for (int first = 0; first < count; first += QUERIES, queries += QUERIES * size, parts += QUERIES * step) {
    withConstant(std::min(QUERIES, count - first), [&](auto together) {
      scratch.assign(together * ROOM, 0.0f);
      float* scores = scratch.data();
      forEachSlice(size, [&](int from, auto slice) {
        score<together, slice>(queries, size, from, keys, range, scores);
      });
      for (int i = 0; i < together; i++) {
        const Weights weights = weigh(scores + i * ROOM, range.length());
        parts[i * step + size] = weights.highest;
        parts[i * step + size + 1] = weights.sum;
      }
      forEachSlice(size, [&](int from, auto slice) {
        mix<together, slice>(scores, values, range, from, parts, step);
      });
    });
  }
}

void joinStretches(const float* parts, size_t stretches, int size, float* read) {
  const size_t length = partLength(size);
  float highest = -INFINITY;
  for (size_t at = 0; at < stretches; at++) highest = std::max(highest, parts[at * length + size]);
  float total = 0;
  std::fill(read, read + size, 0.0f);
  for (size_t at = 0; at < stretches; at++, parts += length) {
    const float weight = std::exp(parts[size] - highest);
    total += weight * parts[size + 1];
    for (int i = 0; i < size; i += WIDTH) store(read + i, load(read + i) + weight * load(parts + i));
  }
  const float factor = 1 / total;
  for (int i = 0; i < size; i += WIDTH) store(read + i, load(read + i) * factor);
}

}  // namespace logitbook
