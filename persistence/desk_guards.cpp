// Suppressions, the audit trail, API keys and idempotency keys.
#include "persistence/desk_rows.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

#define SUPPRESSION "select id, phone_number, reason, source, created_at from suppressions where user_id = $1 "
constexpr db::statement suppressed_from{"desk_suppressions", SUPPRESSION "order by id desc limit $2 offset $3"};
constexpr db::statement suppressed_after{"desk_suppressions_after",
  SUPPRESSION "and id < $3::uuid order by id desc limit $2"};
constexpr db::statement suppressed_number{"desk_suppression_of", SUPPRESSION "and phone_number = $2"};
constexpr db::statement suppressed_count{"desk_suppressions_count",
  "select count(*) from suppressions where user_id = $1"};
constexpr db::statement suppress{"desk_suppress", R"(
  insert into suppressions (user_id, id, phone_number, reason, source) values ($1, $2, $3, $4, $5)
      on conflict (user_id, phone_number) do nothing returning id)"};
constexpr db::statement unsuppress{"desk_unsuppress",
  "delete from suppressions where user_id = $1 and id = $2"};

#define AUDIT                                                                                      \
  "select seq, at, actor, action, subject_kind, coalesce(subject_id::text, ''), from_status, "     \
  "to_status, reason, request_id from audit where user_id = $1 "
constexpr db::statement audit_from{"desk_audit_list", AUDIT "order by user_id desc, seq desc limit $2 offset $3"};
constexpr db::statement audit_before{"desk_audit_before",
  AUDIT "and seq < $3::bigint order by user_id desc, seq desc limit $2"};
// Two indexes: one for attempts, one for all else. An id belongs to one kind of subject only.
#define AUDIT_OF(more)                                                                             \
  "select * from (" AUDIT "and subject_id = $4 and subject_kind <> 'attempt' " more                \
  "union all " AUDIT "and subject_id = $4 and subject_kind = 'attempt' " more ") a order by seq desc "
constexpr db::statement audit_of{"desk_audit_of", AUDIT_OF("") "limit $2 offset $3"};
constexpr db::statement audit_of_before{"desk_audit_of_before",
  AUDIT_OF("and seq < $3::bigint ") "limit $2"};

#define API_KEY                                                                                    \
  "select id, name, scopes, last_four, expires_at, last_used_at, created_at from api_keys "        \
  "where user_id = $1 "
constexpr db::statement keys_from{"desk_keys", API_KEY "order by id desc limit $2 offset $3"};
constexpr db::statement keys_after{"desk_keys_after", API_KEY "and id < $3::uuid order by id desc limit $2"};
constexpr db::statement key_one{"desk_key_one", API_KEY "and id = $2"};
constexpr db::statement key_count{"desk_key_count", "select count(*) from api_keys where user_id = $1"};
constexpr db::statement key_make{"desk_key_make", R"(
  insert into api_keys (user_id, id, name, scopes, secret_sha256, last_four, expires_at)
  values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7))"};
constexpr db::statement key_remove{"desk_key_remove", "delete from api_keys where user_id = $1 and id = $2"};

// A parallel request with the same key waits here for the end of the first one's transaction.
constexpr db::statement claim{"desk_claim", R"(
  insert into idempotency_keys (user_id, key, route, body_sha256) values ($1, $2, $3, $4)
      on conflict (user_id, key, route) do nothing returning 1)"};
constexpr db::statement claim_expired{"desk_claim_expired", R"(
  delete from idempotency_keys where user_id = $1 and key = $2 and route = $3 and created_at < now() - interval '24 hours')"};
constexpr db::statement claimed{"desk_claimed", R"(
  select body_sha256, status, body from idempotency_keys where user_id = $1 and key = $2 and route = $3)"};
constexpr db::statement keep_answer{"desk_keep_answer", R"(
  update idempotency_keys set status = $4, body = $5 where user_id = $1 and key = $2 and route = $3)"};

