#include "attention.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace logitbook {

namespace {

/** Vectors of a head that are kept in registers while all keys are gone through. */
constexpr int PARTS = 4;

/** Visits what is seen, in order, with the index that its score has. */
template <typename Visit>
void forEach(const Seen& seen, Visit visit) {
  size_t index = 0;
  for (size_t place : seen.pastPlaces) visit(index++, seen.past + place);
  for (size_t i = 0; i < seen.freshCount; i++) visit(index++, seen.fresh + seen.freshRows[i] * seen.freshStep);
}

/** Adds the products with a slice of each key to the scores. */
template <int COUNT, int SLICE>
void score(const float* queries, int size, int from, const Seen& keys, float* scores, size_t length) {
  Vector query[COUNT][SLICE];
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) query[i][part] = load(queries + i * size + from + part * WIDTH);
  forEach(keys, [&](size_t index, const float* key) {
    Vector products[COUNT] = {};
    for (int part = 0; part < SLICE; part++) {
      const Vector numbers = load(key + from + part * WIDTH);
      for (int i = 0; i < COUNT; i++) products[i] += query[i][part] * numbers;
    }
    for (int i = 0; i < COUNT; i++) scores[i * length + index] += sum(products[i]);
  });
}

/** Mixes a slice of the values by their weights. */
template <int COUNT, int SLICE>
void mix(const float* weights, size_t length, const Seen& values, int size, int from, float* read) {
  Vector mixed[COUNT][SLICE] = {};
  forEach(values, [&](size_t index, const float* value) {
    for (int part = 0; part < SLICE; part++) {
      const Vector numbers = load(value + from + part * WIDTH);
      for (int i = 0; i < COUNT; i++) mixed[i][part] += weights[i * length + index] * numbers;
    }
  });
  for (int i = 0; i < COUNT; i++)
    for (int part = 0; part < SLICE; part++) store(read + i * size + from + part * WIDTH, mixed[i][part]);
}

/** Turns `count` scores into weights that sum to 1. There is room for a whole vector at the end. */
void softmax(float* scores, size_t count) {
  const float highest = *std::max_element(scores, scores + count);
  std::fill(scores + count, scores + count + WIDTH, -INFINITY);
  Vector total{};
  for (size_t i = 0; i < count; i += WIDTH) {
    const Vector score = load(scores + i);
    const Vector weight = score == -INFINITY ? Vector{} : exponential(score - highest);
    total += weight;
    store(scores + i, weight);
  }
  const Vector factor = all(1 / sum(total));
  for (size_t i = 0; i < count; i += WIDTH) store(scores + i, load(scores + i) * factor);
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

void attend(const float* queries, int count, int size, const Seen& keys, const Seen& values,
            std::vector<float>& scratch, float* read) {
  const size_t seen = keys.count();
  const size_t length = seen + WIDTH;
  for (int first = 0; first < count; first += QUERIES, queries += QUERIES * size, read += QUERIES * size) {
    withConstant(std::min(QUERIES, count - first), [&](auto together) {
      scratch.assign(together * length, 0.0f);
      float* scores = scratch.data();
      forEachSlice(size, [&](int from, auto slice) {
        score<together, slice>(queries, size, from, keys, scores, length);
      });
      for (int i = 0; i < together; i++) softmax(scores + i * length, seen);
      forEachSlice(size, [&](int from, auto slice) {
        mix<together, slice>(scores, length, values, size, from, read);
      });
    });
  }
}

}  // namespace logitbook
