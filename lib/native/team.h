#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "cache.h"

namespace logitbook {

/** One thread's part of `count` things. */
struct Part {
  int from;
  int to;
};

/** Threads that do one task together, and sleep between tasks. The thread that calls `run` is one of them. */
class Team {
 public:
  explicit Team(int size);
  ~Team();

  int size() const { return static_cast<int>(members_.size()); }

  Part partOf(int count, int thread) const {
    const auto start = [&](int64_t part) { return static_cast<int>(count * part / size()); };
    return {start(thread), start(thread + 1)};
  }

  /** Calls `task` once in each thread with the thread's number, 0 for the caller's, and returns when all have returned. */
  void run(const std::function<void(int)>& task);

  /** Within a task: waits until all threads have come here. */
  void meet();

  /**
   * Within a task, called in each thread: does `work` for all numbers below `count`, each in one of the threads, and
   * returns when all are done. A thread goes through a part of its own from front to back, since memory is read fastest
   * that way, then helps those that have been held up.
   */
  template <typename Work>
  void share(int thread, int count, Work work) {
    const int turn = members_[thread].turn;
    for (int ahead = 0; ahead < size(); ahead++) {
      const int whose = (thread + ahead) % size();
      const Part part = partOf(count, whose);
      std::atomic<int>& taken = members_[whose].taken[turn];
      for (int at; (at = part.from + taken.fetch_add(1, std::memory_order_relaxed)) < part.to;) work(at);
    }
    meet();
    members_[thread].taken[turn].store(0, std::memory_order_relaxed);
    members_[thread].turn = 1 - turn;
  }

 private:
  /** How much of a thread's part is taken, in turns: while one is set back, others may be in what is shared next. */
  struct alignas(CACHE_LINE) Member {
    std::atomic<int> taken[2]{};
    int turn = 0;
  };

  void serve(int thread);

  std::vector<Member> members_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void(int)>* task_ = nullptr;
  long round_ = 0;
  bool ended_ = false;
  std::atomic<int> arrived_{0};
  std::atomic<int> meetings_{0};
};

}  // namespace logitbook
