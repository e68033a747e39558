#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace logitbook {

/** Threads that do one task together, and sleep between tasks. The thread that calls `run` is one of them. */
class Team {
 public:
  explicit Team(int size);
  ~Team();

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  /** Calls `task` once in each thread with the thread's number, 0 for the caller's, and returns when all have returned. */
  void run(const std::function<void(int)>& task);

  /** Within a task: waits until all threads have come here. */
  void meet();

 private:
  void serve(int thread);

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
