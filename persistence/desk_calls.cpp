// Calls as their owner sees them: the attempt and the session it led to.
#include "persistence/campaign_rows.hpp"
#include "persistence/desk_rows.hpp"

namespace ringmaster {
namespace {

#define CALL_VIEW                                                                                  \
  "select a.id, a.campaign_id, a.target_id, a.to_number, a.from_number, a.attempt_number, "        \
  "a.status, s.sid, s.status, a.permit_at, s.started_at, s.answered_at, s.ended_at, "              \
  "s.duration_seconds, s.answered_by, a.outcome, a.reason, a.error_code, "                         \
  "(select c.task_id from campaigns c where c.user_id = a.user_id and c.id = a.campaign_id) "      \
  "from attempts a join call_sessions s on s.user_id = a.user_id and s.id = a.id "                 \
  "where a.user_id = $1 "

constexpr db::statement one{"desk_call_one", CALL_VIEW "and a.id = $2"};
constexpr db::statement all_from{"desk_call_all", CALL_VIEW "order by a.user_id desc, a.id desc limit $2 offset $3"};
constexpr db::statement all_after{"desk_call_all_after",
  CALL_VIEW "and a.id < $3::uuid order by a.user_id desc, a.id desc limit $2"};
constexpr db::statement of_campaign{"desk_call_of", CALL_VIEW
  "and a.campaign_id = $4 order by a.user_id desc, a.campaign_id desc, a.id desc limit $2 offset $3"};
constexpr db::statement of_campaign_after{"desk_call_of_after", CALL_VIEW
  "and a.campaign_id = $4 and a.id < $3::uuid order by a.user_id desc, a.campaign_id desc, a.id desc limit $2"};
constexpr db::statement of_task{"desk_call_of_task", CALL_VIEW R"(
  and a.campaign_id in (select c.id from campaigns c where c.user_id = $1 and c.task_id = $2)
  order by a.user_id desc, a.id desc)"};
// Row-level security comes before an operator that could leak, so no index on the words would be
// used: the calls are looked through from the newest on, until a page is full.
#define CALL_SAYING CALL_VIEW                                                                      \
  "and exists (select from conversations v where v.user_id = a.user_id and v.attempt_id = a.id) "  \
  "and exists (select from unnest($4::text[]) q(term) "                                            \
  "where numnode(phraseto_tsquery('simple', q.term)) > 0) "                                        \
  "and not exists (select from unnest($4::text[]) q(term) "                                        \
  "where numnode(phraseto_tsquery('simple', q.term)) > 0 and not exists (select from call_segments g " \
  "where g.user_id = a.user_id and g.attempt_id = a.id "                                           \
  "and g.words @@ phraseto_tsquery('simple', q.term))) "
constexpr db::statement saying{"desk_call_saying",
  CALL_SAYING "order by a.user_id desc, a.id desc limit $2 offset $3"};
constexpr db::statement saying_after{"desk_call_saying_after",
  CALL_SAYING "and a.id < $3::uuid order by a.user_id desc, a.id desc limit $2"};
constexpr db::statement campaign_there{"desk_call_campaign",
  "select 1 from campaigns where user_id = $1 and id = $2 and task_id is null"};
constexpr db::statement count_all{"desk_call_count", "select count(*) from attempts where user_id = $1"};
constexpr db::statement count_of{"desk_call_count_of",
  "select count(*) from attempts where user_id = $1 and campaign_id = $2"};

call::view read_call(db::row row) {
  call::view v;
  v.id = row.take<attempt_id>();
  v.campaign = row.take<campaign_id>();
  v.target = row.take<target_id>();
  v.to = row.take<phone_number>();
  v.from = row.take<phone_number>();
  v.attempt_number = row.take<std::int32_t>();
  v.attempt_state = row.take<std::string>();
  if (auto sid = row.take<std::optional<std::string>>())
    v.sid = call_sid{std::move(*sid)};
  if (auto state = row.take<std::optional<std::string_view>>())
    v.state = call::parse_status(*state);
  v.created_at = row.take<instant>();
  v.started_at = row.take<std::optional<instant>>();
  v.answered_at = row.take<std::optional<instant>>();
  v.ended_at = row.take<std::optional<instant>>();
  v.duration_seconds = row.take<std::optional<std::int32_t>>();
  v.answered_by = row.take<std::string>();
  v.outcome = row.take<std::string>();
  v.reason = row.take<std::string>();
  v.error_code = row.take<std::optional<std::int32_t>>();
  // The campaign of one, by which a task calls, is not shown, nor is its target.
  v.task = row.take<std::optional<uuid>>();
  if (v.task) {
    v.campaign.reset();
    v.target.reset();
  }
  return v;
}

} // namespace

result<page<call::view>> list_calls(
  desk_parts& d, std::optional<campaign_id> id, const page_request& p) {
  if (id && d.tx.run(campaign_there, d.who.user, *id).empty())
    return fail(errc::not_found, "no such campaign");
  auto bounds = bounds_of(p);
  page<call::view> answer;
  auto fill = [&](const db::rows& rows) {
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i)
      answer.items.push_back(read_call(rows[i]));
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('a', to_string(answer.items.back().id));
  };
  if (!p.cursor.empty()) {
    auto key = read_cursor('a', p.cursor);
    auto after = key ? attempt_id::parse(*key) : std::nullopt;
    if (!after)
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
    fill(id ? d.tx.run(of_campaign_after, d.who.user, bounds.limit + 1, *after, *id)
            : d.tx.run(all_after, d.who.user, bounds.limit + 1, *after));
    return answer;
  }
  fill(id ? d.tx.run(of_campaign, d.who.user, bounds.limit + 1, bounds.offset, *id)
          : d.tx.run(all_from, d.who.user, bounds.limit + 1, bounds.offset));
  auto total = id ? d.tx.run(count_of, d.who.user, *id) : d.tx.run(count_all, d.who.user);
  answer.total = total[0].take<std::int64_t>();
  return answer;
}

result<page<call::view>> find_calls_saying(
  desk_parts& d, const std::vector<std::string>& terms, const page_request& p) {
  auto bounds = bounds_of(p);
  std::optional<attempt_id> after;
  if (!p.cursor.empty()) {
    auto key = read_cursor('a', p.cursor);
    after = key ? attempt_id::parse(*key) : std::nullopt;
    if (!after)
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  }
  auto wanted = text_array(terms);
  auto rows = after ? d.tx.run(saying_after, d.who.user, bounds.limit + 1, *after, wanted)
                    : d.tx.run(saying, d.who.user, bounds.limit + 1, bounds.offset, wanted);
  page<call::view> answer;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i)
    answer.items.push_back(read_call(rows[i]));
  if (rows.size() > static_cast<std::size_t>(bounds.limit))
    answer.next_cursor = make_cursor('a', to_string(answer.items.back().id));
  return answer;
}

std::vector<call::view> calls_of_task(desk_parts& d, const uuid& task) {
  std::vector<call::view> list;
  auto rows = d.tx.run(of_task, d.who.user, task);
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(read_call(rows[i]));
  return list;
}

result<call::view> find_call(desk_parts& d, const attempt_id& id) {
  auto rows = d.tx.run(one, d.who.user, id);
  if (rows.empty())
    return fail(errc::not_found, "no such call");
  return read_call(rows[0]);
}

} // namespace ringmaster
