// Targets: added in sets, listed by cursor, counted by counters.
#include "persistence/desk_lists.hpp"

namespace ringmaster {
namespace {

#define TARGETS                                                                                    \
  "select id, campaign_id, phone_number, contact_name, client_id, timezone, status, "              \
  "attempt_count, max_attempts, last_attempt_at, due_at, call_outcome, call_summary, reason, "     \
  "last_call, created_at from targets where user_id = $1 and campaign_id = $2 "
#define LIST_OF_TARGETS TARGETS "and ($3::text is null or status = $3) "

constexpr db::statement one{"desk_target", TARGETS "and id = $3"};

constexpr db::statement list_from{"desk_targets_list",
  LIST_OF_TARGETS "order by user_id, campaign_id, id limit $4 offset $5"};
constexpr db::statement list_after{"desk_targets_list_after",
  LIST_OF_TARGETS "and id > $5::uuid order by user_id, campaign_id, id limit $4"};
constexpr db::statement counts{"desk_targets_counts", R"(
  select p.total, p.pending, p.calling, p.completed, p.failed, p.skipped
    from campaign_progress p join campaigns c on c.user_id = p.user_id and c.id = p.campaign_id
   where p.user_id = $1 and p.campaign_id = $2 and c.task_id is null)"};

} // namespace

target::view read_target(db::row row) {
  target::view v;
  v.id = row.take<target_id>();
  v.campaign = row.take<campaign_id>();
  v.number = row.take<phone_number>();
  v.contact_name = row.take<std::string>();
  v.client_id = row.take<std::string>();
  v.timezone = row.take<std::string>();
  v.state = target::parse_status(row.take<std::string_view>()).value();
  v.attempt_count = row.take<std::int32_t>();
  v.max_attempts = row.take<std::int32_t>();
  v.last_attempt_at = row.take<std::optional<instant>>();
  v.due_at = row.take<std::optional<instant>>();
  v.call_outcome = row.take<std::string>();
  v.call_summary = row.take<std::string>();
  v.reason = row.take<std::string>();
  v.last_call = row.take<std::optional<attempt_id>>();
  v.created_at = row.take<instant>();
  return v;
}

result<void> add_targets(
  desk_parts& d, const campaign_id& id, std::span<const target::checked> rows, target::report& into) {
  auto added = insert_targets(d, id, rows, into);
  if (!added)
    return fail(added.error());
  if (*added > 0)
    tell(
      d, "campaign.add_targets", "campaign", id.value, {}, {},
      std::to_string(*added) + " targets added");
  return {};
}

result<page<target::view>> list_targets(
  desk_parts& d, const campaign_id& id, const page_request& p, std::optional<target::status> status) {
  auto known = d.tx.run(counts, d.who.user, id);
  if (known.empty())
    return fail(errc::not_found, "no such campaign");
  auto bounds = bounds_of(p);
  std::optional<std::string> wanted;
  if (status)
    wanted = std::string(target::to_string(*status));
  page<target::view> answer;
  auto row = known[0];
  // The counters stand in the order of the statuses, after the total.
  auto total = row.take<std::int64_t>();
  for (int i = 0; status && i <= static_cast<int>(*status); ++i)
    total = row.take<std::int64_t>();
  answer.total = total;
  auto fill = [&](const db::rows& rows) {
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i)
      answer.items.push_back(read_target(rows[i]));
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('t', to_string(answer.items.back().id));
  };
  if (p.cursor.empty()) {
    fill(d.tx.run(list_from, d.who.user, id, wanted, bounds.limit + 1, bounds.offset));
    return answer;
  }
  auto key = read_cursor('t', p.cursor);
  auto after = key ? target_id::parse(*key) : std::nullopt;
  if (!after)
    return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  fill(d.tx.run(list_after, d.who.user, id, wanted, bounds.limit + 1, *after));
  return answer;
}

result<target::view> find_target(desk_parts& d, const campaign_id& of, const target_id& id) {
  auto rows = d.tx.run(one, d.who.user, of, id);
  if (rows.empty())
    return fail(errc::not_found, "no such target");
  return read_target(rows[0]);
}

} // namespace ringmaster
