// Campaigns as their owner makes, lists and removes them.
#include "persistence/campaign_rows.hpp"
#include "persistence/desk_rows.hpp"

namespace ringmaster {
namespace {

constexpr db::statement make{"desk_campaign_make", R"(
  insert into campaigns (user_id, id, name, description, type, script, timezone, allowed_call_start_time,
                         allowed_call_end_time, allowed_days_of_week, rate_limit_per_minute, rate_limit_per_hour,
                         max_attempts, max_concurrent_calls, call_style, voicemail_action, voicemail_message,
                         menu_action, menu_keys, record_calls, result_schema)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21))"};
constexpr db::statement make_progress{"desk_campaign_progress",
  "insert into campaign_progress (user_id, campaign_id) values ($1, $2)"};

#define LIST_OF_CAMPAIGNS                                                                          \
  "select " RINGMASTER_CAMPAIGN_COLUMNS                                                            \
  " from campaigns c join campaign_progress p on p.user_id = c.user_id and p.campaign_id = c.id "  \
  "where c.user_id = $1 and c.task_id is null and ($2::text is null or c.status = $2) "            \
  "and ($3 = '' or position(lower($3) in lower(c.name)) > 0) "

constexpr db::statement list_from{"desk_campaign_list",
  LIST_OF_CAMPAIGNS "order by c.id desc limit $4 offset $5"};
constexpr db::statement list_after{"desk_campaign_list_after",
  LIST_OF_CAMPAIGNS "and c.id < $5::uuid order by c.id desc limit $4"};
constexpr db::statement count{"desk_campaign_count", R"(
  select count(*) from campaigns c
   where c.user_id = $1 and c.task_id is null and ($2::text is null or c.status = $2)
     and ($3 = '' or position(lower($3) in lower(c.name)) > 0))"};

// The campaign of one by which a task calls is nobody's campaign.
constexpr db::statement one{"desk_campaign_one",
  "select " RINGMASTER_CAMPAIGN_COLUMNS R"(
    from campaigns c join campaign_progress p on p.user_id = c.user_id and p.campaign_id = c.id
   where c.user_id = $1 and c.id = $2 and c.task_id is null)"};
constexpr db::statement lock{"desk_campaign_lock", R"(
  select p.calling from campaign_progress p where p.user_id = $1 and p.campaign_id = $2 for update)"};
constexpr db::statement read_status{"desk_campaign_status",
  "select status from campaigns where user_id = $1 and id = $2 and task_id is null"};
// The inbox and the sessions have no foreign key, so their rows go first.
constexpr db::statement remove_inbox{"desk_campaign_remove_inbox", R"(
  delete from webhook_inbox i using attempts a
   where a.user_id = $1 and a.campaign_id = $2 and i.user_id = a.user_id and i.attempt_id = a.id)"};
constexpr db::statement remove_sessions{"desk_campaign_remove_sessions", R"(
  delete from call_sessions s using attempts a
   where a.user_id = $1 and a.campaign_id = $2 and s.user_id = a.user_id and s.id = a.id)"};
constexpr db::statement remove{"desk_campaign_remove",
  "delete from campaigns where user_id = $1 and id = $2"};

} // namespace

result<campaign::view> create_campaign(desk_parts& d, const campaign::draft& as_sent) {
  if (auto window = campaign::check(as_sent); !window)
    return fail(window.error());
  auto draft = campaign::trim(as_sent);
  campaign_id id{make_uuid7(d.now, d.random)};
  d.tx.run(
    make, d.who.user, id, draft.name, draft.description, draft.type, draft.script, draft.timezone,
    draft.allowed_call_start_time, draft.allowed_call_end_time,
    text_array(draft.allowed_days_of_week), draft.limits.per_minute, draft.limits.per_hour,
    draft.max_attempts, draft.max_concurrent_calls, talk::to_string(draft.talk.style),
    talk::to_string(draft.talk.on_voicemail), draft.talk.message, talk::to_string(draft.talk.on_menu),
    draft.talk.menu_keys, draft.talk.record, draft.talk.result_schema);
  d.tx.run(make_progress, d.who.user, id);
  tell(d, "campaign.create", "campaign", id.value, {}, campaign::to_string(campaign::status::draft));
  return *find_campaign_row(d.tx, d.who.user, id);
}

result<page<campaign::view>> list_campaigns(
  desk_parts& d, const page_request& p, std::optional<campaign::status> status, const std::string& q) {
  auto bounds = bounds_of(p);
  std::optional<std::string> wanted;
  if (status)
    wanted = std::string(campaign::to_string(*status));
  page<campaign::view> answer;
  auto fill = [&](const db::rows& rows) {
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i) {
      auto row = rows[i];
      answer.items.push_back(read_campaign(row));
    }
    // One row more than asked for was read, to know whether there is a next page.
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('c', to_string(answer.items.back().id));
  };
  if (!p.cursor.empty()) {
    auto key = read_cursor('c', p.cursor);
    auto after = key ? campaign_id::parse(*key) : std::nullopt;
    if (!after)
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
    fill(d.tx.run(list_after, d.who.user, wanted, q, bounds.limit + 1, *after));
    return answer;
  }
  fill(d.tx.run(list_from, d.who.user, wanted, q, bounds.limit + 1, bounds.offset));
  answer.total = d.tx.run(count, d.who.user, wanted, q)[0].take<std::int64_t>();
  return answer;
}

result<campaign::view> find_campaign(desk_parts& d, const campaign_id& id) {
  auto rows = d.tx.run(one, d.who.user, id);
  if (rows.empty())
    return fail(errc::not_found, "no such campaign");
  auto row = rows[0];
  return read_campaign(row);
}

result<void> delete_campaign(desk_parts& d, const campaign_id& id) {
  auto locked = d.tx.run(lock, d.who.user, id);
  if (locked.empty())
    return fail(errc::not_found, "no such campaign");
  auto live = locked[0].take<std::int64_t>();
  auto known = d.tx.run(read_status, d.who.user, id);
  if (known.empty())
    return fail(errc::not_found, "no such campaign");
  auto status = campaign::parse_status(known[0].take<std::string_view>());
  using enum campaign::status;
  if (status != draft && status != completed && status != canceled) {
    error e{.code = errc::wrong_state,
            .detail = "only a draft, completed or canceled campaign can be deleted"};
    e.current_status = campaign::to_string(*status);
    e.allowed_transitions = campaign::user_actions(*status);
    return fail(e);
  }
  if (live > 0)
    return fail(errc::wrong_state, "calls of this campaign are still under way");
  d.tx.run(remove_inbox, d.who.user, id);
  d.tx.run(remove_sessions, d.who.user, id);
  d.tx.run(remove, d.who.user, id);
  tell(d, "campaign.delete", "campaign", id.value, campaign::to_string(*status));
  return {};
}

} // namespace ringmaster
