#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/desk.hpp"
#include "persistence/db.hpp"

// What the parts of the desk share; one file for each family of tables implements its functions.

namespace ringmaster {

class sealer; // persistence/seal.hpp

/// A user's transaction while it runs.
struct desk_parts {
  db::transaction& tx;
  const identity& who;
  random_source& random;
  instant now;
  const gate_settings* gate = nullptr; ///< for tasks
  const sealer* seal = nullptr;        ///< for secrets
};

/// A failed statement leaves the transaction unusable: what follows must not look as if it had
/// succeeded, so the failure is remembered and the transaction rolled back.
class statement_guard {
public:
  template <class Body>
  std::invoke_result_t<Body> run(Body body) {
    if (broken_)
      return fail(*broken_);
    try {
      return body();
    } catch (const db::failure& why) {
      note(why);
      return fail(*broken_);
    }
  }
  const std::optional<error>& broken() const { return broken_; }

private:
  void note(const db::failure& why);
  std::optional<error> broken_;
};

/// Writes the audit row of an act.
void tell(
  desk_parts& d, std::string_view action, std::string_view kind, const uuid& subject,
  std::string_view from = {}, std::string_view to = {}, std::string_view reason = {});

/// A place in a list, as the opaque cursor that clients send back. `kind` keeps the cursors of
/// different lists apart.
std::string make_cursor(char kind, std::string_view key);
result<std::string> read_cursor(char kind, const std::string& cursor);

/// The bounds of a page: 1 to 500 rows, an offset that is not negative.
struct page_bounds {
  std::int64_t limit;
  std::int64_t offset;
};
page_bounds bounds_of(const page_request& p);

result<campaign::view> create_campaign(desk_parts& d, const campaign::draft& draft);
result<page<campaign::view>> list_campaigns(
  desk_parts& d, const page_request& p, std::optional<campaign::status> status, const std::string& q);
result<campaign::view> find_campaign(desk_parts& d, const campaign_id& id);
result<void> delete_campaign(desk_parts& d, const campaign_id& id);

result<void> add_targets(
  desk_parts& d, const campaign_id& id, std::span<const target::checked> rows, target::report& into);
result<page<target::view>> list_targets(
  desk_parts& d, const campaign_id& id, const page_request& p, std::optional<target::status> status);
result<target::view> find_target(desk_parts& d, const campaign_id& of, const target_id& id);

result<page<call::view>> list_calls(
  desk_parts& d, std::optional<campaign_id> id, const page_request& p);
result<call::view> find_call(desk_parts& d, const attempt_id& id);
/// Those in whose transcript each of `terms` is said: words, or phrases that stand in one piece.
/// Newest first, without a total.
result<page<call::view>> find_calls_saying(
  desk_parts& d, const std::vector<std::string>& terms, const page_request& p);
/// Those made by the campaigns of a task, newest first.
std::vector<call::view> calls_of_task(desk_parts& d, const uuid& task);

result<page<suppression_view>> list_suppressions(desk_parts& d, const page_request& p);
result<suppression_view> add_suppression(
  desk_parts& d, const phone_number& number, const std::string& reason, const std::string& source);
result<void> remove_suppression(desk_parts& d, const suppression_id& id);
/// What `read_audit` reads, of the trail that is called `a`.
#define RINGMASTER_AUDIT_COLUMNS                                                                   \
  "a.seq, a.at, a.actor, a.action, a.subject_kind, coalesce(a.subject_id::text, ''), "             \
  "a.from_status, a.to_status, a.reason, a.request_id"
audit_view read_audit(db::row row);
result<page<audit_view>> list_audit(desk_parts& d, const page_request& p, const std::string& subject);

result<page<api_key_view>> list_api_keys(desk_parts& d, const page_request& p);
result<api_key_view> create_api_key(
  desk_parts& d, const api_key_id& id, const std::string& name, std::uint8_t scopes,
  const std::string& secret_sha256, const std::string& last_four, std::optional<instant> expires_at);
result<void> delete_api_key(desk_parts& d, const api_key_id& id);

result<std::optional<desk_work::stored_answer>> claim_key(
  desk_parts& d, const std::string& key, const std::string& route, const std::string& body_sha256);
result<void> store_answer_of(
  desk_parts& d, const std::string& key, const std::string& route, const desk_work::stored_answer& a);

} // namespace ringmaster
