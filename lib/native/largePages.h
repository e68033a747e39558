#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace logitbook {

/**
 * Memory side by side with what the thread has asked for before, in large pages where the operating system has them:
 * each token reads all weights, and finding one small page after the other would hold the processor up.
 * @return `bytes` of it, from the beginning of a cache line on, undefined; freed with the last that lies beside it
 * @throws std::bad_alloc
 */
std::shared_ptr<uint8_t> inLargePages(size_t bytes);

}  // namespace logitbook
