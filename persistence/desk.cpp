#include "persistence/desk.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <spdlog/spdlog.h>

#include "persistence/campaign_rows.hpp"
#include "persistence/desk_rows.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

constexpr db::statement transaction_time{"desk_time", "select now()"};
constexpr db::statement append_audit{"desk_audit", R"(
  insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason, request_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9))"};
constexpr db::statement key_by_id{"desk_key_by_id", R"(
  select k.id, k.user_id, u.email, encode(k.secret_sha256, 'hex'), k.scopes, k.expires_at
    from api_keys k join users u on u.user_id = k.user_id where k.id = $1)"};
constexpr db::statement touch{"desk_touch_key", R"(
  update api_keys set last_used_at = greatest(last_used_at, $3) where user_id = $1 and id = $2)"};

// A failed statement leaves the transaction unusable: what follows must not look as if it had
// succeeded, so `broken` is remembered and the transaction rolled back.
class work_on_postgres : public desk_work {
 public:
  work_on_postgres(db::transaction& tx, const identity& who, random_source& random, instant now)
    : parts_{tx, who, random, now} {}

  std::optional<error> broken() const { return broken_; }

  result<campaign::view> create_campaign(const campaign::draft& d) override {
    return guarded([&] { return ringmaster::create_campaign(parts_, d); });
  }
  result<page<campaign::view>> list_campaigns(
    const page_request& p, std::optional<campaign::status> status, const std::string& q) override {
    return guarded([&] { return ringmaster::list_campaigns(parts_, p, status, q); });
  }
  result<campaign::view> find_campaign(const campaign_id& id) override {
    return guarded([&]() -> result<campaign::view> {
      if (auto view = find_campaign_row(parts_.tx, parts_.who.user, id))
        return *view;
      return fail(errc::not_found, "no such campaign");
    });
  }
  result<void> delete_campaign(const campaign_id& id) override {
    return guarded([&] { return ringmaster::delete_campaign(parts_, id); });
  }
  result<void> add_targets(
    const campaign_id& id, std::span<const target::checked> rows, target::report& into) override {
    return guarded([&] { return ringmaster::add_targets(parts_, id, rows, into); });
  }
  result<page<target::view>> list_targets(
    const campaign_id& id, const page_request& p, std::optional<target::status> status) override {
    return guarded([&] { return ringmaster::list_targets(parts_, id, p, status); });
  }
  result<page<call::view>> list_calls(std::optional<campaign_id> id, const page_request& p) override {
    return guarded([&] { return ringmaster::list_calls(parts_, id, p); });
  }
  result<call::view> find_call(const attempt_id& id) override {
    return guarded([&] { return ringmaster::find_call(parts_, id); });
  }
  result<page<suppression_view>> list_suppressions(const page_request& p) override {
    return guarded([&] { return ringmaster::list_suppressions(parts_, p); });
  }
  result<suppression_view> add_suppression(
    const phone_number& number, const std::string& reason, const std::string& source) override {
    return guarded([&] { return ringmaster::add_suppression(parts_, number, reason, source); });
  }
  result<void> remove_suppression(const suppression_id& id) override {
    return guarded([&] { return ringmaster::remove_suppression(parts_, id); });
  }
  result<page<audit_view>> list_audit(const page_request& p, const std::string& subject) override {
    return guarded([&] { return ringmaster::list_audit(parts_, p, subject); });
  }
  result<page<api_key_view>> list_api_keys(const page_request& p) override {
    return guarded([&] { return ringmaster::list_api_keys(parts_, p); });
  }
  result<api_key_view> create_api_key(
    const api_key_id& id, const std::string& name, std::uint8_t scopes,
    const std::string& secret_sha256, const std::string& last_four,
    std::optional<instant> expires_at) override {
    return guarded([&] {
      return ringmaster::create_api_key(parts_, id, name, scopes, secret_sha256, last_four, expires_at);
    });
  }
  result<void> delete_api_key(const api_key_id& id) override {
    return guarded([&] { return ringmaster::delete_api_key(parts_, id); });
  }
  result<std::optional<stored_answer>> claim_key(
    const std::string& key, const std::string& route, const std::string& body_sha256) override {
    return guarded([&] { return ringmaster::claim_key(parts_, key, route, body_sha256); });
  }
  result<void> store_answer(
    const std::string& key, const std::string& route, const stored_answer& a) override {
    return guarded([&] { return store_answer_of(parts_, key, route, a); });
  }
  // The books come with their tables.
  task_book& tasks() override { throw std::logic_error("no book of tasks here"); }
  contact_book& contacts() override { throw std::logic_error("no book of contacts here"); }
  settings_book& settings() override { throw std::logic_error("no book of settings here"); }
  notification_book& notifications() override { throw std::logic_error("no book of notifications here"); }
  ringmaster::vault& vault() override { throw std::logic_error("no vault here"); }
  usage_book& usage() override { throw std::logic_error("no book of usage here"); }
  instant now() const override { return parts_.now; }

