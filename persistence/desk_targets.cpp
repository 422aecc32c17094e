// Targets: added in sets, listed by cursor, counted by counters.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "persistence/array.hpp"
#include "persistence/desk_rows.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t named_rows_max = 1000;

constexpr db::statement lock{"desk_targets_lock", R"(
  select 1 from campaign_progress where user_id = $1 and campaign_id = $2 for no key update)"};
constexpr db::statement status_of{"desk_targets_campaign",
  "select status from campaigns where user_id = $1 and id = $2 and task_id is null"};

// One parameter for each column; rows that stand there already are left out of `returning`.
constexpr db::statement add{"desk_targets_add", R"(
  insert into targets (user_id, campaign_id, id, phone_number, number_class, country, contact_name, client_id,
                       timezone, max_attempts)
  select $1, $2, r.* from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[]) r
      on conflict do nothing returning id)"};
constexpr db::statement counted{"desk_targets_count", R"(
  update campaign_progress set total = total + $3::bigint, pending = pending + $3::bigint
   where user_id = $1 and campaign_id = $2)"};

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

void note_duplicate(target::report& into, const target::checked& row) {
  ++into.duplicates;
  if (into.duplicate_rows.size() < named_rows_max)
    into.duplicate_rows.push_back(
      {row.line, row.number.number.reveal(), "duplicate",
       "this number or client id is in the campaign already"});
}

} // namespace

result<void> add_targets(
  desk_parts& d, const campaign_id& id, std::span<const target::checked> rows, target::report& into) {
  if (d.tx.run(lock, d.who.user, id).empty())
    return fail(errc::not_found, "no such campaign");
  auto known = d.tx.run(status_of, d.who.user, id);
  if (known.empty())
    return fail(errc::not_found, "no such campaign");
  auto status = campaign::parse_status(known[0].take<std::string_view>());
  if (status == campaign::status::completed || status == campaign::status::canceled) {
    error e{.code = errc::wrong_state, .detail = "targets cannot be added to a campaign that has ended"};
    e.current_status = campaign::to_string(*status);
    e.allowed_transitions = campaign::user_actions(*status);
    return fail(e);
  }
  // Ids that grow with the rows keep the list in the order of the upload.
  std::vector<uuid> ids(rows.size());
  for (auto& value : ids)
    value = make_uuid7(d.now, d.random);
  std::sort(ids.begin(), ids.end());

  std::unordered_set<std::string_view> numbers, clients;
  std::unordered_map<uuid, const target::checked*> sent;
  db::array c_ids, c_numbers, c_classes, c_countries, c_names, c_clients, c_zones, c_attempts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    bool again = !numbers.insert(row.number.number.reveal()).second;
    if (!again && !row.client_id.empty())
      again = !clients.insert(row.client_id).second;
    if (again) {
      note_duplicate(into, row);
      continue;
    }
    sent.emplace(ids[i], &row);
    c_ids.add(ids[i]);
    c_numbers.add(row.number.number.reveal());
    c_classes.add(to_string(row.number.kind));
    c_countries.add(row.number.country);
    c_names.add(row.contact_name);
    c_clients.add(row.client_id);
    c_zones.add(row.timezone);
    c_attempts.add(row.max_attempts);
  }
  if (sent.empty())
    return {};
  auto added = d.tx.run(
    add, d.who.user, id, c_ids.take(), c_numbers.take(), c_classes.take(), c_countries.take(),
    c_names.take(), c_clients.take(), c_zones.take(), c_attempts.take());
  auto accepted = added.size();
  into.accepted += accepted;
  if (accepted < sent.size()) {
    for (std::size_t i = 0; i < added.size(); ++i)
      sent.erase(added[i].take<uuid>());
    std::vector<const target::checked*> left;
    for (const auto& [unused, row] : sent)
      left.push_back(row);
    std::sort(left.begin(), left.end(), [](const auto* a, const auto* b) { return a->line < b->line; });
    for (const auto* row : left)
      note_duplicate(into, *row);
  }
  if (accepted > 0) {
    d.tx.run(counted, d.who.user, id, static_cast<std::int64_t>(accepted));
    tell(
      d, "campaign.add_targets", "campaign", id.value, {}, {},
      std::to_string(accepted) + " targets added");
  }
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
