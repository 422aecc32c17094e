#include "domain/forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "domain/words.hpp"

namespace ringmaster {

namespace {

using namespace std::chrono;
using call::outcome;

constexpr auto limits =
    vocabulary_of<forecast_limit>("nothing", "rate", "account", "concurrency", "hours", "retries");

constexpr auto horizon = days{400};
/// A campaign is walked in about this many pieces for each round of attempts.
constexpr double pieces = 400;
constexpr std::size_t steps_max = 100'000;
/// Retries that fall due within this time are dialed together, up to a piece.
constexpr auto gather_within = minutes{10};
/// Less than this is nobody.
constexpr double nobody = 1e-4;
/// So many calls the assumption weighs against what was measured.
constexpr double weight_of_assumption = 20;

constexpr std::array<outcome, 5> ends{
    outcome::answered, outcome::voicemail, outcome::busy, outcome::no_answer, outcome::failed};

double share_of(const outcome_mix& mix, outcome what) {
  switch (what) {
  case outcome::answered:
    return mix.answered;
  case outcome::voicemail:
    return mix.voicemail;
  case outcome::busy:
    return mix.busy;
  case outcome::no_answer:
    return mix.no_answer;
  default:
    return mix.failed;
  }
}

milliseconds length_of(const call_lengths& lengths, outcome what) {
  switch (what) {
  case outcome::answered:
    return lengths.answered;
  case outcome::voicemail:
    return lengths.voicemail;
  case outcome::busy:
    return lengths.busy;
  case outcome::no_answer:
    return lengths.no_answer;
  default:
    return lengths.failed;
  }
}

microseconds in_micros(double seconds_count) {
  return microseconds{static_cast<std::int64_t>(std::llround(seconds_count * 1e6))};
}

/// Targets that are due together.
struct batch {
  std::size_t group = 0;
  std::int32_t attempt = 1;      ///< the one that comes
  outcome after = outcome::none; ///< what the one before came to
  double count = 0;
  instant due{};
  std::array<std::int32_t, day_part_count> tried{};
  bool certain = false; ///< no chance is needed for these calls to be made
};

/// Calls that have ended, in the end of a forecast.
struct ended_calls {
  instant at{};
  double count = 0;
  bool certain = false;
};

class walk {
  using queue = std::multimap<instant, batch>;

public:
  explicit walk(const forecast_facts& facts) : facts_(facts), assumed_(facts.assumed) {
    auto whole = assumed_.mix.answered + assumed_.mix.voicemail + assumed_.mix.busy +
                 assumed_.mix.no_answer + assumed_.mix.failed;
    if (!(whole > 0))
      assumed_.mix = {};
    else
      for (auto* share :
           {&assumed_.mix.answered, &assumed_.mix.voicemail, &assumed_.mix.busy,
            &assumed_.mix.no_answer, &assumed_.mix.failed})
        *share /= whole;
    for (auto what : ends)
      mean_length_ += share_of(assumed_.mix, what) *
                      duration<double>(length_of(assumed_.lengths, what)).count();
    out_.assumed = assumed_;
  }

  forecast go() {
    set_pace();
    gather();
    now_ = facts_.now;
    if (facts_.live_calls > 0)
      ended_.push_back(
          {now_ + in_micros(mean_length_), static_cast<double>(facts_.live_calls), true});
    for (std::size_t step = 0; step < steps_max; ++step) {
      if (queue_.empty())
        return finish();
      if (!dial_next())
        return std::move(out_);
    }
    out_.why_never = "the forecast was given up: too many spans to walk";
    return std::move(out_);
  }

private:
  void set_pace() {
    auto even = duration<double>(pace_of(assumed_.limits)).count();
    auto account =
        assumed_.account_calls_per_second > 0 ? 1 / assumed_.account_calls_per_second : 0.0;
    auto live = std::max(mean_length_, 0.001) /
                static_cast<double>(std::max<std::int64_t>(assumed_.live_calls_max, 1));
    interval_ = std::max({even, account, live});
    out_.pace_limit = interval_ == even      ? forecast_limit::rate
                      : interval_ == account ? forecast_limit::account
                                             : forecast_limit::concurrency;
    out_.calls_per_minute = 60 / interval_;
  }

