#include "persistence/desk.hpp"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "persistence/desk_books.hpp"
#include "persistence/desk_lists.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

constexpr db::statement transaction_time{"desk_time", "select now()"};
constexpr db::statement append_audit{"desk_audit", R"(
  insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason, request_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9))"};
constexpr db::statement key_by_id{"desk_key_by_id", R"(
  select k.id, k.user_id, u.email, encode(k.secret_sha256, 'hex'),
         k.scopes + case u.role when 'operator' then 16 else 0 end, k.expires_at
    from api_keys k join users u on u.user_id = k.user_id where k.id = $1 and u.disabled_at is null)"};
constexpr db::statement due{"desk_tasks_due", R"(
  select user_id, id, status from call_tasks
   where status in ('pending', 'preparing') or (status = 'ready_to_call' and retry_at is not null and retry_at <= $1)
   order by coalesce(retry_at, created_at), id limit $2)"};
// Over: by the carrier's word, or because its attempt has ended without one.
constexpr db::statement unwrapped{"desk_wrap_ups_due", R"(
  select v.user_id, v.attempt_id
    from conversations v join call_sessions s on s.user_id = v.user_id and s.id = v.attempt_id
   where v.wrapped_at is null
     and (s.rank = 4 or s.attempt_status not in ('intent', 'accepted', 'ambiguous', 'needs_review'))
   order by v.attempt_id limit $1)"};
constexpr db::statement touch{"desk_touch_key", R"(
  update api_keys set last_used_at = greatest(last_used_at, $3) where user_id = $1 and id = $2)"};

class work_on_postgres : public desk_work {
 public:
  explicit work_on_postgres(const desk_parts& parts) : parts_(parts) {}

  const std::optional<error>& broken() const { return guard_.broken(); }

  result<campaign::view> create_campaign(const campaign::draft& d) override {
    return guard_.run([&] { return ringmaster::create_campaign(parts_, d); });
  }
  result<page<campaign::view>> list_campaigns(
    const page_request& p, std::optional<campaign::status> status, const std::string& q) override {
    return guard_.run([&] { return ringmaster::list_campaigns(parts_, p, status, q); });
  }
  result<campaign::view> find_campaign(const campaign_id& id) override {
    return guard_.run([&] { return ringmaster::find_campaign(parts_, id); });
  }
  result<void> delete_campaign(const campaign_id& id) override {
    return guard_.run([&] { return ringmaster::delete_campaign(parts_, id); });
  }
  result<void> add_targets(
    const campaign_id& id, std::span<const target::checked> rows, target::report& into) override {
    return guard_.run([&] { return ringmaster::add_targets(parts_, id, rows, into); });
  }
  result<page<target::view>> list_targets(
    const campaign_id& id, const page_request& p, std::optional<target::status> status) override {
    return guard_.run([&] { return ringmaster::list_targets(parts_, id, p, status); });
  }
  result<page<call::view>> list_calls(std::optional<campaign_id> id, const page_request& p) override {
    return guard_.run([&] { return ringmaster::list_calls(parts_, id, p); });
  }
  result<call::view> find_call(const attempt_id& id) override {
    return guard_.run([&] { return ringmaster::find_call(parts_, id); });
  }
  result<page<suppression_view>> list_suppressions(const page_request& p) override {
    return guard_.run([&] { return ringmaster::list_suppressions(parts_, p); });
  }
  result<suppression_view> add_suppression(
    const phone_number& number, const std::string& reason, const std::string& source) override {
    return guard_.run([&] { return ringmaster::add_suppression(parts_, number, reason, source); });
  }
  result<void> remove_suppression(const suppression_id& id) override {
    return guard_.run([&] { return ringmaster::remove_suppression(parts_, id); });
  }
  result<page<audit_view>> list_audit(const page_request& p, const std::string& subject) override {
    return guard_.run([&] { return ringmaster::list_audit(parts_, p, subject); });
  }
  result<void> note_operation(
    const std::string& action, const std::string& kind, const uuid& subject,
    const std::string& reason) override {
    return guard_.run([&]() -> result<void> {
      tell(parts_, action, kind, subject, {}, {}, reason);
      return {};
    });
  }
  result<page<api_key_view>> list_api_keys(const page_request& p) override {
    return guard_.run([&] { return ringmaster::list_api_keys(parts_, p); });
  }
  result<api_key_view> create_api_key(
    const api_key_id& id, const std::string& name, std::uint8_t scopes,
    const std::string& secret_sha256, const std::string& last_four,
    std::optional<instant> expires_at) override {
    return guard_.run([&] {
      return ringmaster::create_api_key(parts_, id, name, scopes, secret_sha256, last_four, expires_at);
    });
  }
  result<void> delete_api_key(const api_key_id& id) override {
    return guard_.run([&] { return ringmaster::delete_api_key(parts_, id); });
  }
  result<std::optional<stored_answer>> claim_key(
    const std::string& key, const std::string& route, const std::string& body_sha256) override {
    return guard_.run([&] { return ringmaster::claim_key(parts_, key, route, body_sha256); });
  }
  result<void> store_answer(
    const std::string& key, const std::string& route, const stored_answer& a) override {
    return guard_.run([&] { return store_answer_of(parts_, key, route, a); });
  }
  task_book& tasks() override { return tasks_; }
  contact_book& contacts() override { return contacts_; }
  settings_book& settings() override { return settings_; }
  notification_book& notifications() override { return notifications_; }
  ringmaster::vault& vault() override { return vault_; }
  usage_book& usage() override { return usage_; }
  call_book& conversations() override { return calls_; }
  identity_book& identities() override { return identities_; }
  knowledge_book& knowledge() override { return knowledge_; }
  chat_book& chats() override { return chats_; }
  calendar_book& calendar() override { return calendar_; }
  webhook_book& webhooks() override { return webhooks_; }
  campaign_book& campaigns() override { return campaigns_; }
  ledger_book& ledger() override { return ledger_; }
  list_book& lists() override { return lists_; }
  instant now() const override { return parts_.now; }

