#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "actors/watched.hpp"

// What an actor keeps of itself. All but the counter of its mailbox is written by the actor alone,
// so plain loads and stores will do; readers see values that were true a moment ago.

namespace ringmaster {

namespace {

using nanos = std::chrono::nanoseconds;

/// Steps of 2^1.5, from a microsecond to 16 seconds.
constexpr std::size_t bucket_of(std::uint64_t us) {
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(us)) * 2 / 3, 15);
}

/// The greatest time in a bucket.
constexpr std::uint64_t top_of(std::size_t bucket) {
  std::size_t width = 0;
  while ((width + 1) * 2 / 3 <= bucket)
    ++width;
  return std::uint64_t{1} << width;
}

/// 8.6 seconds.
constexpr unsigned slot_bits = 33;

/// "change.ask_permits" out of N10ringmaster6change11ask_permitsE. asked<question, answer> is
/// called by its question, which tells enough; what is none of ours stays as it is.
std::string readable(std::string_view type) {
  std::vector<std::string_view> names;
  auto at = type.starts_with('N') ? std::size_t{1} : type.size();
  while (at < type.size()) {
    if (type[at] >= '1' && type[at] <= '9') {
      std::size_t length = 0;
      for (; at < type.size() && type[at] >= '0' && type[at] <= '9'; ++at)
        length = length * 10 + static_cast<std::size_t>(type[at] - '0');
      names.push_back(type.substr(std::min(at, type.size()), length));
      at += length;
    } else if (type.substr(at).starts_with("INS_") && !names.empty() && names.back() == "asked") {
      names.clear();
      at += 4;
    } else {
      break;
    }
  }
  std::string text;
  for (auto name : names)
    if (name != "ringmaster")
      text.append(text.empty() ? "" : ".").append(name);
  return text.empty() ? std::string(type) : text;
}

template <class T>
void bump(std::atomic<T>& counter) {
  counter.store(
      static_cast<T>(counter.load(std::memory_order_relaxed) + 1), std::memory_order_relaxed);
}

} // namespace

void small_histogram::note(std::uint64_t us) {
  auto& count = counts_[bucket_of(us)];
  if (count.load(std::memory_order_relaxed) == std::numeric_limits<std::uint16_t>::max())
    for (auto& each : counts_)
      each.store(each.load(std::memory_order_relaxed) / 2, std::memory_order_relaxed);
  bump(count);
}

std::uint32_t small_histogram::quantile(double share) const {
  std::array<std::uint32_t, size_> seen{};
  double all = 0;
  for (std::size_t i = 0; i < size_; ++i)
    all += seen[i] = counts_[i].load(std::memory_order_relaxed);
  if (all == 0)
    return 0;
  double before = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (before + seen[i] >= share * all && seen[i] > 0) {
      const auto low = i == 0 ? 0.0 : static_cast<double>(top_of(i - 1));
      const auto high = static_cast<double>(top_of(i));
      return static_cast<std::uint32_t>(low + (high - low) * (share * all - before) / seen[i]);
    }
    before += seen[i];
  }
  return static_cast<std::uint32_t>(top_of(size_ - 1));
}

actor_watch::actor_watch(
    std::shared_ptr<actor_board> board, actor_kind kind, const uuid& subject, std::uint64_t parent,
    caf::actor_control_block* who)
    : board_(std::move(board)), who_(who), subject_(subject), parent_(parent), kind_(kind) {
  if (board_ && kind != actor_kind::call && kind != actor_kind::campaign)
    memory_ = std::make_unique<memory>();
}

void actor_watch::begin() {
  if (!board_ || entered_)
    return;
  entered_ = true;
  born_at_ = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(board_->boot()).count());
  board_->enter(*this);
}

void actor_watch::end(const std::string* why) {
  if (std::exchange(entered_, false))
    board_->leave(*this, why);
}

void actor_watch::handled(const char* type, nanos began) {
  const auto now = board_->boot();
  const auto took = now - began;
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count()) / 1'000);
  times_.note(us);
  count(now);
  board_->note(kind_, took);
  auto* place = &last_;
  if (memory_) {
    place = &memory_->last[memory_->next.load(std::memory_order_relaxed) % memory_->last.size()];
    bump(memory_->next);
  }
  place->type.store(type, std::memory_order_relaxed);
  place->at.store(began.count(), std::memory_order_relaxed);
  place->took_us.store(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(us, UINT32_MAX)),
      std::memory_order_relaxed);
  working_.store(false, std::memory_order_relaxed);
}

void actor_watch::count(nanos now) {
  const auto slot = static_cast<std::uint32_t>(now.count() >> slot_bits);
  if (const auto last = slot_.load(std::memory_order_relaxed); last != slot) {
    before_slot_.store(
        last + 1 == slot ? in_slot_.load(std::memory_order_relaxed) : 0, std::memory_order_relaxed);
    in_slot_.store(0, std::memory_order_relaxed);
    slot_.store(slot, std::memory_order_relaxed);
  }
  bump(in_slot_);
}

/// Over the slot that has begun and the one before, as far as that still counts.
double actor_watch::rate(nanos now) const {
  const auto slot = static_cast<std::uint32_t>(now.count() >> slot_bits);
  const auto last = slot_.load(std::memory_order_relaxed);
  constexpr double span = static_cast<double>(std::uint64_t{1} << slot_bits) / 1e9;
  const double passed =
      static_cast<double>(now.count() & ((std::int64_t{1} << slot_bits) - 1)) / 1e9 / span;
  double count = 0;
  if (last == slot)
    count = in_slot_.load(std::memory_order_relaxed) +
            (1 - passed) * before_slot_.load(std::memory_order_relaxed);
  else if (last + 1 == slot)
    count = (1 - passed) * in_slot_.load(std::memory_order_relaxed);
  return count / span;
}

std::vector<actor_message> actor_watch::recent() const {
  std::vector<actor_message> out;
  const auto add = [&](const remembered& one) {
    if (const auto* type = one.type.load(std::memory_order_relaxed))
      out.push_back(
          {readable(type), nanos(one.at.load(std::memory_order_relaxed)),
           one.took_us.load(std::memory_order_relaxed)});
  };
  if (!memory_) {
    add(last_);
    return out;
  }
  const auto next = memory_->next.load(std::memory_order_relaxed);
  for (std::uint32_t back = 1; back <= memory_->last.size(); ++back)
    add(memory_->last[(next - back) % memory_->last.size()]);
  return out;
}

} // namespace ringmaster