  void gather() {
    double total = 0;
    for (std::size_t i = 0; i < facts_.groups.size(); ++i) {
      const auto& g = facts_.groups[i];
      hours_.push_back({facts_.window, g.legal, facts_.quiet});
      if (g.targets <= 0)
        continue;
      if (!g.legal || !g.legal->known() || g.attempts_made >= assumed_.retry.attempts_max) {
        out_.never_called += g.targets;
        continue;
      }
      batch b;
      b.group = i;
      b.attempt = g.attempts_made + 1;
      b.count = static_cast<double>(g.targets);
      b.certain = true;
      b.due = std::max(g.due_at.value_or(facts_.now), facts_.now);
      queue_.emplace(b.due, b);
      total += b.count;
    }
    openings_.resize(hours_.size());
    piece_ = std::max(1.0, total / pieces);
  }

  /// A span in which a group may be dialed: what is asked from `from` on opens at `open`, and stays
  /// so until `until`.
  struct opening {
    instant from = instant::max();
    std::optional<instant> open;
    instant until = instant::min();
  };

  /// When a group may be dialed, from `t` on; none: never.
  std::optional<instant> open_from(std::size_t group, instant t) {
    auto& known = openings_[group];
    if (t >= known.from && (!known.open || t < known.until))
      return known.open ? std::optional{std::max(t, *known.open)} : std::nullopt;
    known = {t, std::nullopt, instant::max()};
    for (int tries = 0; tries < 8; ++tries) {
      auto open = hours_[group].next_open(t);
      if (!open)
        break;
      auto closes = hours_[group].next_close(*open);
      if (!closes || *closes - assumed_.close_guard > *open) {
        known.open = open;
        known.until = closes ? *closes - assumed_.close_guard : instant::max();
        break;
      }
      t = *closes; // shorter than the guard
    }
    return known.open;
  }

  /// One step: dials a piece of the batch that can be dialed first, or waits for it. False: never.
  bool dial_next() {
    auto first = queue_.end();
    std::optional<instant> at;
    for (auto i = queue_.begin(); i != queue_.end() && (!at || std::max(i->first, now_) < *at);
         ++i) {
      auto open = open_from(i->second.group, std::max(i->first, now_));
      if (open && (!at || *open < *at)) {
        at = open;
        first = i;
      }
    }
    if (!at || *at > facts_.now + horizon) {
      out_.why_never =
          at ? "it takes more than 400 days"
             : "the window, the legal hours and the quiet times leave no time for some targets";
      return false;
    }
    if (*at > now_)
      wait(first->second, *at);
    dial(first);
    return true;
  }

  void wait(const batch& b, instant until) {
    auto due = std::clamp(b.due, now_, until);
    waited_for_retries_ += due - now_;
    waited_for_hours_ += until - due;
    now_ = until;
  }

  void dial(queue::iterator place) {
    auto& b = place->second;
    if (!out_.first_dial_at)
      out_.first_dial_at = now_;
    auto count = std::min(b.count, piece_);
    if (auto until = openings_[b.group].until; until != instant::max()) {
      // A call starts at the beginning of its interval: one fits into any room.
      auto room = duration<double>(until - now_).count() / interval_;
      count = std::min(count, std::max(1.0, std::floor(room + 1)));
    }
    auto taken = in_micros(count * interval_);
    auto middle = now_ + taken / 2;
    out_.calls += count;
    out_.answered += count * assumed_.mix.answered;
    out_.talk_minutes +=
        count *
        (assumed_.mix.answered * duration<double>(assumed_.lengths.answered).count() +
         assumed_.mix.voicemail * duration<double>(assumed_.lengths.voicemail).count()) /
        60;
    dialing_ += taken;
    note_ends(count, now_ + taken - in_micros(interval_), b.certain);
    auto done = b;
    done.count = count;
    const auto* clock = facts_.groups[b.group].clock;
    if (clock)
      ++done.tried[static_cast<std::size_t>(day_part_of(middle, *clock))];
    if (auto open = gathering_.find(key_of(b)); open != gathering_.end() && open->second == place)
      gathering_.erase(open);
    b.count -= count;
    if (b.count < nobody)
      queue_.erase(place);
    now_ += taken;
    for (auto what : ends)
      try_again(done, what, middle, clock);
  }

  void note_ends(double count, instant last_dial, bool certain) {
    // The last call of a piece is the one that matters: by the longest of the ends that are likely.
    auto longest = milliseconds{0};
    for (auto what : ends)
      if (share_of(assumed_.mix, what) >= 0.05)
        longest = std::max(longest, length_of(assumed_.lengths, what));
    ended_.push_back({last_dial + longest, count, certain});
  }

