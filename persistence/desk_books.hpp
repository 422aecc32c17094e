#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/call_ledger.hpp"
#include "domain/campaign_desk.hpp"
#include "domain/knowledge_desk.hpp"
#include "domain/task_desk.hpp"
#include "domain/webhook_desk.hpp"
#include "persistence/desk_rows.hpp"

// The books of task_desk.hpp, call_desk.hpp and knowledge_desk.hpp on PostgreSQL: each works within the transaction of its desk_parts,
// and a failed statement in any of them spoils the whole transaction.

namespace ringmaster {

/// What every book holds.
class book {
public:
  book(desk_parts& d, statement_guard& guard) : d_(d), guard_(guard) {}

protected:
  desk_parts& d_;
  statement_guard& guard_;
};

class postgres_tasks : public task_book, private book {
public:
  using book::book;
  result<task::record> create(const task_id& id, const task::checked& d) override;
  result<page<task::record>> list(const page_request& p, const filter& f) override;
  result<task::record> find(const task_id& id) override;
  result<task::record>
  act(const task_id& id, const task::act& what, std::optional<std::int64_t> if_version) override;
  result<task::circumstances> around(const task::record& r) override;
  result<campaign_id> prepare_call(const task_id& id, const assistant::script& script) override;
  result<std::vector<call::view>> calls(const task_id& id) override;
};

class postgres_contacts : public contact_book, private book {
public:
  using book::book;
  result<contact::view> create(const contact_id& id, const contact::checked& d) override;
  result<page<contact::view>> list(const page_request& p, const std::string& q) override;
  result<contact::view> find(const contact_id& id) override;
  result<contact::view> replace(
      const contact_id& id, const contact::checked& d,
      std::optional<std::int64_t> if_version) override;
  result<void> remove(const contact_id& id) override;
};

class postgres_settings : public settings_book, private book {
public:
  using book::book;
  result<assistant_settings> read() override;
  result<assistant_settings>
  write(const assistant_settings& s, std::optional<std::int64_t> if_version) override;
  result<business_profile> read_profile() override;
  result<business_profile>
  write_profile(const business_profile& p, std::optional<std::int64_t> if_version) override;
};

class postgres_notifications : public notification_book, private book {
public:
  using book::book;
  result<notification::view> add(const notification::draft& d) override;
  result<unread_page> list(const page_request& p, bool unread_only) override;
  result<notification::view> mark_read(const notification_id& id) override;
  result<std::int64_t> mark_all_read() override;
};

class postgres_vault : public vault, private book {
public:
  using book::book;
  result<entry>
  put(const std::string& name, const std::string& label, const std::string& secret) override;
  result<std::vector<entry>> list() override;
  result<void> remove(const std::string& name) override;
  result<std::optional<std::string>> open(const std::string& name) override;
};

class postgres_usage : public usage_book, private book {
public:
  using book::book;
  result<void> note(
      assistant::function what, std::optional<task_id> about, std::optional<attempt_id> call,
      const std::vector<assistant::usage>& tries) override;
  result<std::int64_t> spent_today() override;
  result<std::vector<line>> report(int days) override;
};

class postgres_calls : public call_book, private book {
public:
  using book::book;
  result<talk::loaded> load(const attempt_id& id) override;
  result<std::vector<talk::segment>> transcript(const attempt_id& id, std::int32_t after) override;
  result<talk::view> find(const attempt_id& id) override;
  result<page<call::view>> search(const std::string& q, const page_request& p) override;
  result<void> ask_owner(const attempt_id& id, const talk::owner_question& what) override;
  result<talk::owner_question>
  answer_question(const attempt_id& id, std::int32_t n, bool yes, const std::string& note) override;
  result<talk::owner_question> close_question(const attempt_id& id, std::int32_t n) override;
  result<void> opt_out(const attempt_id& id, const std::string& words) override;
  result<void> note_recording(const attempt_id& id, const talk::recording& what) override;
  result<void> note_control(
      const attempt_id& id, const std::string& action, const std::string& what) override;
  result<talk::wrapped> wrap_up(
      const attempt_id& id, const talk::findings& found, const std::string& by,
      const std::string& prompt, bool again) override;
};

class postgres_identities : public identity_book, private book {
public:
  using book::book;
  result<std::vector<std::string>> fields() override;
  result<void> write(const std::vector<std::pair<std::string, std::string>>& values) override;
  result<std::vector<std::pair<std::string, std::string>>> open() override;
};

class postgres_knowledge : public knowledge_book, private book {
public:
  using book::book;
  result<knowledge::chunk> add_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c, std::optional<gap_id> answers) override;
  result<page<knowledge::chunk>> list_chunks(
      const page_request& p, const std::string& q,
      std::optional<knowledge::category> about) override;
  result<knowledge::chunk> find_chunk(const chunk_id& id) override;
  result<knowledge::chunk> replace_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c,
      std::optional<std::int64_t> if_version) override;
  result<void> remove_chunk(const chunk_id& id) override;
  result<std::vector<knowledge::passage>>
  consult(const knowledge::reading& question, std::size_t chunks_limit) override;
  result<logged> log_gap(const gap_id& id, const gap::checked& asked) override;
  result<page<gap::record>> list_gaps(const page_request& p, const gap_filter& f) override;
  result<gap::record> find_gap(const gap_id& id) override;
  result<std::vector<gap::asking>> askings(const gap_id& id, std::size_t limit) override;
  result<gap::record> act(
      const gap_id& id, const gap::act& what, std::optional<std::int64_t> if_version) override;
  result<std::vector<gap::record>> cases(std::size_t limit) override;
};

