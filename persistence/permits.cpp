// The permit transaction: decides under the lock of each campaign's progress row, which the lane
// has taken, with the database's clock, and writes everything that a dial consists of before
// anything is dialed.
#include <algorithm>
#include <set>
#include <utility>
#include <unordered_map>

#include "persistence/array.hpp"
#include "persistence/instance.hpp"
#include "persistence/lane.hpp"
#include "persistence/permit_statements.hpp"

namespace ringmaster {
namespace {

using namespace std::chrono_literals;
using namespace permit_sql;

constexpr std::uint32_t permits_at_once = 256;
// Targets that the gate sets aside are replaced by others, this often; then the asker asks again.
constexpr int rounds_max = 4;

// One campaign's request while the batch is worked on.
struct request {
  const change::ask_permits* ask = nullptr;
  result<store_answer>* answer = nullptr;
  campaign_brief facts;
  std::shared_ptr<const calling_window> window;
  std::int64_t last_permit_no = 0;
  std::string wait_reason;
  instant at{}; ///< the permit's time: never before the last one
  std::uint32_t wanted = 0;
  permit::verdict verdict;
  std::uint32_t open = 0;        ///< granted, and without a target as yet
  std::uint32_t new_intents = 0; ///< of the round
  permits given;
};

class permit_batch {
 public:
  permit_batch(db::transaction& tx, lane_parts& parts) : tx_(tx), parts_(parts) {
    rules_ = parts.gate.callee;
    rules_.countries = parts.gate.countries;
  }

  void run(std::span<const posed<change::ask_permits>> list) {
    for (const auto& item : list) {
      auto& r = requests_.emplace_back();
      r.ask = item.what;
      r.answer = item.answer;
    }
    read();
    decide();
    for (int round = 0; round < rounds_max && claim(); ++round) {
      // nop
    }
    finish();
  }

 private:
  void read() {
    db::array users, campaigns;
    for (const auto& r : requests_) {
      users.add(r.ask->user);
      campaigns.add(r.ask->campaign);
    }
    auto rows = tx_.run(read_facts, users.take(), campaigns.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto& r = requests_[static_cast<std::size_t>(row.take<std::int64_t>() - 1)];
      auto time = row.take<instant>();
      auto epoch = row.take<std::optional<std::int64_t>>();
      if (i == 0) {
        now_ = time;
        current_ = parts_.holder && epoch == parts_.holder->epoch();
      }
      r.last_permit_no = row.take<std::int64_t>();
      r.wait_reason = row.take<std::string>();
      r.facts = read_brief(row);
      r.window = parts_.windows.find(r.facts.timezone, r.facts.start, r.facts.end, r.facts.days);
      r.at = std::max(now_, r.facts.last_permit_at.value_or(now_));
      r.wanted = std::min(r.ask->wanted, permits_at_once);
      r.given.decided_at = now_;
    }
    std::erase_if(requests_, [](const request& r) {
      if (r.facts.id)
        return false;
      *r.answer = fail(errc::not_found, "no such campaign");
      return true;
    });
  }

