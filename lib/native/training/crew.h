#pragma once

#include <mutex>

#include "../team.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logitbook {

/** Within its scope numbers too small for full precision are 0: they would take a hundred times as long. */
class WithoutDenormals {
 public:
#if defined(__x86_64__)
  WithoutDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
  ~WithoutDenormals() { _mm_setcsr(before_); }

 private:
  const unsigned before_;
#endif
};

/** The threads of all recurrent layers, which do one of them at a time. */
class Crew {
 public:
  explicit Crew(int threads) : team_(threads) {}

  /** Waits until it is the caller's turn; it ends with what is returned. */
  std::unique_lock<std::mutex> turn() { return std::unique_lock(mutex_); }

  /** Calls `prepare` in each thread with its part of `things`, and after all of them `work` with its part of `rows`. */
  template <typename Prepare, typename Work>
  void run(int things, Prepare prepare, int rows, Work work) {
    team_.run([&](int thread) {
      const WithoutDenormals scope;
      prepare(team_.partOf(things, thread));
      team_.meet();
      work(team_.partOf(rows, thread));
    });
  }

 private:
  std::mutex mutex_;
  Team team_;
};

}  // namespace logitbook
