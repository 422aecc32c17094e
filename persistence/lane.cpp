#include "persistence/lane.hpp"

#include <set>
#include <utility>

#include <spdlog/spdlog.h>

#include "domain/counters.hpp"
#include "persistence/array.hpp"
#include "persistence/instance.hpp"

namespace ringmaster {
namespace {

// Whoever changes what a permit depends on holds the campaign's progress row. Two lanes write for
// one campaign, so a batch takes all its rows before anything else, in one statement and in one
// order: transactions then wait for each other in a line and never in a circle.
#define LOCK_PROGRESS                                                                              \
  "(select count(*) from (select 1 from unnest($1::uuid[], $2::uuid[]) w(user_id, campaign_id) "   \
  "join campaign_progress p on p.user_id = w.user_id and p.campaign_id = w.campaign_id "           \
  "for no key update of p) locked)"
constexpr db::statement lock_progress{"lane_lock", "select " LOCK_PROGRESS};
// With permits: the shared advisory lock makes a new engine's epoch begin between transactions.
constexpr db::statement lock_for_permits{
  "lane_lock_permits", "select pg_advisory_xact_lock_shared(7237124683), " LOCK_PROGRESS};

void lock_campaigns(db::transaction& tx, std::span<const store_change> changes) {
  std::set<std::pair<user_id, campaign_id>> owners;
  bool permits = false;
  for (const auto& any : changes) {
    if (const auto* ask = std::get_if<change::ask_permits>(&any)) {
      owners.emplace(ask->user, ask->campaign);
      permits = true;
    } else if (const auto* step = std::get_if<change::steer_campaign>(&any)) {
      owners.emplace(step->who.user, step->campaign);
    } else if (const auto* now = std::get_if<change::advance_attempt>(&any)) {
      if (now->target_step)
        owners.emplace(now->user, now->campaign);
    }
  }
  if (owners.empty())
    return;
  db::array users, campaigns;
  for (const auto& [user, campaign] : owners) {
    users.add(user);
    campaigns.add(campaign);
  }
  tx.run(permits ? lock_for_permits : lock_progress, users.take(), campaigns.take());
}

// Everything else in the catalogue of failures says something about a single change.
bool concerns_all(db::trouble kind) {
  return kind == db::trouble::lost || kind == db::trouble::in_doubt || kind == db::trouble::full;
}

template <class Change>
std::vector<posed<Change>> of_kind(
  std::span<const store_change> changes, std::span<result<store_answer>> answers) {
  std::vector<posed<Change>> list;
  for (std::size_t i = 0; i < changes.size(); ++i)
    if (const auto* change = std::get_if<Change>(&changes[i]))
      list.push_back({change, &answers[i]});
  return list;
}

} // namespace

std::shared_ptr<const calling_window> window_cache::find(
  const std::string& timezone, const std::string& start, const std::string& end,
  const std::vector<std::string>& days) {
  std::string key = timezone + '\n' + start + '\n' + end;
  for (const auto& day : days)
    key += '\n' + day;
  if (auto found = known_.find(key); found != known_.end())
    return found->second;
  if (known_.size() > 4096)
    known_.clear();
  std::shared_ptr<const calling_window> window;
  if (auto parsed = calling_window::parse(timezone, start, end, days))
    window = std::make_shared<const calling_window>(std::move(*parsed));
  known_.emplace(std::move(key), window);
  return window;
}

postgres_lane::postgres_lane(
  std::unique_ptr<db::connection> on, const gate_settings& gate, random_source& random,
  instance* holder)
  : on_(std::move(on)), holder_(holder), parts_{gate, random, holder, {}, 0, false} {}

postgres_lane::~postgres_lane() = default;

void postgres_lane::commit_once(
  std::span<const store_change> changes, std::span<result<store_answer>> answers) {
  auto tx = db::transaction::of_engine(*on_);
  lock_campaigns(tx, changes);
  // A stop wins over a permit that came with it.
  if (auto list = of_kind<change::steer_campaign>(changes, answers); !list.empty())
    steer_campaigns(tx, parts_, list);
  if (auto list = of_kind<change::advance_attempt>(changes, answers); !list.empty())
    advance_attempts(tx, list);
  if (auto list = of_kind<change::record_callback>(changes, answers); !list.empty())
    record_callbacks(tx, parts_, list);
  if (auto list = of_kind<change::open_call>(changes, answers); !list.empty())
    open_calls(tx, parts_, list);
  if (auto list = of_kind<change::note_talk>(changes, answers); !list.empty())
    note_talks(tx, list);
  if (auto list = of_kind<change::ask_permits>(changes, answers); !list.empty())
    ask_permits(tx, parts_, list);
  tx.commit();
}

void postgres_lane::commit_together(
  std::span<const store_change> changes, std::span<result<store_answer>> answers) {
  parts_.read_first = false;
  try {
    commit_once(changes, answers);
  } catch (const foreign_call&) {
    parts_.read_first = true;
    commit_once(changes, answers);
  }
}

std::vector<result<store_answer>> postgres_lane::commit(std::span<const store_change> changes) {
  std::vector<result<store_answer>> answers(
    changes.size(), fail(errc::internal, "the change was not answered"));
  if (changes.empty())
    return answers;
  auto refuse = [&](std::size_t from, const db::failure& why) {
    for (auto i = from; i < answers.size(); ++i)
      answers[i] = fail(db::to_error(why));
  };
  try {
    commit_together(changes, answers);
    return answers;
  } catch (const db::failure& why) {
    if (concerns_all(why.what_kind)) {
      spdlog::warn("store: a batch of {} was not written: {}", changes.size(), why.what());
      refuse(0, why);
      return answers;
    }
    if (changes.size() == 1) {
      spdlog::warn("store: a change was not written: {}", why.what());
      refuse(0, why);
      return answers;
    }
    spdlog::warn("store: a batch of {} failed and is made one by one: {}", changes.size(), why.what());
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    try {
      commit_together(changes.subspan(i, 1), std::span(answers).subspan(i, 1));
    } catch (const db::failure& why) {
      if (concerns_all(why.what_kind)) {
        refuse(i, why);
        return answers;
      }
      answers[i] = fail(db::to_error(why));
    }
  }
  return answers;
}

} // namespace ringmaster
