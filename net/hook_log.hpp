#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "domain/call_ledger.hpp"

namespace ringmaster::net {

/// How the carrier's requests were answered, until somebody writes it down in the background. Holds
/// little: under a load that is too much for the book, the book has gaps and the calls go on. Safe
/// from any thread.
class hook_log {
public:
  static constexpr std::size_t most = 512;
  /// Of those that were turned away: nobody fills the book with what is not the carrier's.
  static constexpr std::size_t refused_most = 32;
  static constexpr std::size_t body_most = 2'000;

  void note(hook_note what) {
    std::lock_guard lock(mutex_);
    auto refused = what.verdict != "accepted";
    if (notes_.size() >= most || (refused && refused_ >= refused_most)) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    refused_ += refused;
    notes_.push_back(std::move(what));
  }
  std::vector<hook_note> take() {
    std::lock_guard lock(mutex_);
    refused_ = 0;
    return std::exchange(notes_, {});
  }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
  std::mutex mutex_;
  std::vector<hook_note> notes_;
  std::size_t refused_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
};

} // namespace ringmaster::net