  void try_again(const batch& b, outcome what, instant dialed, const zone* clock) {
    auto count = b.count * share_of(assumed_.mix, what);
    if (count < nobody)
      return;
    retry_facts f;
    f.what = what;
    f.attempt_count = b.attempt;
    f.tried = b.tried;
    f.clock = clock;
    auto ended = dialed + length_of(assumed_.lengths, what);
    auto v = after_call(assumed_.retry, f, ended);
    if (v.step != target::event::retry)
      return;
    batch next = b;
    ++next.attempt;
    next.count = count;
    next.due = *v.due_at;
    next.after = what;
    next.certain = false;
    // With those of the same kind that fall due at about the same time, up to a piece.
    auto open = gathering_.find(key_of(next));
    if (open != gathering_.end()) {
      auto held = open->second->second;
      if (held.count + count <= piece_ && next.due - held.due <= gather_within &&
          held.due - next.due <= gather_within) {
        queue_.erase(open->second);
        next.due =
            held.due +
            microseconds{static_cast<std::int64_t>(
                static_cast<double>((next.due - held.due).count()) * count / (held.count + count))};
        next.count += held.count;
      }
    }
    gathering_[key_of(next)] = queue_.emplace(next.due, next);
  }

  forecast finish() {
    out_.completed_at = last_end();
    out_.dialing = duration_cast<seconds>(dialing_);
    out_.waiting = duration_cast<seconds>(waited_for_hours_ + waited_for_retries_);
    if (out_.waiting.count() > 0)
      out_.waited_most = waited_for_hours_ >= waited_for_retries_ ? forecast_limit::hours
                                                                  : forecast_limit::retries;
    return std::move(out_);
  }

  /// When the last call is expected to have ended. That some call ends after t is certain as long
  /// as a certain one does; else it is as likely as that of n expected calls at least one is made.
  instant last_end() {
    std::sort(
        ended_.begin(), ended_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    double later = 0;
    std::ptrdiff_t last_certain = -1;
    for (std::size_t i = 0; i < ended_.size(); ++i) {
      later += ended_[i].count;
      if (ended_[i].certain)
        last_certain = static_cast<std::ptrdiff_t>(i);
    }
    auto expected = facts_.now;
    auto before = facts_.now;
    for (std::size_t i = 0; i < ended_.size(); ++i) {
      auto chance = static_cast<std::ptrdiff_t>(i) <= last_certain ? 1.0 : 1 - std::exp(-later);
      expected += in_micros(duration<double>(ended_[i].at - before).count() * chance);
      before = ended_[i].at;
      later -= ended_[i].count;
    }
    return expected;
  }

  using key = std::tuple<std::size_t, std::int32_t, outcome>;
  static key key_of(const batch& b) { return {b.group, b.attempt, b.after}; }

  const forecast_facts& facts_;
  forecast_assumptions assumed_;
  forecast out_;
  std::vector<calling_hours> hours_;
  std::vector<opening> openings_;
  queue queue_;                              ///< by the time at which they are due
  std::map<key, queue::iterator> gathering_; ///< batches that take in more
  std::vector<ended_calls> ended_;
  double mean_length_ = 0;
  double interval_ = 1; ///< seconds from call to call at full pace
  double piece_ = 1;
  instant now_{};
  microseconds dialing_{}, waited_for_hours_{}, waited_for_retries_{};
};

} // namespace

std::string_view to_string(forecast_limit l) { return limits[l]; }

outcome_mix measure(const outcome_counts& counts, const outcome_mix& assumed) {
  outcome_mix mix;
  mix.calls = counts.answered + counts.voicemail + counts.busy + counts.no_answer + counts.failed;
  auto all = static_cast<double>(mix.calls) + weight_of_assumption;
  auto share = [&](std::int64_t n, double before) {
    return (static_cast<double>(n) + before * weight_of_assumption) / all;
  };
  mix.answered = share(counts.answered, assumed.answered);
  mix.voicemail = share(counts.voicemail, assumed.voicemail);
  mix.busy = share(counts.busy, assumed.busy);
  mix.no_answer = share(counts.no_answer, assumed.no_answer);
  mix.failed = share(counts.failed, assumed.failed);
  return mix;
}

forecast foresee(const forecast_facts& facts) {
  if (!facts.window) {
    forecast none;
    none.why_never = "the stored calling window cannot be read";
    none.assumed = facts.assumed;
    return none;
  }
  return walk(facts).go();
}

} // namespace ringmaster