suppression_view read_suppression(db::row row) {
  suppression_view v;
  v.id = row.take<suppression_id>();
  v.number = row.take<phone_number>();
  v.reason = row.take<std::string>();
  v.source = row.take<std::string>();
  v.created_at = row.take<instant>();
  return v;
}

api_key_view read_key(db::row row) {
  api_key_view v;
  v.id = row.take<api_key_id>();
  v.name = row.take<std::string>();
  v.scopes = static_cast<std::uint8_t>(row.take<std::int32_t>());
  v.last_four = row.take<std::string>();
  v.expires_at = row.take<std::optional<instant>>();
  v.last_used_at = row.take<std::optional<instant>>();
  v.created_at = row.take<instant>();
  return v;
}

// The rows of a page; one more was asked for, to know whether there is a next one.
template <class Item, class Read, class Key>
void fill(page<Item>& answer, const db::rows& rows, std::int64_t limit, char kind, Read read, Key key) {
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i)
    answer.items.push_back(read(rows[i]));
  if (rows.size() > static_cast<std::size_t>(limit))
    answer.next_cursor = make_cursor(kind, key(answer.items.back()));
}

// The place behind which a page begins, as a uuid.
template <class Id>
result<std::optional<Id>> place_of(const page_request& p, char kind) {
  if (p.cursor.empty())
    return std::optional<Id>{};
  auto key = read_cursor(kind, p.cursor);
  auto id = key ? Id::parse(*key) : std::nullopt;
  if (!id)
    return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  return id;
}

std::string hex_of(const std::string& bytes) {
  return wire::to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

} // namespace

// -- suppressions -------------------------------------------------------------------------------

result<page<suppression_view>> list_suppressions(desk_parts& d, const page_request& p) {
  auto bounds = bounds_of(p);
  auto after = place_of<suppression_id>(p, 's');
  if (!after)
    return fail(after.error());
  page<suppression_view> answer;
  auto rows = *after ? d.tx.run(suppressed_after, d.who.user, bounds.limit + 1, **after)
                     : d.tx.run(suppressed_from, d.who.user, bounds.limit + 1, bounds.offset);
  fill(answer, rows, bounds.limit, 's', read_suppression, [](const auto& v) { return to_string(v.id); });
  if (!*after)
    answer.total = d.tx.run(suppressed_count, d.who.user)[0].take<std::int64_t>();
  return answer;
}

result<suppression_view> add_suppression(
  desk_parts& d, const phone_number& number, const std::string& reason, const std::string& source) {
  suppression_id id{make_uuid7(d.now, d.random)};
  auto added = d.tx.run(suppress, d.who.user, id, number, reason, source);
  if (!added.empty())
    tell(d, "suppression.add", "suppression", id.value, {}, {}, reason);
  auto rows = d.tx.run(suppressed_number, d.who.user, number);
  if (rows.empty())
    return fail(errc::conflict, "the number was removed from the list at the same moment");
  return read_suppression(rows[0]);
}

result<void> remove_suppression(desk_parts& d, const suppression_id& id) {
  if (d.tx.run(unsuppress, d.who.user, id).affected() != 1)
    return fail(errc::not_found, "no such suppression");
  tell(d, "suppression.remove", "suppression", id.value);
  return {};
}

// -- audit --------------------------------------------------------------------------------------

audit_view read_audit(db::row row) {
  audit_view v;
  v.seq = row.take<std::int64_t>();
  v.at = row.take<instant>();
  v.actor = row.take<std::string>();
  v.action = row.take<std::string>();
  v.subject_kind = row.take<std::string>();
  v.subject_id = row.take<std::string>();
  v.from_status = row.take<std::string>();
  v.to_status = row.take<std::string>();
  v.reason = row.take<std::string>();
  v.request_id = row.take<std::string>();
  return v;
}

