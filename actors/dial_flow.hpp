#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ringmaster {

/// How many dials may be under way: permits asked for and creates that have not come back. Few
/// enough that no permit grows old in a queue, many enough that the connections are never idle:
/// the limit grows while it is reached and permits leave young, and halves when they leave late.
class dial_flow {
 public:
  dial_flow(std::size_t connections, std::size_t most, std::chrono::nanoseconds permit_ttl);

  std::size_t limit() const { return limit_; }
  std::size_t in_flight() const { return reserved_ + creating_; }
  std::size_t creating() const { return creating_; }
  std::size_t free() const { return in_flight() >= limit_ ? 0 : limit_ - in_flight(); }

  void reserve(std::size_t n) { reserved_ += n; }
  void unreserve(std::size_t n) { reserved_ -= n < reserved_ ? n : reserved_; }
  void begin_create() { ++creating_; }
  void end_create() { creating_ -= creating_ ? 1 : 0; }

  /// `oldest`: the greatest age of a permit at the gate since the last call.
  void learn(std::chrono::nanoseconds now, std::chrono::nanoseconds oldest);
  /// True when it is time to learn again.
  bool due(std::chrono::nanoseconds now) const { return now - learned_ >= period; }
  /// Somebody had to wait for a place.
  void note_full() { full_ = true; }

 private:
  static constexpr std::chrono::milliseconds period{50};

  std::size_t step_;
  std::size_t most_;
  std::chrono::nanoseconds ttl_;
  std::size_t limit_;
  std::size_t reserved_ = 0;
  std::size_t creating_ = 0;
  std::chrono::nanoseconds learned_{};
  bool full_ = false;
};

/// The account's calls per second over all campaigns: never more than one above it in any second.
class account_pace {
 public:
  explicit account_pace(double calls_per_second);

  bool limited() const { return interval_.count() > 0; }
  /// How many may go now, reservations (asked for, not yet granted) already taken off.
  std::uint32_t due(std::chrono::nanoseconds now, std::uint32_t wanted) const;
  std::chrono::nanoseconds next_at(std::chrono::nanoseconds now) const;
  void reserve(std::uint32_t n) { reserved_ += n; }
  /// Of `n` that were reserved, `granted` became dials.
  void settle(std::chrono::nanoseconds now, std::uint32_t n, std::uint32_t granted);
  bool waits_for_answers() const { return reserved_ > 0; }

 private:
  std::chrono::nanoseconds interval_{0};
  std::chrono::nanoseconds next_{0};
  std::uint32_t burst_ = 1;
  std::uint32_t reserved_ = 0;
};

} // namespace ringmaster
