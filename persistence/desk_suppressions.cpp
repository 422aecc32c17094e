// Lists of numbers that are not to be called, by thousands, and what waits for such numbers.
#include <set>
#include <utility>

#include "persistence/array.hpp"
#include "persistence/desk_lists.hpp"
#include "persistence/talk_rows.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr db::statement add{"lists_suppress", R"(
  insert into suppressions (user_id, id, phone_number, reason, source)
  select $1, r.id, r.phone_number, r.reason, $5
    from unnest($2::uuid[], $3::text[], $4::text[]) r(id, phone_number, reason)
      on conflict (user_id, phone_number) do nothing)"};
// Through the index that begins with user and number.
constexpr db::statement waiting{"lists_waiting", R"(
  select distinct t.campaign_id
    from unnest($2::text[]) n(phone_number)
   cross join lateral (select x.campaign_id, x.status from targets x
                        where x.user_id = $1 and x.phone_number = n.phone_number) t
   where t.status = 'pending')"};
constexpr db::statement skip{"lists_skip", R"(
  with gone as (
    update targets t set status = 'skipped', reason = 'suppressed'
     where t.user_id = $1 and t.phone_number = any($2::text[]) and t.status = 'pending' and t.campaign_id = any($3::uuid[])
    returning t.id, t.campaign_id),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason, request_id)
    select $1, $4, 'target.skip', 'target', g.id, 'pending', 'skipped', 'suppressed', $5 from gone g),
  counted as (
    update campaign_progress p set pending = p.pending - c.n, skipped = p.skipped + c.n
      from (select g.campaign_id, count(*) as n from gone g group by 1) c
     where p.user_id = $1 and p.campaign_id = c.campaign_id)
  select campaign_id, count(*) from gone group by 1)"};
constexpr db::statement call_no_more{"lists_tasks", R"(
  update call_tasks t
     set retry_at = null, reason = 'the number is on the suppression list', version = t.version + 1, updated_at = $3
   where t.user_id = $1 and t.status = 'ready_to_call' and t.retry_at is not null
     and coalesce(t.target_phone_number,
                  (select c.phone_number from contacts c where c.user_id = t.user_id and c.id = t.contact_id)) = any($2::text[])
  returning t.id)"};

} // namespace

void set_aside_numbers(desk_parts& d, const std::string& numbers, suppressed& into) {
  const auto& user = d.who.user;
  auto found = d.tx.run(waiting, user, numbers);
  if (!found.empty()) {
    db::array ids;
    for (std::size_t i = 0; i < found.size(); ++i)
      ids.add(found[i].take<campaign_id>());
    auto campaigns = ids.take();
    lock_progress(d, campaigns);
    auto gone = d.tx.run(skip, user, numbers, campaigns, d.who.actor, d.who.request_id);
    for (std::size_t i = 0; i < gone.size(); ++i) {
      auto row = gone[i];
      into.campaigns.push_back(row.take<campaign_id>());
      into.skipped += row.take<std::int64_t>();
    }
  }
  auto tasks = d.tx.run(call_no_more, user, numbers, d.now);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    tell(
      d, "task.no_retry", "call_task", tasks[i].take<uuid>(), "ready_to_call", "ready_to_call",
      "the number is on the suppression list");
}

result<suppressed>
postgres_lists::suppress(std::span<const suppression_row> rows, const std::string& source) {
  return guard_.run([&]() -> result<suppressed> {
    suppressed out;
    std::set<std::string_view> seen;
    db::array ids, numbers, reasons, all;
    for (const auto& row : rows) {
      if (!seen.insert(row.number.reveal()).second)
        continue;
      ids.add(make_uuid7(d_.now, d_.random));
      numbers.add(row.number.reveal());
      all.add(row.number.reveal());
      reasons.add(storable(row.reason));
    }
    if (seen.empty())
      return out;
    auto added = d_.tx.run(add, d_.who.user, ids.take(), numbers.take(), reasons.take(), source);
    out.added = added.affected();
    out.known = static_cast<std::int64_t>(rows.size()) - out.added;
    // Those that were known before, too: their targets may have been added since.
    set_aside_numbers(d_, all.take(), out);
    if (out.added > 0)
      tell(
        d_, "suppression.import", "suppression", uuid{}, {}, {},
        std::to_string(out.added) + " numbers put on the list");
    return out;
  });
}

} // namespace ringmaster