result<page<audit_view>> list_audit(
  desk_parts& d, const page_request& p, const std::string& subject) {
  auto bounds = bounds_of(p);
  page<audit_view> answer;
  std::optional<uuid> about;
  if (!subject.empty()) {
    about = parse_uuid(subject);
    if (!about)
      return answer; // nothing has such an id
  }
  std::optional<std::string> before;
  if (!p.cursor.empty()) {
    auto key = read_cursor('l', p.cursor);
    if (!key || key->find_first_not_of("0123456789") != std::string::npos || key->size() > 18)
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
    before = *key;
  }
  auto limit = bounds.limit + 1;
  auto rows = about ? (before ? d.tx.run(audit_of_before, d.who.user, limit, *before, *about)
                              : d.tx.run(audit_of, d.who.user, limit, bounds.offset, *about))
                    : (before ? d.tx.run(audit_before, d.who.user, limit, *before)
                              : d.tx.run(audit_from, d.who.user, limit, bounds.offset));
  fill(answer, rows, bounds.limit, 'l', read_audit, [](const auto& v) { return std::to_string(v.seq); });
  return answer;
}

// -- API keys -----------------------------------------------------------------------------------

result<page<api_key_view>> list_api_keys(desk_parts& d, const page_request& p) {
  auto bounds = bounds_of(p);
  auto after = place_of<api_key_id>(p, 'k');
  if (!after)
    return fail(after.error());
  page<api_key_view> answer;
  auto rows = *after ? d.tx.run(keys_after, d.who.user, bounds.limit + 1, **after)
                     : d.tx.run(keys_from, d.who.user, bounds.limit + 1, bounds.offset);
  fill(answer, rows, bounds.limit, 'k', read_key, [](const auto& v) { return to_string(v.id); });
  if (!*after)
    answer.total = d.tx.run(key_count, d.who.user)[0].take<std::int64_t>();
  return answer;
}

result<api_key_view> create_api_key(
  desk_parts& d, const api_key_id& id, const std::string& name, std::uint8_t scopes,
  const std::string& secret_sha256, const std::string& last_four,
  std::optional<instant> expires_at) {
  d.tx.run(
    key_make, d.who.user, id, name, std::int32_t{scopes}, hex_of(secret_sha256), last_four, expires_at);
  tell(d, "api_key.create", "api_key", id.value);
  return read_key(d.tx.run(key_one, d.who.user, id)[0]);
}

result<void> delete_api_key(desk_parts& d, const api_key_id& id) {
  if (d.tx.run(key_remove, d.who.user, id).affected() != 1)
    return fail(errc::not_found, "no such API key");
  tell(d, "api_key.delete", "api_key", id.value);
  return {};
}

// -- idempotency --------------------------------------------------------------------------------

result<std::optional<desk_work::stored_answer>> claim_key(
  desk_parts& d, const std::string& key, const std::string& route, const std::string& body_sha256) {
  auto digest = hex_of(body_sha256);
  d.tx.run(claim_expired, d.who.user, key, route);
  if (!d.tx.run(claim, d.who.user, key, route, digest).empty())
    return std::optional<desk_work::stored_answer>{};
  auto rows = d.tx.run(claimed, d.who.user, key, route);
  if (rows.empty())
    return fail(errc::conflict, "a request with this Idempotency-Key is in progress; try again");
  auto row = rows[0];
  if (row.take<std::string_view>() != digest)
    return fail(errc::key_reused, "this Idempotency-Key was used with another body");
  auto status = row.take<std::optional<std::int32_t>>();
  if (!status)
    return fail(errc::conflict, "a request with this Idempotency-Key is in progress; try again");
  return std::optional(
    desk_work::stored_answer{*status, row.take<std::optional<std::string>>().value_or("")});
}

result<void> store_answer_of(
  desk_parts& d, const std::string& key, const std::string& route, const desk_work::stored_answer& a) {
  if (d.tx.run(keep_answer, d.who.user, key, route, a.status, a.body).affected() != 1)
    return fail(errc::internal, "the Idempotency-Key was not claimed");
  return {};
}

} // namespace ringmaster
