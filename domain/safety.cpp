#include "domain/safety.hpp"

#include <algorithm>

namespace ringmaster {

namespace {

using namespace std::chrono;

constexpr std::int64_t bucket_count = 120;

/// "10 minutes", "90 seconds".
std::string shown(seconds span) {
  auto say = [](std::int64_t n, const char* unit) {
    return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
  };
  if (span.count() % 3600 == 0)
    return say(span.count() / 3600, "hour");
  return span.count() % 60 == 0 ? say(span.count() / 60, "minute") : say(span.count(), "second");
}

} // namespace

safety_count count_of(call::outcome what) {
  using enum call::outcome;
  switch (what) {
  case none:
  case canceled:
    return safety_count::none;
  case answered:
  case voicemail:
  case busy:
  case no_answer:
    return safety_count::call;
  case failed:
  case rejected:
  case unknown:
    return safety_count::failure;
  }
  return safety_count::failure;
}

failure_watch::failure_watch(failure_rules rules) : rules_(rules) {
  rules_.span = std::clamp(rules_.span, seconds{1}, seconds{days{7}});
  rules_.calls_min = std::max<std::int64_t>(rules_.calls_min, 1);
  rules_.percent_max = std::clamp(rules_.percent_max, 0, 100);
  width_ = duration_cast<microseconds>(rules_.span) / bucket_count;
  // Two more than the span has: it begins and ends within a bucket.
  ring_.resize(bucket_count + 2);
}

std::int64_t failure_watch::number_of(instant t) const {
  return std::max<std::int64_t>(0, t.time_since_epoch() / width_);
}

void failure_watch::add(call::outcome what, instant ended_at) {
  auto count = count_of(what);
  if (count == safety_count::none)
    return;
  auto number = number_of(ended_at);
  auto& b = ring_[static_cast<std::size_t>(number % static_cast<std::int64_t>(ring_.size()))];
  if (b.number > number)
    return;
  if (b.number < number)
    b = {number, 0, 0};
  ++b.calls;
  b.failures += count == safety_count::failure;
}

failure_watch::reading failure_watch::read(instant now) const {
  reading out;
  auto last = number_of(now);
  auto first = number_of(now - rules_.span);
  for (const auto& b : ring_)
    if (b.number >= first && b.number <= last) {
      out.calls += b.calls;
      out.failures += b.failures;
    }
  out.tripped =
      out.calls >= rules_.calls_min && out.failures * 100 > out.calls * rules_.percent_max;
  if (out.tripped)
    out.reason = std::to_string(out.failures) + " of " + std::to_string(out.calls) +
                 " calls failed within " + shown(rules_.span) + "; more than " +
                 std::to_string(rules_.percent_max) + " % pause the campaign";
  return out;
}

void failure_watch::forget() { std::fill(ring_.begin(), ring_.end(), bucket{}); }

} // namespace ringmaster
