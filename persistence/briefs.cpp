// What a lane reads: the active campaigns and the calls in flight.
#include <algorithm>
#include <iterator>

#include "persistence/array.hpp"
#include "persistence/instance.hpp"
#include "persistence/lane.hpp"

namespace ringmaster {
namespace {

constexpr db::statement active{"briefs_active",
  "select " RINGMASTER_BRIEF_COLUMNS R"(
    from campaigns c join campaign_progress p on p.user_id = c.user_id and p.campaign_id = c.id
   where c.status in ('scheduled', 'running'))"};

#define CALL_COLUMNS                                                                               \
  "select a.user_id, a.id, a.campaign_id, a.target_id, a.to_number, a.from_number, "               \
  "a.attempt_number, t.max_attempts, a.permit_at, a.status, a.first_absent_read, s.sid, s.status, " \
  "s.answered_by, coalesce(s.last_news_at, a.permit_at), c.status, "                               \
  "exists (select from conversations v where v.user_id = a.user_id and v.attempt_id = a.id) "      \
  "from attempts a "                                                                               \
  "join call_sessions s on s.user_id = a.user_id and s.id = a.id "                                 \
  "join targets t on t.user_id = a.user_id and t.campaign_id = a.campaign_id "                     \
  "and t.id = a.target_id "                                                                        \
  "join campaigns c on c.user_id = a.user_id and c.id = a.campaign_id "

constexpr db::statement doubtful{"briefs_doubtful",
  CALL_COLUMNS "where a.live and a.status in ('intent', 'ambiguous')"};
// No index lists the live attempts by id, and one would cost every dial: the names are read once,
// for the first page, and each page then looks up its own.
constexpr db::statement accepted_names{"briefs_accepted_names", R"(
  select a.user_id, a.id from attempts a where a.live and a.status = 'accepted' and a.id > $1 order by a.id)"};
constexpr db::statement accepted{"briefs_accepted",
  CALL_COLUMNS "join unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, id, ord) "
  "on a.user_id = w.user_id and a.id = w.id where a.status = 'accepted' order by w.ord"};
constexpr db::statement one{"briefs_one", CALL_COLUMNS "where a.user_id = $1 and a.id = $2"};

constexpr db::statement bound{"briefs_bound",
  // The carrier lists calls of a day at most when a doubt is settled; ids begin with the time in
  // milliseconds, so the sessions of two days are a range of them.
  R"(select distinct sid from call_sessions
      where sid = any($1::text[])
        and id >= (lpad(to_hex(((extract(epoch from now()) - 172800) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid)"};
constexpr db::statement absent{"briefs_absent", R"(
  update attempts set first_absent_read = coalesce(first_absent_read, $3)
   where user_id = $1 and id = $2)"};
constexpr db::statement time_now{"briefs_time", "select clock_timestamp()"};

call_brief read_call(db::row row) {
  call_brief b;
  b.what.user = row.take<user_id>();
  b.what.attempt = row.take<attempt_id>();
  b.what.campaign = row.take<campaign_id>();
  b.what.target = row.take<target_id>();
  b.what.to = row.take<phone_number>();
  b.what.from = row.take<phone_number>();
  b.what.attempt_number = row.take<std::int32_t>();
  b.what.max_attempts = row.take<std::int32_t>();
  b.what.permit_at = row.take<instant>();
  b.state = attempt::parse_status(row.take<std::string_view>()).value();
  b.first_absent_read = row.take<std::optional<instant>>();
  if (auto sid = row.take<std::optional<std::string>>())
    b.sid = call_sid{*sid};
  if (auto state = row.take<std::optional<std::string_view>>())
    b.call_state = call::parse_status(*state);
  b.answered_by = row.take<std::string>();
  b.last_news_at = row.take<instant>();
  b.owner = campaign::parse_status(row.take<std::string_view>()).value();
  b.talked = row.take<bool>();
  return b;
}

std::vector<call_brief> read_calls(const db::rows& rows) {
  std::vector<call_brief> list;
  list.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(read_call(rows[i]));
  return list;
}

} // namespace

campaign::progress read_progress(db::row& row) {
  campaign::progress p;
  p.total = row.take<std::int64_t>();
  p.pending = row.take<std::int64_t>();
  p.calling = row.take<std::int64_t>();
  p.completed = row.take<std::int64_t>();
  p.failed = row.take<std::int64_t>();
  p.skipped = row.take<std::int64_t>();
  p.attempts = row.take<std::int64_t>();
  return p;
}

campaign_brief read_brief(db::row& row) {
  campaign_brief b;
  b.user = row.take<user_id>();
  b.id = row.take<campaign_id>();
  b.state = campaign::parse_status(row.take<std::string_view>()).value();
  b.timezone = row.take<std::string>();
  b.start = row.take<std::string>();
  b.end = row.take<std::string>();
  b.days = row.take<std::vector<std::string>>();
  b.limits.per_minute = row.take<std::optional<std::uint32_t>>();
  b.limits.per_hour = row.take<std::optional<std::uint32_t>>();
  b.max_concurrent_calls = row.take<std::int32_t>();
  b.start_at = row.take<std::optional<instant>>();
  b.last_permit_at = row.take<std::optional<instant>>();
  b.counts = read_progress(row);
  return b;
}

result<std::vector<campaign_brief>> postgres_lane::active_campaigns() {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(active);
    std::vector<campaign_brief> list;
    list.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      list.push_back(read_brief(row));
    }
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::vector<call_brief>> postgres_lane::doubtful_attempts() {
  try {
    auto tx = db::transaction::of_engine(*on_);
    return read_calls(tx.run(doubtful));
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::vector<call_brief>> postgres_lane::accepted_attempts(attempt_id after, std::size_t limit) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    if (!after || listed_from_ != after) {
      listed_.clear();
      auto rows = tx.run(accepted_names, after);
      listed_.reserve(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        auto row = rows[i];
        auto user = row.take<user_id>();
        listed_.emplace_back(user, row.take<attempt_id>());
      }
      std::reverse(listed_.begin(), listed_.end());
    }
    // Those that have ended since are left out; a page stays full as long as there are others.
    std::vector<call_brief> page;
    while (page.size() < limit && !listed_.empty()) {
      db::array users, ids;
      for (auto n = limit - page.size(); n > 0 && !listed_.empty(); --n) {
        users.add(listed_.back().first);
        ids.add(listed_.back().second);
        listed_.pop_back();
      }
      auto found = read_calls(tx.run(accepted, users.take(), ids.take()));
      std::move(found.begin(), found.end(), std::back_inserter(page));
    }
    if (listed_.empty())
      listed_.shrink_to_fit();
    listed_from_ = listed_.empty() || page.empty() ? attempt_id{} : page.back().what.attempt;
    return page;
  } catch (const db::failure& why) {
    listed_from_ = attempt_id{}; // the names that were taken are read again
    return fail(db::to_error(why));
  }
}

result<call_brief> postgres_lane::find_attempt(const user_id& user, const attempt_id& attempt) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(one, user, attempt);
    if (rows.empty())
      return fail(errc::not_found, "no attempt " + to_string(attempt));
    return read_call(rows[0]);
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::vector<call_sid>> postgres_lane::bound_among(std::span<const call_sid> sids) {
  db::array wanted;
  for (const auto& sid : sids)
    wanted.add(sid.value);
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(bound, wanted.take());
    std::vector<call_sid> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(call_sid{rows[i].take<std::string>()});
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<void> postgres_lane::note_absent_read(
  const user_id& user, const attempt_id& attempt, instant at) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(absent, user, attempt, at);
    if (rows.affected() != 1)
      return fail(errc::not_found, "no attempt " + to_string(attempt));
    tx.commit();
    return {};
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<instant> postgres_lane::database_time() {
  try {
    // Proves also that nobody else has taken the database over.
    if (holder_ && !holder_->hold())
      return fail(errc::unavailable, "the engine's hold on the database is lost");
    auto tx = db::transaction::of_engine(*on_);
    return tx.run(time_now)[0].take<instant>();
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

} // namespace ringmaster
