#include "team.h"

namespace logitbook {

namespace {

/**
 * Tries before a waiting thread sleeps. Where others want its core too, one that sleeps lets the one that it waits for
 * have it: spinning on, it would keep it away for as long as the operating system lets it.
 */
constexpr int PATIENCE = 1000;

inline void breathe() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Team::Team(int size) : members_(size) {
  for (int i = 1; i < size; i++) threads_.emplace_back([this, i] { serve(i); });
}

Team::~Team() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Team::run(const std::function<void(int)>& task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    task_ = &task;
    round_++;
  }
  changed_.notify_all();
  task(0);
  meet();
}

void Team::meet() {
  const int meeting = meetings_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size()) {
    arrived_.store(0, std::memory_order_relaxed);
    meetings_.store(meeting + 1, std::memory_order_release);
    meetings_.notify_all();
    return;
  }
  for (int tries = 0; tries < PATIENCE; tries++) {
    if (meetings_.load(std::memory_order_acquire) != meeting) return;
    breathe();
  }
  meetings_.wait(meeting, std::memory_order_acquire);
}

void Team::serve(int thread) {
  for (long done = 0;;) {
    const std::function<void(int)>* task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return ended_ || round_ != done; });
      if (ended_) return;
      done = round_;
      task = task_;
    }
    (*task)(thread);
    meet();
  }
}

}  // namespace logitbook
