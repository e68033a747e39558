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

}  // namespace logitbook
