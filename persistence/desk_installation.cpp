// Lists that hold for everybody: read and written in the engine's own context, for operators.
#include "persistence/desk_installation.hpp"

#include <charconv>
#include <map>
#include <set>

#include <spdlog/spdlog.h>

#include "domain/ports.hpp"
#include "persistence/array.hpp"
#include "persistence/desk_lists.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr db::statement transaction_time{"installation_time", "select now()"};
// Sets aside what waits, whoever's it is: longer than a desk usually may.
constexpr const char* patience = "set local statement_timeout = '60s'";
constexpr const char* long_patience = "set local statement_timeout = '30min'; set local lock_timeout = '10s'";

#define EVERYWHERE "select phone_number, reason, source, created_at from suppressed_everywhere "
constexpr db::statement everywhere_from{"everywhere_list", EVERYWHERE "order by phone_number limit $1 offset $2"};
constexpr db::statement everywhere_after{"everywhere_after",
  EVERYWHERE "where phone_number > $2 order by phone_number limit $1"};
constexpr db::statement everywhere_count{"everywhere_count", "select count(*) from suppressed_everywhere"};
constexpr db::statement everywhere_add{"everywhere_add", R"(
  insert into suppressed_everywhere (phone_number, reason, source)
  select r.phone_number, r.reason, $3 from unnest($1::text[], $2::text[]) r(phone_number, reason)
      on conflict (phone_number) do nothing)"};
constexpr db::statement everywhere_remove{"everywhere_remove",
  "delete from suppressed_everywhere where phone_number = $1"};
// One look through each user's index for each number; tasks are few.
constexpr db::statement users_waiting{"everywhere_users", R"(
  select distinct u.user_id
    from users u cross join unnest($1::text[]) n(phone_number)
   where exists (select from targets t where t.user_id = u.user_id and t.phone_number = n.phone_number and t.status = 'pending')
   union
  select t.user_id from call_tasks t
   where t.status = 'ready_to_call' and t.retry_at is not null
     and coalesce(t.target_phone_number,
                  (select c.phone_number from contacts c where c.user_id = t.user_id and c.id = t.contact_id)) = any($1::text[])
   order by 1)"};

#define REGISTRY "select id, name, jurisdiction, as_of, rows, loading, loaded_at from registry_lists "
constexpr db::statement registries{"registries", REGISTRY "order by name, loading, id"};
constexpr db::statement registry_one{"registry_one", REGISTRY "where id = $1"};
constexpr db::statement registry_begin{"registry_begin",
  "insert into registry_lists (id, name, jurisdiction, as_of) values ($1, $2, $3, $4::date)"};
constexpr db::statement registry_add{"registry_add", R"(
  with open as (select id from registry_lists where id = $1 and loading for update),
  added as (
    insert into registry_numbers (list_id, digits) select o.id, d from open o cross join unnest($2::bigint[]) d
        on conflict do nothing returning 1)
  update registry_lists l set rows = l.rows + (select count(*) from added), loaded_at = now()
    from open o where l.id = o.id
  returning (select count(*) from added))"};
constexpr db::statement registry_old{"registry_old",
  "select o.id from registry_lists o join registry_lists n on n.name = o.name where n.id = $1 and o.id <> $1 and not o.loading"};
constexpr db::statement registry_finish{"registry_finish",
  "update registry_lists set loading = false, loaded_at = now() where id = $1 and loading"};
constexpr db::statement registry_empty{"registry_empty", "delete from registry_numbers where list_id = $1"};
constexpr db::statement registry_remove{"registry_remove", "delete from registry_lists where id = $1"};

registry::view read_registry(db::row row) {
  registry::view v;
  v.id = row.take<registry_id>();
  v.what.name = row.take<std::string>();
  v.what.jurisdiction = row.take<std::string>();
  auto day = row.take<std::string_view>();
  v.what.as_of = std::chrono::floor<std::chrono::days>(db::parse_timestamp(std::string(day) + " 00:00:00"));
  v.rows = row.take<std::int64_t>();
  v.loading = row.take<bool>();
  v.loaded_at = row.take<instant>();
  return v;
}

std::string day_text(std::chrono::sys_days day) { return db::timestamp_text(day).substr(0, 10); }

/// One transaction of the engine, told as the operator's.
template <class Body>
auto in_engine(
    db::connection& on, random_source& random, const identity& who, const char* limits, Body body)
    -> std::invoke_result_t<Body, desk_parts&> {
  try {
    auto tx = db::transaction::of_engine(on);
    if (limits)
      tx.script(limits);
    auto now = tx.run(transaction_time)[0].template take<instant>();
    desk_parts parts{tx, who, random, now};
    auto done = body(parts);
    if (done)
      tx.commit();
    return done;
  } catch (const db::failure& why) {
    spdlog::warn("installation: a transaction failed: {}", why.what());
    return fail(db::to_error(why));
  }
}

result<registry::view> find_registry(desk_parts& d, const registry_id& id) {
  auto rows = d.tx.run(registry_one, id);
  if (rows.empty())
    return fail(errc::not_found, "no such registry list");
  return read_registry(rows[0]);
}

std::string describe(const registry::view& v) {
  return v.what.name + " (" + v.what.jurisdiction + ") of " + day_text(v.what.as_of) + ", " +
         std::to_string(v.rows) + " numbers";
}

const identity nobody{};

} // namespace

// -- numbers that nobody may call -----------------------------------------------------------------

