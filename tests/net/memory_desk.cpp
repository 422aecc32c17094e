#include "tests/net/memory_desk.hpp"

#include <algorithm>

#include "tests/net/memory_books.hpp"
#include "tests/net/memory_campaigns.hpp"
#include "tests/net/memory_ledger.hpp"
#include "tests/net/memory_lists.hpp"

namespace ringmaster::net_tests {

namespace {

template <class T>
page<T> cut(const std::vector<T>& all, const page_request& p) {
  std::size_t begin = p.cursor.empty() ? static_cast<std::size_t>(p.offset) : std::stoul(p.cursor);
  page<T> out;
  for (std::size_t i = begin; i < all.size() && out.items.size() < static_cast<std::size_t>(p.limit); ++i)
    out.items.push_back(all[i]);
  out.total = static_cast<std::int64_t>(all.size());
  if (begin + out.items.size() < all.size())
    out.next_cursor = std::to_string(begin + out.items.size());
  return out;
}

class memory_work final : public desk_work {
 public:
  memory_work(memory_desk& home, const identity& who) : home_(home), who_(who), books_(home, who), campaigns_(home, who), lists_(home, who, *this) {}

  result<campaign::view> create_campaign(const campaign::draft& d) override {
    campaign::view v;
    v.id = campaign_id{home_.make_id()};
    v.settings = d;
    v.version = 1;
    v.created_at = v.updated_at = home_.now;
    home_.data.campaigns.push_back({who_.user, v});
    note("create", "campaign", to_string(v.id));
    return v;
  }
  result<page<campaign::view>> list_campaigns(
    const page_request& p, std::optional<campaign::status> status, const std::string& q) override {
    std::vector<campaign::view> mine;
    for (const auto& c : home_.data.campaigns)
      if (c.user == who_.user && (!status || c.view.state == *status) &&
          c.view.settings.name.find(q) != std::string::npos)
        mine.push_back(c.view);
    return cut(mine, p);
  }
  result<campaign::view> find_campaign(const campaign_id& id) override {
    if (auto c = campaign_of(id))
      return c->view;
    return fail(errc::not_found, "there is no such campaign");
  }
  result<void> delete_campaign(const campaign_id& id) override {
    auto c = campaign_of(id);
    if (!c)
      return fail(errc::not_found, "there is no such campaign");
    if (c->view.state == campaign::status::running) {
      error why{.code = errc::wrong_state, .detail = "cancel it first"};
      why.current_status = "running";
      return fail(why);
    }
    std::erase_if(home_.data.campaigns, [&](const auto& x) { return x.view.id == id; });
    return {};
  }
  result<void> add_targets(
    const campaign_id& id, std::span<const target::checked> rows, target::report& into) override {
    auto c = campaign_of(id);
    if (!c)
      return fail(errc::not_found, "there is no such campaign");
    for (const auto& row : rows) {
      bool known = std::any_of(
        home_.data.targets.begin(), home_.data.targets.end(), [&](const auto& t) {
          return t.second.campaign == id && t.second.number == row.number.number;
        });
      if (known) {
        ++into.duplicates;
        into.duplicate_rows.push_back({row.line, row.number.number.reveal(), "duplicate", "is there already"});
        continue;
      }
      target::view t;
      t.id = target_id{home_.make_id()};
      t.campaign = id;
      t.number = row.number.number;
      t.contact_name = row.contact_name;
      t.client_id = row.client_id;
      t.timezone = row.timezone;
      t.max_attempts = row.max_attempts;
      t.created_at = home_.now;
      home_.data.targets.emplace_back(who_.user, t);
      ++into.accepted;
      ++c->view.counts.total;
      ++c->view.counts.pending;
    }
    return {};
  }
  result<page<target::view>> list_targets(
    const campaign_id& id, const page_request& p, std::optional<target::status> status) override {
    if (!campaign_of(id))
      return fail(errc::not_found, "there is no such campaign");
    std::vector<target::view> mine;
    for (const auto& [user, t] : home_.data.targets)
      if (t.campaign == id && (!status || t.state == *status))
        mine.push_back(t);
    return cut(mine, p);
  }
  result<page<call::view>> list_calls(std::optional<campaign_id> id, const page_request& p) override {
    if (id && !campaign_of(*id))
      return fail(errc::not_found, "there is no such campaign");
    std::vector<call::view> mine;
    for (const auto& [user, c] : home_.data.calls)
      if (user == who_.user && (!id || c.campaign == id))
        mine.push_back(c);
    return cut(mine, p);
  }
  result<call::view> find_call(const attempt_id& id) override {
    for (const auto& [user, c] : home_.data.calls)
      if (user == who_.user && c.id == id)
        return c;
    return fail(errc::not_found, "there is no such call session");
  }
  result<page<suppression_view>> list_suppressions(const page_request& p) override {
    std::vector<suppression_view> mine;
    for (const auto& s : home_.data.suppressions)
      if (s.user == who_.user)
        mine.push_back(s.view);
    return cut(mine, p);
  }
  result<suppression_view> add_suppression(
    const phone_number& number, const std::string& reason, const std::string& source) override {
    for (const auto& s : home_.data.suppressions)
      if (s.user == who_.user && s.view.number == number)
        return s.view;
    suppression_view v{suppression_id{home_.make_id()}, number, reason, source, home_.now};
    home_.data.suppressions.push_back({who_.user, v});
    return v;
  }
  result<void> remove_suppression(const suppression_id& id) override {
    auto gone = std::erase_if(home_.data.suppressions, [&](const auto& s) {
      return s.user == who_.user && s.view.id == id;
    });
    if (gone == 0)
      return fail(errc::not_found, "there is no such suppression");
    return {};
  }
  result<page<audit_view>> list_audit(const page_request& p, const std::string& subject) override {
    std::vector<audit_view> mine;
    for (const auto& [user, a] : home_.data.audit)
      if (user == who_.user && (subject.empty() || a.subject_id == subject))
        mine.push_back(a);
    return cut(mine, p);
  }
  result<void> note_operation(
    const std::string& action, const std::string& kind, const uuid& subject,
    const std::string& reason) override {
    audit_view a;
    a.seq = static_cast<std::int64_t>(home_.data.audit.size()) + 1;
    a.at = home_.now;
    a.actor = who_.actor;
    a.action = action;
    a.subject_kind = kind;
    a.subject_id = to_string(subject);
    a.reason = reason;
    home_.data.audit.emplace_back(who_.user, std::move(a));
    return {};
  }
  result<page<api_key_view>> list_api_keys(const page_request& p) override {
    std::vector<api_key_view> mine;
    for (const auto& k : home_.data.keys)
      if (k.record.user == who_.user)
        mine.push_back(k.view);
    return cut(mine, p);
  }
  result<api_key_view> create_api_key(
    const api_key_id& id, const std::string& name, std::uint8_t scopes,
    const std::string& secret_sha256, const std::string& last_four,
    std::optional<instant> expires_at) override {
    api_key_view v;
    v.id = id;
    v.name = name;
    v.scopes = scopes;
    v.last_four = last_four;
    v.expires_at = expires_at;
    v.created_at = home_.now;
    home_.data.keys.push_back(
      {{id, who_.user, "ann@example.com", secret_sha256, scopes, expires_at}, v});
    return v;
  }
  result<void> delete_api_key(const api_key_id& id) override {
    auto gone = std::erase_if(home_.data.keys, [&](const auto& k) {
      return k.record.user == who_.user && k.record.id == id;
    });
    if (gone == 0)
      return fail(errc::not_found, "there is no such API key");
    return {};
  }
  result<std::optional<stored_answer>> claim_key(
    const std::string& key, const std::string& route, const std::string& body_sha256) override {
    auto& claims = home_.data.claims;
    auto found = claims.find(name_of(key, route));
    if (found == claims.end()) {
      claims[name_of(key, route)] = {body_sha256};
      return std::optional<stored_answer>();
    }
    if (found->second.sha256 != body_sha256)
      return fail(errc::key_reused, "this Idempotency-Key came with another body before");
    if (!found->second.answered)
      return fail(errc::conflict, "a request with this Idempotency-Key is still being worked on");
    return std::optional(found->second.answer);
  }
  result<void> store_answer(
    const std::string& key, const std::string& route, const stored_answer& a) override {
    auto& claim = home_.data.claims.at(name_of(key, route));
    claim.answered = true;
    claim.answer = a;
    return {};
  }
  task_book& tasks() override { return books_.tasks(); }
  contact_book& contacts() override { return books_.contacts(); }
  settings_book& settings() override { return books_.settings(); }
  notification_book& notifications() override { return books_.notifications(); }
  ringmaster::vault& vault() override { return books_.vault(); }
  usage_book& usage() override { return books_.usage(); }
  call_book& conversations() override { return books_.conversations(); }
  identity_book& identities() override { return books_.identities(); }
  knowledge_book& knowledge() override { return home_.known.knowledge(who_); }
  chat_book& chats() override { return home_.known.chats(who_); }
  calendar_book& calendar() override { return home_.known.calendar(who_); }
  webhook_book& webhooks() override { return home_.hooks.book(who_); }
  campaign_book& campaigns() override { return campaigns_; }
  ledger_book& ledger() override { return ledger_; }
  list_book& lists() override { return lists_; }
  instant now() const override { return home_.now; }