  // The instants of the permits that lie one limit before those asked for.
  void decide() {
    std::vector<std::vector<std::optional<instant>>> minute(requests_.size()), hour(requests_.size());
    std::vector<std::optional<instant>*> probes;
    db::array users, campaigns, numbers;
    auto look_back = [&](const request& r, std::optional<std::uint32_t> limit, auto& back) {
      if (!limit)
        return;
      back.resize(r.wanted);
      for (std::uint32_t k = 0; k < r.wanted; ++k) {
        auto number = r.last_permit_no + 1 + k - *limit;
        if (number > r.last_permit_no) {
          back[k] = r.at; // one of those asked for now
        } else if (number >= 1) {
          users.add(r.ask->user);
          campaigns.add(r.ask->campaign);
          numbers.add(number);
          probes.push_back(&back[k]);
        }
      }
    };
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const auto& r = requests_[i];
      if (r.facts.state != campaign::status::running)
        continue;
      look_back(r, r.facts.limits.per_minute, minute[i]);
      look_back(r, r.facts.limits.per_hour, hour[i]);
    }
    if (!probes.empty()) {
      auto rows = tx_.run(read_log_rows, users.take(), campaigns.take(), numbers.take());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        auto row = rows[i];
        auto at = static_cast<std::size_t>(row.take<std::int64_t>() - 1);
        // A permit that cannot be found is taken for one given just now.
        *probes[at] = row.take<std::optional<instant>>().value_or(now_);
      }
    }
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      auto& r = requests_[i];
      permit::facts f;
      f.status = r.facts.state;
      f.window = r.window.get();
      f.close_guard = parts_.gate.close_guard;
      f.instance_current = current_;
      f.stopped = r.ask->stopped;
      f.limits = r.facts.limits;
      f.minute_back = minute[i];
      f.hour_back = hour[i];
      f.live_calls = r.facts.counts.calling;
      f.live_calls_max = r.facts.max_concurrent_calls;
      r.verdict = permit::decide(f, r.wanted, r.at);
      // The database's clock was set back: the window must be open by both readings.
      if (r.at != now_ && r.verdict.granted > 0 && !r.window->open_at(now_))
        r.verdict = {0, permit::refusal::window_closed, r.window->read(now_).next_open_at};
      if (parts_.gate.callers.empty() && r.verdict.granted > 0)
        r.verdict = {0, permit::refusal::settings_broken, std::nullopt};
      r.open = r.verdict.granted;
    }
  }

  // One round: finds due targets for what is granted, judges each, writes the dials and what was
  // set aside. False when there is nothing more to try.
  bool claim() {
    db::array users, campaigns, wanted;
    std::vector<request*> asking;
    for (auto& r : requests_) {
      if (r.open == 0)
        continue;
      users.add(r.ask->user);
      campaigns.add(r.ask->campaign);
      wanted.add(std::int64_t{r.open});
      asking.push_back(&r);
    }
    if (asking.empty())
      return false;
    auto rows = tx_.run(find_targets, users.take(), campaigns.take(), wanted.take(), now_);
    std::vector<std::uint32_t> found(asking.size());
    dials_ = {};
    aside_ = {};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto place = static_cast<std::size_t>(row.take<std::int64_t>() - 1);
      ++found[place];
      judge(*asking[place], row);
    }
    bool more = false;
    for (std::size_t i = 0; i < asking.size(); ++i) {
      auto& r = *asking[i];
      auto dialed = r.new_intents;
      if (dialed > 0)
        count(r, std::exchange(r.new_intents, 0));
      // Fewer than asked for: no further target of this campaign is due.
      r.open = found[i] < r.open ? 0 : r.open - dialed;
      more = more || r.open > 0;
    }
    write_aside();
    write_dials_now();
    return more;
  }

  void judge(request& r, db::row& row) {
    auto target = row.take<target_id>();
    auto number = row.take<phone_number>();
    permit::target_facts t;
    t.kind = read_class(row.take<std::string_view>());
    t.country = row.take<std::string_view>();
    t.timezone = row.take<std::string_view>();
    t.attempt_count = row.take<std::int32_t>();
    t.max_attempts = row.take<std::int32_t>();
    t.suppressed = row.take<bool>();
    t.number_busy = row.take<bool>();
    t.last_call_to_number = row.take<std::optional<instant>>();
    // Another target of this very batch may have the number, too.
    auto same_number = std::make_pair(r.ask->user, number.reveal());
    t.number_busy = t.number_busy || numbers_.contains(same_number);
    auto verdict = permit::decide_target(t, rules_, r.at);
    if (verdict.what != permit::target_verdict::kind::dial) {
      set_target_aside(r, target, verdict);
      return;
    }
    numbers_.insert(std::move(same_number));
    intent dial;
    dial.user = r.ask->user;
    dial.campaign = r.ask->campaign;
    dial.target = target;
    dial.attempt = make_attempt_id(now_, parts_.random, r.ask->campaign.value);
    dial.to = std::move(number);
    dial.from = parts_.gate.callers[parts_.next_caller++ % parts_.gate.callers.size()];
    dial.attempt_number = t.attempt_count + 1;
    dial.max_attempts = t.max_attempts;
    dial.permit_at = r.at;
    dials_.users.add(dial.user);
    dials_.campaigns.add(dial.campaign);
    dials_.targets.add(dial.target);
    dials_.attempts.add(dial.attempt);
    dials_.to.add(dial.to.reveal());
    dials_.from.add(dial.from.reveal());
    dials_.numbers.add(dial.attempt_number);
    dials_.times.add(dial.permit_at);
    ++r.new_intents;
    r.given.intents.push_back(std::move(dial));
  }

  void set_target_aside(request& r, const target_id& target, const permit::target_verdict& verdict) {
    using kind = permit::target_verdict::kind;
    aside_.users.add(r.ask->user);
    aside_.targets.add(target);
    aside_.campaigns.add(r.ask->campaign);
    aside_.reasons.add(verdict.reason);
    if (verdict.what == kind::wait) {
      aside_.statuses.add(target::to_string(target::status::pending));
      // Never at once: the next round would find it again.
      aside_.times.add(std::max(verdict.due_at.value_or(r.at + 60s), now_ + 1s));
      return;
    }
    auto event = verdict.what == kind::skip ? target::event::skip : target::event::refuse;
    auto step = target::decide(target::status::pending, event);
    aside_.statuses.add(target::to_string(step->to));
    aside_.times.add_null();
    auto& counts = r.facts.counts;
    --counts.pending;
    ++(verdict.what == kind::skip ? counts.skipped : counts.failed);
    aside_.count_users.add(r.ask->user);
    aside_.count_campaigns.add(r.ask->campaign);
    aside_.skipped.add(verdict.what == kind::skip ? 1 : 0);
    aside_.failed.add(verdict.what == kind::skip ? 0 : 1);
  }

  void count(request& r, std::uint32_t dialed) {
    r.last_permit_no += dialed;
    r.facts.counts.pending -= dialed;
    r.facts.counts.calling += dialed;
    r.facts.counts.attempts += dialed;
    dials_.given_users.add(r.ask->user);
    dials_.given_campaigns.add(r.ask->campaign);
    dials_.granted.add(std::int64_t{dialed});
    dials_.last_numbers.add(r.last_permit_no);
    dials_.given_times.add(r.at);
    r.wait_reason.clear();
  }

  void write_aside() {
    auto expected = static_cast<std::int64_t>(aside_.targets.size());
    if (expected == 0)
      return;
    auto rows = tx_.run(
      set_aside, aside_.users.take(), aside_.targets.take(), aside_.statuses.take(),
      aside_.reasons.take(), aside_.times.take(), aside_.count_users.take(),
      aside_.count_campaigns.take(), aside_.skipped.take(), aside_.failed.take(),
      aside_.campaigns.take());
    if (rows[0].take<std::int64_t>() != expected)
      throw db::failure(db::trouble::busy, "a target changed while it was set aside");
  }

  void write_dials_now() {
    auto dials = static_cast<std::int64_t>(dials_.targets.size());
    auto campaigns = static_cast<std::int64_t>(dials_.granted.size());
    if (dials == 0)
      return;
    auto rows = tx_.run(
      write_dials, dials_.users.take(), dials_.campaigns.take(), dials_.targets.take(),
      dials_.attempts.take(), dials_.to.take(), dials_.from.take(), dials_.numbers.take(),
      dials_.times.take(), dials_.given_users.take(), dials_.given_campaigns.take(),
      dials_.granted.take(), dials_.last_numbers.take(), dials_.given_times.take());
    auto row = rows[0];
    auto claimed = row.take<std::int64_t>();
    if (claimed != dials || row.take<std::int64_t>() != campaigns)
      throw db::failure(db::trouble::busy, "a target changed while it was claimed");
  }

  // What each asker is told, and why it got less than it wanted.
  void finish() {
    db::array users, campaigns, reason_users, reason_campaigns, reasons;
    std::vector<request*> waiting;
    for (auto& r : requests_) {
      auto given = static_cast<std::uint32_t>(r.given.intents.size());
      if (given < r.verdict.granted) {
        r.given.why = permit::refusal::no_target_due;
        if (r.facts.counts.pending > 0) {
          users.add(r.ask->user);
          campaigns.add(r.ask->campaign);
          waiting.push_back(&r);
        }
      } else if (r.verdict.granted < r.wanted) {
        r.given.why = r.verdict.why;
        r.given.next_at = r.verdict.next_at;
      }
      auto reason = given > 0 || r.given.why == permit::refusal::none ? std::string{}
                                                                      : permit::describe(r.given.why);
      if (current_ && reason != r.wait_reason) {
        reason_users.add(r.ask->user);
        reason_campaigns.add(r.ask->campaign);
        reasons.add(reason);
      }
    }
    if (!waiting.empty()) {
      auto rows = tx_.run(next_due, users.take(), campaigns.take());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        auto row = rows[i];
        auto& r = *waiting[static_cast<std::size_t>(row.take<std::int64_t>() - 1)];
        r.given.next_at = row.take<std::optional<instant>>();
      }
    }
    if (reasons.size() > 0)
      tx_.run(note_reasons, reason_users.take(), reason_campaigns.take(), reasons.take());
    for (auto& r : requests_) {
      r.given.counts = r.facts.counts;
      *r.answer = store_answer(std::move(r.given));
    }
  }

  static number_class read_class(std::string_view text) {
    static const auto known = [] {
      std::unordered_map<std::string_view, number_class> table;
      for (auto kind : {number_class::geographic, number_class::mobile, number_class::toll_free,
             number_class::voip, number_class::personal, number_class::premium,
             number_class::shared_cost, number_class::satellite, number_class::short_code,
             number_class::unknown})
        table.emplace(to_string(kind), kind);
      return table;
    }();
    auto found = known.find(text);
    // A class that this version does not know is one that it does not call.
    return found == known.end() ? number_class::short_code : found->second;
  }

  struct dial_columns {
    db::array users, campaigns, targets, attempts, to, from, numbers, times;
    db::array given_users, given_campaigns, granted, last_numbers, given_times;
  };
  struct aside_columns {
    db::array users, targets, campaigns, statuses, reasons, times;
    db::array count_users, count_campaigns, skipped, failed;
  };

  db::transaction& tx_;
  lane_parts& parts_;
  permit::callee_rules rules_;
  std::vector<request> requests_;
  std::set<std::pair<user_id, std::string>> numbers_;
  dial_columns dials_;
  aside_columns aside_;
  instant now_{};
  bool current_ = false;
};

} // namespace

void ask_permits(
  db::transaction& tx, lane_parts& parts, std::span<const posed<change::ask_permits>> list) {
  auto whose = [](const change::ask_permits& ask) { return ask.campaign; };
  for (const auto& wave : in_waves(list, whose))
    permit_batch(tx, parts).run(wave);
}

} // namespace ringmaster