 private:
  desk_parts parts_;
  statement_guard guard_;
  postgres_tasks tasks_{parts_, guard_};
  postgres_contacts contacts_{parts_, guard_};
  postgres_settings settings_{parts_, guard_};
  postgres_notifications notifications_{parts_, guard_};
  postgres_vault vault_{parts_, guard_};
  postgres_usage usage_{parts_, guard_};
  postgres_calls calls_{parts_, guard_};
  postgres_identities identities_{parts_, guard_};
  postgres_knowledge knowledge_{parts_, guard_};
  postgres_chats chats_{parts_, guard_};
  postgres_calendar calendar_{parts_, guard_};
  postgres_webhooks webhooks_{parts_, guard_};
  postgres_campaigns campaigns_{parts_, guard_};
  postgres_ledger ledger_{parts_, guard_};
  postgres_lists lists_{parts_, guard_};
};

} // namespace

// -- shared by the parts ------------------------------------------------------------------------

void statement_guard::note(const db::failure& why) {
  spdlog::warn("desk: a statement failed: {}", why.what());
  broken_ = db::to_error(why);
}

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

postgres_desk::postgres_desk(
  std::unique_ptr<db::connection> on, random_source& random, const gate_settings& gate, sealer seal)
  : on_(std::move(on)), random_(random), gate_(gate), seal_(std::move(seal)), installation_(*on_, random),
    outbox_(*on_, seal_) {}

postgres_desk::~postgres_desk() = default;

result<void> postgres_desk::transact(
  const identity& who, const std::function<result<void>(desk_work&)>& work) {
  try {
    auto tx = db::transaction::of_user(*on_, who.user);
    // What the engine does for a user by itself it does as an agent, who only reads what tells
    // agents how to behave.
    if (who.actor == "engine")
      tx.script("set local role rm_agent");
    auto now = tx.run(transaction_time)[0].take<instant>();
    work_on_postgres on({tx, who, random_, now, &gate_, &seal_});
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

result<std::vector<task_due>> postgres_desk::tasks_due(instant now, std::size_t limit) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(due, now, static_cast<std::int64_t>(limit));
    std::vector<task_due> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      task_due one;
      one.user = row.take<user_id>();
      one.task = row.take<task_id>();
      if (auto state = task::parse_status(row.take<std::string_view>()))
        one.state = *state;
      list.push_back(one);
    }
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::vector<wrap_up_due>> postgres_desk::wrap_ups_due(std::size_t limit) {
  try {
    auto tx = db::transaction::of_engine(*on_);
    auto rows = tx.run(unwrapped, static_cast<std::int64_t>(limit));
    std::vector<wrap_up_due> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      wrap_up_due one;
      one.user = row.take<user_id>();
      one.attempt = row.take<attempt_id>();
      list.push_back(one);
    }
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

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
