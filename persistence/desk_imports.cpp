// Uploads of targets: parts of them are added in sets, and what was refused is kept for a while.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "persistence/array.hpp"
#include "persistence/desk_lists.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t named_rows_max = 1000;

// Two uploads into one campaign insert one after the other, so that neither waits for a number of
// the other's while it holds one the other waits for. Permits and steps do not take this lock.
constexpr db::statement take_turn{"imports_turn",
  "select pg_advisory_xact_lock(hashtextextended('targets of ' || $1::text, 0))"};
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

// What is old goes before something new comes; an upload that still runs stays.
constexpr db::statement forget{"imports_forget", R"(
  delete from target_imports i
   where i.user_id = $1 and i.updated_at < now() - interval '1 hour'
     and (i.created_at < now() - make_interval(days => $3)
          or (i.campaign_id = $2
              and i.id <= (select k.id from target_imports k where k.user_id = $1 and k.campaign_id = $2
                            order by k.user_id desc, k.campaign_id desc, k.id desc offset $4 - 1 limit 1))))"};
constexpr db::statement begin{"imports_begin", R"(
  insert into target_imports (user_id, id, campaign_id, form, actor) values ($1, $2, $3, $4, $5))"};
// The counters say how much of the report there is room for; `part` is the number of the next one.
constexpr db::statement note{"imports_note", R"(
  update target_imports
     set accepted = accepted + $3, duplicates = duplicates + $4, rejected = rejected + $5, updated_at = now()
   where user_id = $1 and id = $2 and status = 'running'
  returning rejected_kept, (select coalesce(max(p.part), 0) + 1 from target_import_rejections p
                             where p.user_id = $1 and p.import_id = $2))"};
constexpr db::statement keep{"imports_keep", R"(
  with kept as (
    insert into target_import_rejections (user_id, import_id, part, rows, lines) values ($1, $2, $3, $4, $5))
  update target_imports set rejected_kept = rejected_kept + $4 where user_id = $1 and id = $2)"};
constexpr db::statement resume{"imports_resume", R"(
  update target_imports set updated_at = now()
   where user_id = $1 and id = $2 and campaign_id = $3 and status = 'running')"};
constexpr db::statement end{"imports_end", R"(
  update target_imports set status = $3, reason = $4, updated_at = now(), ended_at = now()
   where user_id = $1 and id = $2 and status = 'running' returning campaign_id, accepted, duplicates, rejected)"};

// One whose engine was killed says nothing any more. An upload that goes on, says something every
// few seconds: its body has a deadline that grows with what has come.
#define IMPORT                                                                                     \
  "select i.id, i.campaign_id, i.form, case when i.status = 'running' and i.updated_at < now() - " \
  "interval '15 minutes' then 'broken' else i.status end, i.actor, i.accepted, i.duplicates, "     \
  "i.rejected, i.rejected_kept, i.reason, i.created_at, i.updated_at, i.ended_at "                 \
  "from target_imports i where i.user_id = $1 and i.campaign_id = $2 "
constexpr db::statement one{"imports_one", IMPORT "and i.id = $3"};
constexpr db::statement list_from{"imports_list",
  IMPORT "order by i.user_id desc, i.campaign_id desc, i.id desc limit $3 offset $4"};
constexpr db::statement list_after{"imports_after",
  IMPORT "and i.id < $4::uuid order by i.user_id desc, i.campaign_id desc, i.id desc limit $3"};
constexpr db::statement count{"imports_count",
  "select count(*) from target_imports where user_id = $1 and campaign_id = $2"};
constexpr db::statement read_lines{"imports_lines", R"(
  select part, lines from target_import_rejections
   where user_id = $1 and import_id = $2 and part > $3 order by user_id, import_id, part limit 1)"};

void note_duplicate(target::report& into, const target::checked& row) {
  ++into.duplicates;
  if (into.duplicate_rows.size() < named_rows_max)
    into.duplicate_rows.push_back(
      {row.line, row.number.number.reveal(), "duplicate",
       "this number or client id is in the campaign already"});
}

result<void> open_for_targets(desk_parts& d, const campaign_id& id) {
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
  return {};
}

upload::view read_import(db::row row) {
  upload::view v;
  v.id = row.take<import_id>();
  v.campaign = row.take<campaign_id>();
  v.what = upload::parse_form(row.take<std::string_view>()).value_or(upload::form::csv);
  v.state = upload::parse_status(row.take<std::string_view>()).value_or(upload::status::broken);
  v.actor = row.take<std::string>();
  v.accepted = row.take<std::int64_t>();
  v.duplicates = row.take<std::int64_t>();
  v.rejected = row.take<std::int64_t>();
  v.rejected_kept = row.take<std::int64_t>();
  v.reason = row.take<std::string>();
  v.created_at = row.take<instant>();
  v.updated_at = row.take<instant>();
  v.ended_at = row.take<std::optional<instant>>();
  return v;
}

} // namespace

result<std::size_t> insert_targets(
    desk_parts& d, const campaign_id& id, std::span<const target::checked> rows,
    target::report& into) {
  if (auto open = open_for_targets(d, id); !open)
    return fail(open.error());
  d.tx.run(take_turn, id);
  // Ids that grow with the rows keep the list in the order of the upload.
  std::vector<uuid> ids(rows.size());
  for (auto& value : ids)
    value = make_uuid7(d.now, d.random);
  std::sort(ids.begin(), ids.end());

  std::unordered_set<std::string_view> numbers, clients;
  std::unordered_map<uuid, const target::checked*> sent;
  numbers.reserve(rows.size());
  sent.reserve(rows.size());
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
    return std::size_t{0};
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
  if (accepted == 0)
    return accepted;
  // Nobody has seen the new rows as yet, so the lock that permits and steps take is needed for the
  // counters alone. The status is read again under it: the campaign may have ended meanwhile.
  if (d.tx.run(lock, d.who.user, id).empty())
    return fail(errc::not_found, "no such campaign");
  if (auto open = open_for_targets(d, id); !open)
    return fail(open.error());
  d.tx.run(counted, d.who.user, id, static_cast<std::int64_t>(accepted));
  return accepted;
}

