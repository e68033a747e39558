#pragma once

#include <cstddef>

namespace logitbook {

/** Bytes that come from memory together. */
constexpr size_t CACHE_LINE = 64;

}  // namespace logitbook
