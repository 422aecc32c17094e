// What a campaign shows of its past: who did what, and its calls over time.
#include <algorithm>

#include "persistence/desk_books.hpp"

namespace ringmaster {
namespace {

using std::chrono::seconds;

constexpr db::statement known{"desk_chart_campaign",
  "select 1 from campaigns where user_id = $1 and id = $2 and task_id is null"};

// The first is the campaign's own trail by its index. The second walks back through what happened to
// targets of the user and takes those of this campaign, each by its key.
constexpr db::statement activity_before{"desk_activity",
  "select * from ((select " RINGMASTER_AUDIT_COLUMNS R"( from audit a
     where a.user_id = $1 and a.subject_id = $2 and a.subject_kind <> 'attempt' and a.seq < $3::bigint
     order by a.user_id desc, a.subject_id desc, a.seq desc limit $4)
  union all (select )" RINGMASTER_AUDIT_COLUMNS R"( from audit a
     where a.user_id = $1 and a.subject_kind = 'target' and a.seq < $3::bigint
       and exists (select from targets t where t.user_id = $1 and t.campaign_id = $2 and t.id = a.subject_id)
     order by a.user_id desc, a.seq desc limit $4)) w order by seq desc limit $4)"};

constexpr db::statement first_and_last{"desk_chart_span", R"(
  select (select a.permit_at from attempts a where a.user_id = $1 and a.campaign_id = $2
           order by a.user_id, a.campaign_id, a.id limit 1),
         (select a.permit_at from attempts a where a.user_id = $1 and a.campaign_id = $2
           order by a.user_id desc, a.campaign_id desc, a.id desc limit 1))"};

// Ids of attempts begin with their time, so the index of a campaign's attempts bounds the span; the
// permit's own time decides, which after a clock was set back may be an hour apart.
constexpr db::statement count_calls{"desk_chart_calls", R"(
  select floor(extract(epoch from a.permit_at) / $7::int)::bigint, count(*), count(s.answered_at)
    from attempts a left join call_sessions s on s.user_id = a.user_id and s.id = a.id
   where a.user_id = $1 and a.campaign_id = $2 and a.id >= $3::uuid and a.id < $4::uuid
     and a.permit_at >= $5 and a.permit_at < $6 and a.status not in ('voided', 'rejected', 'not_placed')
   group by 1)"};

uuid id_at(instant t) {
  auto ms = std::max<std::int64_t>(
    0, std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count());
  uuid value;
  for (int i = 5; i >= 0; --i, ms >>= 8)
    value.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms);
  return value;
}

instant floor_to(instant t, seconds step) {
  auto s = std::chrono::floor<seconds>(t.time_since_epoch()).count();
  auto rest = ((s % step.count()) + step.count()) % step.count();
  return instant(seconds(s - rest));
}

} // namespace

result<page<audit_view>> postgres_campaigns::activity(const campaign_id& of, const page_request& p) {
  return guard_.run([&]() -> result<page<audit_view>> {
    if (d_.tx.run(known, d_.who.user, of).empty())
      return fail(errc::not_found, "no such campaign");
    auto bounds = bounds_of(p);
    std::string before = "9223372036854775807";
    if (!p.cursor.empty()) {
      auto key = read_cursor('v', p.cursor);
      if (!key || key->find_first_not_of("0123456789") != std::string::npos || key->size() > 18)
        return fail_field("/cursor", "invalid", "this cursor is not one of this list");
      before = *key;
    }
    auto rows = d_.tx.run(activity_before, d_.who.user, of, before, bounds.limit + 1);
    page<audit_view> answer;
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i)
      answer.items.push_back(read_audit(rows[i]));
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('v', std::to_string(answer.items.back().seq));
    return answer;
  });
}

result<chart> postgres_campaigns::draw(const campaign_id& of, const chart_request& what) {
  return guard_.run([&]() -> result<chart> {
    if (d_.tx.run(known, d_.who.user, of).empty())
      return fail(errc::not_found, "no such campaign");
    auto ends = d_.tx.run(first_and_last, d_.who.user, of);
    auto span = ends[0];
    auto first = span.take<std::optional<instant>>();
    auto last = span.take<std::optional<instant>>();
    chart answer;
    if (!first || !last)
      return answer;
    auto begin = floor_to(what.from ? std::max(*what.from, *first) : *first, what.step);
    auto end = floor_to(what.to ? std::min(*what.to, *last) : *last, what.step) + what.step;
    if (begin >= end)
      return answer;
    if (auto least = end - chart::buckets_most * what.step; begin < least) {
      begin = least;
      answer.cut = true;
    }
    auto step = static_cast<std::int32_t>(what.step.count());
    for (auto at = begin; at < end; at += what.step)
      answer.buckets.push_back({at, 0, 0});
    constexpr auto slack = std::chrono::hours(1);
    auto rows = d_.tx.run(
      count_calls, d_.who.user, of, id_at(begin - slack), id_at(end + slack), begin, end, step);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto at = instant(seconds(row.take<std::int64_t>() * step));
      auto place = static_cast<std::size_t>((at - begin) / what.step);
      if (place >= answer.buckets.size())
        continue;
      answer.buckets[place].started = row.take<std::int64_t>();
      answer.buckets[place].answered = row.take<std::int64_t>();
    }
    return answer;
  });
}

} // namespace ringmaster