result<page<everywhere_view>> postgres_installation::list_suppressed(const page_request& p) {
  return in_engine(on_, random_, nobody, nullptr, [&](desk_parts& d) -> result<page<everywhere_view>> {
    auto bounds = bounds_of(p);
    page<everywhere_view> answer;
    std::string after;
    if (!p.cursor.empty()) {
      auto key = read_cursor('e', p.cursor);
      if (!key)
        return fail(key.error());
      after = *key;
    }
    auto rows = after.empty() ? d.tx.run(everywhere_from, bounds.limit + 1, bounds.offset)
                              : d.tx.run(everywhere_after, bounds.limit + 1, after);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i) {
      auto row = rows[i];
      auto& v = answer.items.emplace_back();
      v.number = row.take<phone_number>();
      v.reason = row.take<std::string>();
      v.source = row.take<std::string>();
      v.created_at = row.take<instant>();
    }
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('e', answer.items.back().number.reveal());
    if (after.empty())
      answer.total = d.tx.run(everywhere_count)[0].take<std::int64_t>();
    return answer;
  });
}

result<suppressed> postgres_installation::suppress(
    const identity& who, std::span<const suppression_row> rows, const std::string& source) {
  return in_engine(on_, random_, who, patience, [&](desk_parts& d) -> result<suppressed> {
    suppressed out;
    std::set<std::string_view> seen;
    db::array numbers, reasons, all;
    for (const auto& row : rows) {
      if (!seen.insert(row.number.reveal()).second)
        continue;
      numbers.add(row.number.reveal());
      all.add(row.number.reveal());
      reasons.add(storable(row.reason));
    }
    if (seen.empty())
      return out;
    out.added = d.tx.run(everywhere_add, numbers.take(), reasons.take(), source).affected();
    out.known = static_cast<std::int64_t>(rows.size()) - out.added;
    auto literal = all.take();
    // In one order, so that two operators cannot wait for each other.
    auto users = d.tx.run(users_waiting, literal);
    for (std::size_t i = 0; i < users.size(); ++i) {
      const identity owner{users[i].take<user_id>(), "operator", who.request_id};
      desk_parts of_user{d.tx, owner, d.random, d.now};
      set_aside_numbers(of_user, literal, out);
    }
    if (out.added > 0)
      tell(
        d, "installation.suppress", "suppression", uuid{}, {}, {},
        std::to_string(out.added) + " numbers put on the installation's list");
    return out;
  });
}

result<void> postgres_installation::lift(const identity& who, const phone_number& number) {
  return in_engine(on_, random_, who, nullptr, [&](desk_parts& d) -> result<void> {
    if (d.tx.run(everywhere_remove, number).affected() != 1)
      return fail(errc::not_found, "the number is not on the installation's list");
    tell(d, "installation.allow", "suppression", uuid{}, {}, {}, number.masked());
    return {};
  });
}

// -- registries -----------------------------------------------------------------------------------

result<std::vector<registry::view>> postgres_installation::list_registries() {
  return in_engine(on_, random_, nobody, nullptr, [&](desk_parts& d) -> result<std::vector<registry::view>> {
    std::vector<registry::view> all;
    auto rows = d.tx.run(registries);
    for (std::size_t i = 0; i < rows.size(); ++i)
      all.push_back(read_registry(rows[i]));
    return all;
  });
}

result<registry_id>
postgres_installation::begin_registry(const identity& who, const registry::draft& what) {
  return in_engine(on_, random_, who, nullptr, [&](desk_parts& d) -> result<registry_id> {
    registry_id id{make_uuid7(d.now, d.random)};
    d.tx.run(registry_begin, id, what.name, what.jurisdiction, day_text(what.as_of));
    tell(d, "registry.begin", "registry", id.value, {}, {}, what.name);
    return id;
  });
}

result<std::int64_t> postgres_installation::add_to_registry(
    const registry_id& id, std::span<const phone_number> numbers) {
  return in_engine(on_, random_, nobody, patience, [&](desk_parts& d) -> result<std::int64_t> {
    // In the order of the index, which is then written page after page.
    std::set<std::int64_t> sorted;
    for (const auto& number : numbers) {
      const auto& text = number.reveal();
      std::int64_t digits = 0;
      if (!text.empty() && std::from_chars(text.data() + 1, text.data() + text.size(), digits).ec == std::errc{})
        sorted.insert(digits);
    }
    db::array all;
    for (auto digits : sorted)
      all.add(digits);
    auto added = d.tx.run(registry_add, id, all.take());
    if (added.empty())
      return fail(errc::conflict, "this registry list is not being loaded");
    return added[0].take<std::int64_t>();
  });
}

result<registry::view>
postgres_installation::finish_registry(const identity& who, const registry_id& id) {
  return in_engine(on_, random_, who, long_patience, [&](desk_parts& d) -> result<registry::view> {
    auto old = d.tx.run(registry_old, id);
    for (std::size_t i = 0; i < old.size(); ++i) {
      auto gone = old[i].take<registry_id>();
      d.tx.run(registry_empty, gone);
      d.tx.run(registry_remove, gone);
    }
    if (d.tx.run(registry_finish, id).affected() != 1)
      return fail(errc::conflict, "this registry list is not being loaded");
    auto view = find_registry(d, id);
    if (view)
      tell(d, "registry.load", "registry", id.value, {}, {}, describe(*view));
    return view;
  });
}

result<void> postgres_installation::remove_registry(const identity& who, const registry_id& id) {
  return in_engine(on_, random_, who, long_patience, [&](desk_parts& d) -> result<void> {
    auto known = find_registry(d, id);
    if (!known)
      return fail(known.error());
    d.tx.run(registry_empty, id);
    d.tx.run(registry_remove, id);
    tell(d, "registry.remove", "registry", id.value, {}, {}, describe(*known));
    return {};
  });
}

} // namespace ringmaster
