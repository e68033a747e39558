#pragma once

#include <array>

#include "cache.h"
#include "counts.h"
#include "matrix.h"

namespace logitbook {

/** Has the processor bring numbers of a matrix nearer that are needed soon: `bytes` of them, as many as are read now. */
inline void fetchAhead(const uint8_t* numbers, size_t bytes) {
  constexpr size_t AHEAD = 4096;
  for (size_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch(numbers + AHEAD + at);
}

/** Where `COUNT` rows begin that lie `step` numbers apart. */
template <int COUNT, typename Number>
std::array<const Number*, COUNT> beginnings(const Number* first, size_t step) {
  std::array<const Number*, COUNT> rows;
  for (int i = 0; i < COUNT; i++) rows[i] = first + i * step;
  return rows;
}

/**
 * Calls `task` for each pass over rows, of at most `MOST` and all about as many, with its first row and their number,
 * which the compiler knows.
 */
template <int MOST, typename Task>
void forEachPass(int from, int to, Task task) {
  for (int passes = (to - from + MOST - 1) / MOST; passes > 0; passes--) {
    const int count = (to - from + passes - 1) / passes;
    withCount<MOST>(count, [&](auto known) { task(from, known); });
    from += count;
  }
}

}  // namespace logitbook