class postgres_chats : public chat_book, private book {
public:
  using book::book;
  result<brain::chat>
  add(const chat_id& id, bool made, knowledge::agent with, const brain::message& asked,
      const brain::message& reply) override;
  result<page<brain::chat>> list(const page_request& p) override;
  result<brain::chat> find(const chat_id& id) override;
  result<std::vector<brain::message>> messages(const chat_id& id, std::size_t limit) override;
  result<void> remove(const chat_id& id) override;
};

class postgres_calendar : public calendar_book, private book {
public:
  using book::book;
  result<calendar::proposal>
  propose(const proposal_id& id, const calendar::proposal_draft& d) override;
  result<page<calendar::proposal>>
  list_proposals(const page_request& p, std::optional<calendar::status> state) override;
  result<calendar::proposal> find_proposal(const proposal_id& id) override;
  result<calendar::proposal> act(
      const proposal_id& id, const calendar::act& what,
      std::optional<std::int64_t> if_version) override;
  result<std::vector<calendar::conflict>> conflicts(const calendar::proposal& p) override;
  result<page<calendar::event>>
  list_events(const page_request& p, std::optional<instant> since, bool all) override;
  result<calendar::event> find_event(const event_id& id) override;
  result<std::vector<calendar::event>> subscribed() override;
  result<void> set_token(const std::string& sha256) override;
  result<bool> token_fits(const std::string& sha256) override;
};

class postgres_webhooks : public webhook_book, private book {
public:
  using book::book;
  result<webhook::view>
  create(const webhook_id& id, const webhook::draft& d, const std::string& secret) override;
  result<std::vector<webhook::view>> list() override;
  result<webhook::view> find(const webhook_id& id) override;
  result<webhook::view> replace(const webhook_id& id, const webhook::draft& d) override;
  result<void> remove(const webhook_id& id) override;
  result<webhook::view> rotate(const webhook_id& id, const std::string& secret) override;
  result<webhook::delivery> test(const webhook_id& id) override;
  result<page<webhook::delivery>> deliveries(
      const webhook_id& id, const page_request& p, std::optional<webhook::status> state) override;
  result<webhook::delivery> find_delivery(const webhook_id& id, const delivery_id& one) override;
  result<std::int64_t> replay(const webhook_id& id, const delivery_id& one) override;
  result<std::int64_t> replay_since(const webhook_id& id, instant since) override;
};

// -- what the books take from each other ----------------------------------------------------------

assistant_settings read_settings_row(db::transaction& tx, const user_id& user);
std::optional<contact::view>
find_contact_row(db::transaction& tx, const user_id& user, const contact_id& id);
business_profile read_profile_row(db::transaction& tx, const user_id& user);
notification::view add_notification(desk_parts& d, const notification::draft& said);

/// Two askings or two additions of a user come one after the other, until the transaction ends.
void serialise_knowledge(desk_parts& d);
bool has_chunk(desk_parts& d, const chunk_id& id);
/// What the database denies to agents, said before it is asked.
tl::unexpected<error> users_only();

/// What a webhook's secrets are sealed under: no credential can have such a name.
std::string seal_name(const webhook_id& id);

/// Bytes as parameters and in answers.
std::string hex_of(const std::string& bytes);
std::string from_hex(std::string_view text);

/// What a search looks for with `ilike`: `q` anywhere, its own wildcards taken literally. Nothing
/// for an empty `q`.
std::optional<std::string> search_pattern(const std::string& q);
/// The digits of `q`, to be found in numbers, if it reads like a number.
std::optional<std::string> number_pattern(const std::string& q);

/// The refusal of a change whose caller knew another version.
tl::unexpected<error> stale_version(const std::string& what, std::int64_t version);

class postgres_campaigns : public campaign_book, private book {
public:
  using book::book;
  result<target::view> retry(const campaign_id& of, const target_id& id) override;
  result<retried>
  retry_all(const campaign_id& of, const retry_filter& which, std::int64_t most) override;
  result<target::view> skip(const campaign_id& of, const target_id& id) override;
  result<redialed> redial(
      const campaign_id& of, const std::vector<call::outcome>& outcomes,
      const std::string& name) override;
  result<page<audit_view>> activity(const campaign_id& of, const page_request& p) override;
  result<chart> draw(const campaign_id& of, const chart_request& what) override;
};

class postgres_ledger : public ledger_book, private book {
public:
  using book::book;
  result<std::vector<hook_view>> webhooks(const attempt_id& of) override;
  result<call_cost> cost(const attempt_id& of) override;
  result<std::int64_t> carrier_spent_today() override;
  result<audit_verdict>
  verify_audit(std::span<const audit_head> heads, std::int64_t rows_most) override;
};

} // namespace ringmaster