 private:
  template <class Body>
  std::invoke_result_t<Body> guarded(Body body) {
    if (broken_)
      return fail(*broken_);
    try {
      return body();
    } catch (const db::failure& why) {
      spdlog::warn("desk: a statement failed: {}", why.what());
      broken_ = db::to_error(why);
      return fail(*broken_);
    }
  }

  desk_parts parts_;
  std::optional<error> broken_;
};

} // namespace

// -- shared by the parts ------------------------------------------------------------------------

void tell(
  desk_parts& d, std::string_view action, std::string_view kind, const uuid& subject,
  std::string_view from, std::string_view to, std::string_view reason) {
  d.tx.run(
    append_audit, d.who.user, d.who.actor, action, kind, subject, from, to, reason, d.who.request_id);
}

std::string make_cursor(char kind, std::string_view key) {
  std::string text(1, kind);
  text += key;
  return wire::to_base64url(
    std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

result<std::string> read_cursor(char kind, const std::string& cursor) {
  auto text = wire::from_base64url(cursor);
  if (!text || text->size() < 2 || (*text)[0] != kind)
    return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  return text->substr(1);
}

page_bounds bounds_of(const page_request& p) {
  return {std::clamp<std::int64_t>(p.limit, 1, 500), std::max<std::int64_t>(p.offset, 0)};
}

// -- the desk -----------------------------------------------------------------------------------

postgres_desk::postgres_desk(std::unique_ptr<db::connection> on, random_source& random)
  : on_(std::move(on)), random_(random) {}

postgres_desk::~postgres_desk() = default;

result<void> postgres_desk::transact(
  const identity& who, const std::function<result<void>(desk_work&)>& work) {
  try {
    auto tx = db::transaction::of_user(*on_, who.user);
    auto now = tx.run(transaction_time)[0].take<instant>();
    work_on_postgres on(tx, who, random_, now);
    auto done = work(on);
    if (auto why = on.broken())
      return fail(*why);
    if (!done)
      return done;
    tx.commit();
    return done;
  } catch (const db::failure& why) {
    spdlog::warn("desk: a transaction failed: {}", why.what());
    return fail(db::to_error(why));
  }
}

result<std::vector<task_due>> postgres_desk::tasks_due(instant, std::size_t) { return std::vector<task_due>{}; }

result<std::optional<api_key_record>> postgres_desk::find_api_key(const api_key_id& id) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(key_by_id, id);
    if (rows.empty())
      return std::optional<api_key_record>{};
    auto row = rows[0];
    api_key_record record;
    record.id = row.take<api_key_id>();
    record.user = row.take<user_id>();
    record.user_email = row.take<std::string>();
    auto hex = row.take<std::string>();
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      unsigned byte = 0;
      std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
      record.secret_sha256 += static_cast<char>(byte);
    }
    record.scopes = static_cast<std::uint8_t>(row.take<std::int32_t>());
    record.expires_at = row.take<std::optional<instant>>();
    return std::optional(std::move(record));
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<void> postgres_desk::touch_api_key(const user_id& user, const api_key_id& id, instant at) {
  try {
    auto tx = db::transaction::of_user(*on_, user);
    tx.run(touch, user, id, at);
    tx.commit();
    return {};
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

} // namespace ringmaster
