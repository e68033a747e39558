#pragma once

#include <type_traits>
#include <utility>

namespace logitbook {

/** Calls `task` with a number from 1 to `MOST` that the compiler knows. */
template <int MOST, typename Task>
void withCount(int count, Task task) {
  [&]<int... LESS>(std::integer_sequence<int, LESS...>) {
    ((count == LESS + 1 ? task(std::integral_constant<int, LESS + 1>()) : void()), ...);
  }(std::make_integer_sequence<int, MOST>());
}

/** Calls `task` with each number from 0 to below `COUNT`, all of which the compiler knows. */
template <int COUNT, typename Task>
void forEachNumber(Task task) {
  [&]<int... NUMBER>(std::integer_sequence<int, NUMBER...>) {
    (task(std::integral_constant<int, NUMBER>()), ...);
  }(std::make_integer_sequence<int, COUNT>());
}

}  // namespace logitbook
