#include "largePages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "cache.h"

namespace logitbook {

namespace {

constexpr size_t LARGE_PAGE = size_t{2} << 20;

/** What is asked of the operating system at once. Pages that nobody writes to cost nothing. */
constexpr size_t CHUNK = 32 * LARGE_PAGE;

size_t roundUp(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

class Chunk {
 public:
  explicit Chunk(size_t size) : size_(size), memory_(static_cast<uint8_t*>(std::aligned_alloc(LARGE_PAGE, size))) {
    if (!memory_) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    // Where it is refused, small pages do.
    madvise(memory_, size, MADV_HUGEPAGE);
#endif
  }
  ~Chunk() { std::free(memory_); }
  Chunk(const Chunk&) = delete;

  bool hasRoomFor(size_t bytes) const { return bytes <= size_ - used_; }

  uint8_t* take(size_t bytes) {
    used_ += bytes;
    return memory_ + used_ - bytes;
  }

 private:
  const size_t size_;
  uint8_t* const memory_;
  size_t used_ = 0;
};

}  // namespace

std::shared_ptr<uint8_t> inLargePages(size_t bytes) {
  // Threads have their own, so that a model that is closed leaves nothing behind beside another's.
  thread_local std::weak_ptr<Chunk> last;
  const size_t room = roundUp(bytes, CACHE_LINE);
  std::shared_ptr<Chunk> chunk = last.lock();
  if (!chunk || !chunk->hasRoomFor(room)) {
    chunk = std::make_shared<Chunk>(std::max(CHUNK, roundUp(room, LARGE_PAGE)));
    last = chunk;
  }
  uint8_t* memory = chunk->take(room);
  return {std::move(chunk), memory};
}

}  // namespace logitbook
