#include "attention.h"

#include <algorithm>
#include <cmath>

#include "counts.h"

namespace logitbook {

namespace {

/** Queries whose scores are kept until their values are mixed. */
constexpr int QUERIES = 4;

/** Vectors of a head that are computed with at once. */
constexpr int SLICE = 64 / WIDTH;

/** Tokens of a stream that all queries read in turn: those of the streams together stay in the nearest cache. */
constexpr size_t NEAR = 8;

/** Some of the tokens that are seen, or of each stream. */
struct Run {
  size_t from;
  size_t to;
};

/** What a stretch has of `count` tokens. */
Run runOf(size_t stretch, size_t count) {
  const size_t stretches = stretchesOf(count);
  return {count * stretch / stretches, count * (stretch + 1) / stretches};
}

/**
 * Where a slice of the numbers of each token of a stretch lies, in order; the last one stands in for those that a
 * stream lacks.
 */
template <typename Number>
struct Places {
  const Number* rows[LONGEST_STRETCH];
  /** Tokens of a stream. */
  const size_t each;

  Places(const Seen<Number>& seen, int size, Run run, int from) : each((run.to - run.from + STREAMS - 1) / STREAMS) {
    const size_t pastCount = seen.pastPlaces.size();
    size_t index = run.from;
    const Number** row = rows;
    for (; index < std::min(run.to, pastCount); index++) *row++ = seen.past + seen.pastPlaces[index] + from;
    for (; index < run.to; index++) *row++ = seen.fresh + seen.freshRows[index - pastCount] * size + from;
    std::fill(row, rows + STREAMS * each, row[-1]);
  }
};

/** Writes what a slice of a query and of some keys makes of their scores, or adds it to what `others` have made. */
template <int COUNT, typename Number>
void score(const float* query, const Places<Number>& keys, Run run, bool others, float* scores) {
  Vector numbers[COUNT];
  for (int part = 0; part < COUNT; part++) numbers[part] = load(query + part * WIDTH);
  for (size_t at = run.from; at < run.to; at++) {
    Vector products[STREAMS] = {};
    for (int part = 0; part < COUNT; part++) {
      for (size_t stream = 0; stream < STREAMS; stream++) {
        const Number* key = keys.rows[stream * keys.each + at];
        products[stream] = multiplyAdd(load(key + part * WIDTH), numbers[part], products[stream]);
      }
    }
    const Four sums = sumsOf(products);
    for (size_t stream = 0; stream < STREAMS; stream++) {
      float& score = scores[stream * keys.each + at];
      score = others ? score + sums[stream] : sums[stream];
    }
  }
}

/** Adds a slice of some values, by their weights, to what is mixed already. */
template <int COUNT, typename Number>
void mix(const float* weights, const Places<Number>& values, Run run, float* mixed) {
  Vector numbers[COUNT];
  for (int part = 0; part < COUNT; part++) numbers[part] = load(mixed + part * WIDTH);
  for (size_t at = run.from; at < run.to; at++) {
    for (size_t index = at; index < STREAMS * values.each; index += values.each) {
      const Number* value = values.rows[index];
      for (int part = 0; part < COUNT; part++)
        numbers[part] = multiplyAdd(load(value + part * WIDTH), weights[index], numbers[part]);
    }
  }
  for (int part = 0; part < COUNT; part++) store(mixed + part * WIDTH, numbers[part]);
}

/** What `partLength` has room for behind the mixed values. */
struct Weights {
  float highest;
  float sum;
};

/** Turns `count` scores into weights, and those behind them, up to a whole vector, into 0. */
Weights weigh(float* scores, size_t count) {
  std::fill(scores + count, scores + (count + WIDTH - 1) / WIDTH * WIDTH, -INFINITY);
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

/** Calls `task` for each slice of a head with where it begins and its vectors. */
template <typename Task>
void forEachSlice(int size, Task task) {
  for (int from = 0; from < size; from += SLICE * WIDTH)
    withCount<SLICE>(std::min(SLICE, (size - from) / WIDTH), [&](auto count) { task(from, count); });
}

/** Calls `task` with one run after the other until all streams are read. */
template <typename Task>
void forEachNear(size_t each, Task task) {
  for (size_t from = 0; from < each; from += NEAR) task(Run{from, std::min(from + NEAR, each)});
}

}  // namespace

template <typename Number>
void attendStretch(const float* queries, int count, int size, size_t stretch, const Seen<Number>& keys,
                   const Seen<Number>& values, float* parts, size_t step) {
  const Run run = runOf(stretch, keys.count());
  for (int first = 0; first < count; first += QUERIES, queries += QUERIES * size, parts += QUERIES * step) {
    const int together = std::min(QUERIES, count - first);
    float scores[QUERIES][LONGEST_STRETCH];
    forEachSlice(size, [&](int from, auto slice) {
      const Places<Number> places(keys, size, run, from);
      forEachNear(places.each, [&](Run near) {
        for (int i = 0; i < together; i++) score<slice>(queries + i * size + from, places, near, from > 0, scores[i]);
      });
    });
    for (int i = 0; i < together; i++) {
      const Weights weights = weigh(scores[i], run.to - run.from);
      std::fill_n(parts + i * step, size, 0.0f);
      parts[i * step + size] = weights.highest;
      parts[i * step + size + 1] = weights.sum;
    }
    forEachSlice(size, [&](int from, auto slice) {
      const Places<Number> places(values, size, run, from);
      forEachNear(places.each, [&](Run near) {
        for (int i = 0; i < together; i++) mix<slice>(scores[i], places, near, parts + i * step + from);
      });
    });
  }
}

template void attendStretch(const float*, int, int, size_t, const Seen<float>&, const Seen<float>&, float*, size_t);
#if defined(LOGITBOOK_HAS_BYTES)
template void attendStretch(const float*, int, int, size_t, const Seen<Half>&, const Seen<Half>&, float*, size_t);
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