result<import_id> postgres_lists::begin_import(const campaign_id& into, upload::form what) {
  return guard_.run([&]() -> result<import_id> {
    if (auto open = open_for_targets(d_, into); !open)
      return fail(open.error());
    d_.tx.run(forget, d_.who.user, into, static_cast<std::int32_t>(upload::kept_days), upload::kept_most);
    import_id id{make_uuid7(d_.now, d_.random)};
    d_.tx.run(begin, d_.who.user, id, into, upload::to_string(what), d_.who.actor);
    tell(
      d_, "campaign.import", "campaign", into.value, {}, {},
      "an upload of targets began (" + std::string(upload::to_string(what)) + ")");
    return id;
  });
}

result<void> postgres_lists::resume_import(const import_id& id, const campaign_id& into) {
  return guard_.run([&]() -> result<void> {
    if (d_.tx.run(resume, d_.who.user, id, into).affected() != 1)
      return fail(errc::conflict, "there is no such upload that is running; begin a new one");
    return {};
  });
}

result<void> postgres_lists::add_part(
    const import_id& id, const campaign_id& into, std::span<const target::checked> rows,
    const upload::refused& refused, target::report& report) {
  return guard_.run([&]() -> result<void> {
    auto duplicates = report.duplicates;
    auto added = insert_targets(d_, into, rows, report);
    if (!added)
      return fail(added.error());
    auto noted = d_.tx.run(
      note, d_.who.user, id, static_cast<std::int64_t>(*added),
      static_cast<std::int64_t>(report.duplicates - duplicates), refused.rows);
    if (noted.empty())
      return fail(errc::conflict, "this upload is not running any more");
    auto row = noted[0];
    auto kept = row.take<std::int64_t>();
    auto part = row.take<std::int32_t>();
    if (refused.rows > 0 && kept + refused.rows <= upload::refused_most)
      d_.tx.run(
        keep, d_.who.user, id, part, static_cast<std::int32_t>(refused.rows), storable(refused.lines));
    return {};
  });
}

result<void> postgres_lists::end_import(
    const import_id& id, upload::status state, const std::string& reason) {
  return guard_.run([&]() -> result<void> {
    auto ended = d_.tx.run(end, d_.who.user, id, upload::to_string(state), storable(reason));
    if (ended.empty())
      return fail(errc::conflict, "this upload is not running any more");
    auto row = ended[0];
    auto campaign = row.take<campaign_id>();
    auto accepted = row.take<std::int64_t>();
    auto duplicates = row.take<std::int64_t>();
    auto rejected = row.take<std::int64_t>();
    auto said = std::to_string(accepted) + " targets added, " + std::to_string(duplicates) +
                " duplicates, " + std::to_string(rejected) + " refused";
    if (state == upload::status::broken)
      said += "; it broke off: " + storable(reason);
    tell(d_, "campaign.import_end", "campaign", campaign.value, {}, {}, said);
    return {};
  });
}

result<page<upload::view>>
postgres_lists::list_imports(const campaign_id& of, const page_request& p) {
  return guard_.run([&]() -> result<page<upload::view>> {
    if (d_.tx.run(status_of, d_.who.user, of).empty())
      return fail(errc::not_found, "no such campaign");
    auto bounds = bounds_of(p);
    page<upload::view> answer;
    std::optional<import_id> after;
    if (!p.cursor.empty()) {
      auto key = read_cursor('i', p.cursor);
      after = key ? import_id::parse(*key) : std::nullopt;
      if (!after)
        return fail_field("/cursor", "invalid", "this cursor is not one of this list");
    }
    auto rows = after ? d_.tx.run(list_after, d_.who.user, of, bounds.limit + 1, *after)
                      : d_.tx.run(list_from, d_.who.user, of, bounds.limit + 1, bounds.offset);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(bounds.limit); ++i)
      answer.items.push_back(read_import(rows[i]));
    if (rows.size() > static_cast<std::size_t>(bounds.limit))
      answer.next_cursor = make_cursor('i', to_string(answer.items.back().id));
    answer.total = d_.tx.run(count, d_.who.user, of)[0].take<std::int64_t>();
    return answer;
  });
}

result<upload::view> postgres_lists::find_import(const campaign_id& of, const import_id& id) {
  return guard_.run([&]() -> result<upload::view> {
    auto rows = d_.tx.run(one, d_.who.user, of, id);
    if (rows.empty())
      return fail(errc::not_found, "no such upload");
    return read_import(rows[0]);
  });
}

result<upload::report_piece> postgres_lists::read_refused(const import_id& id, std::int64_t from) {
  return guard_.run([&]() -> result<upload::report_piece> {
    upload::report_piece piece;
    auto rows = d_.tx.run(read_lines, d_.who.user, id, from);
    if (rows.empty())
      return piece;
    auto row = rows[0];
    piece.next = row.take<std::int64_t>();
    piece.lines = row.take<std::string>();
    return piece;
  });
}

} // namespace ringmaster