 private:
  std::string name_of(const std::string& key, const std::string& route) const {
    return to_string(who_.user) + " " + route + " " + key;
  }
  memory_desk::owned_campaign* campaign_of(const campaign_id& id) {
    for (auto& c : home_.data.campaigns)
      if (c.user == who_.user && c.view.id == id)
        return &c;
    return nullptr;
  }
  void note(std::string action, std::string kind, std::string subject) {
    audit_view a;
    a.seq = static_cast<std::int64_t>(home_.data.audit.size()) + 1;
    a.at = home_.now;
    a.actor = who_.actor;
    a.action = std::move(action);
    a.subject_kind = std::move(kind);
    a.subject_id = std::move(subject);
    a.request_id = who_.request_id;
    home_.data.audit.emplace_back(who_.user, a);
  }

  memory_desk& home_;
  const identity& who_;
  memory_books books_;
  memory_campaigns campaigns_;
  memory_ledger ledger_{home_, who_};
  memory_lists lists_;
};

error gone() { return error{.code = errc::unavailable, .detail = "the database is away"}; }

} // namespace

memory_desk::memory_desk()
    : known({
          [this] { return now; },
          [this](const user_id& user) {
            auto found = data.profiles.find(user);
            return found == data.profiles.end() ? business_profile{} : found->second;
          },
          [this](const identity& who, const notification::draft& said) {
            notification::view row;
            row.id = notification_id{make_id()};
            row.said = said;
            row.created_at = now;
            data.notifications.push_back({who.user, std::move(row)});
          },
          [this](const identity& who, const audit_view& line) {
            auto row = line;
            row.seq = static_cast<std::int64_t>(data.audit.size()) + 1;
            row.at = now;
            row.request_id = who.request_id;
            data.audit.emplace_back(who.user, std::move(row));
          },
      }) {}

uuid memory_desk::make_id() {
  uuid id;
  auto n = next_id++;
  for (int i = 0; i < 8; ++i)
    id.bytes[static_cast<std::size_t>(15 - i)] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

result<void> memory_desk::transact(
  const identity& who, const std::function<result<void>(desk_work&)>& work) {
  ++transactions;
  if (fail_after == 0)
    away = true;
  if (fail_after > 0)
    --fail_after;
  if (away)
    return fail(gone());
  auto before = data;
  auto known_before = known.data;
  auto hooks_before = hooks.data;
  memory_work w(*this, who);
  auto done = work(w);
  if (!done) {
    data = std::move(before);
    known.data = std::move(known_before);
    hooks.data = std::move(hooks_before);
  }
  return done;
}

result<std::optional<api_key_record>> memory_desk::find_api_key(const api_key_id& id) {
  ++key_reads;
  if (away)
    return fail(gone());
  for (const auto& k : data.keys)
    if (k.record.id == id)
      return std::optional(k.record);
  return std::optional<api_key_record>();
}

result<void> memory_desk::touch_api_key(const user_id&, const api_key_id&, instant) {
  ++touches;
  return {};
}

} // namespace ringmaster::net_tests
