#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "matrix.h"

namespace logitbook {

template <typename Task, int... COUNTS>
void withPass(int size, Task task, std::integer_sequence<int, COUNTS...>) {
  ((size == COUNTS + 1 ? task(std::integral_constant<int, COUNTS + 1>()) : void()), ...);
}

/** Calls `task` for each pass over `rows` rows with its first row, and with their number, known to the compiler. */
template <typename Task>
void forEachPass(int rows, Task task) {
  for (int first = 0; first < rows; first += PASS) {
    withPass(
        std::min(PASS, rows - first), [&](auto count) { task(first, count); }, std::make_integer_sequence<int, PASS>());
  }
}

}  // namespace logitbook
