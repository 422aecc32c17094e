#include "persistence/task_rows.hpp"

#include <utility>

#include "persistence/campaign_rows.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr db::statement one{
    "task_one",
    "select " RINGMASTER_TASK_COLUMNS " from call_tasks t where t.user_id = $1 and t.id = $2"};
constexpr db::statement locked{
    "task_locked", "select " RINGMASTER_TASK_COLUMNS
                   " from call_tasks t where t.user_id = $1 and t.id = $2 for no key update"};

constexpr db::statement make{"task_make", R"(
  insert into call_tasks (user_id, id, title, raw_instruction, status, priority, voice, max_price_micros,
                          max_price_currency, hard_constraints, soft_preferences, contact_id, target_phone_number,
                          needs_user_confirmation, answers, risks, questions, created_at, updated_at,
                          parent_call, voicemail_action, voicemail_message, menu_action, menu_keys, record_calls,
                          result_schema)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11::text[], $12, $13, $14, $15::jsonb, $16::jsonb,
          $17::jsonb, $18, $18, $19, $20, $21, $22, $23, $24, $25))"};

constexpr db::statement write{"task_write", R"(
  update call_tasks
     set title = $3, status = $4, priority = $5, voice = $6, max_price_micros = $7, max_price_currency = $8,
         hard_constraints = $9::text[], soft_preferences = $10::text[], contact_id = $11,
         target_phone_number = $12, needs_user_confirmation = $13, answers = $14::jsonb, plan = $15::jsonb,
         plan_by = $16, plan_prompt = $17, risks = $18::jsonb, questions = $19::jsonb, approval_reason = $20,
         approved_by = $21, approved_at = $22, approved_price_micros = $23, approved_price_currency = $24,
         approved_number = $25, script = $26::jsonb, campaign_id = $27, calls_made = $28, retry_at = $29,
         summary = $30, reason = $31, version = $32, updated_at = $33, voicemail_action = $34,
         voicemail_message = $35, menu_action = $36, menu_keys = $37, record_calls = $38, result_schema = $39
   where user_id = $1 and id = $2)"};
// One act may take several steps of the life; the guard judges each.
constexpr db::statement pass_through{
    "task_pass_through", "update call_tasks set status = $3 where user_id = $1 and id = $2"};

constexpr const char* subject = "call_task";

/// A word that stands under a check constraint, so that it is one of the known.
template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value)
    throw db::failure(db::trouble::other, std::string("a task's ") + what + " is not known");
  return *value;
}

template <class T, class Read>
std::optional<T> take_json(db::row& row, Read read) {
  auto text = row.take<std::optional<std::string_view>>();
  return text ? std::optional<T>(read(*text)) : std::nullopt;
}

std::optional<money> take_money(db::row& row) {
  auto micros = row.take<std::optional<std::int64_t>>();
  auto currency = row.take<std::optional<std::string>>();
  return micros && currency ? std::optional(money{*micros, std::move(*currency)}) : std::nullopt;
}

std::vector<std::string> storable_all(const std::vector<std::string>& texts) {
  std::vector<std::string> list;
  for (const auto& text : texts)
    list.push_back(storable(text));
  return list;
}

/// Parameters from left to right.
class values {
public:
  template <class T>
  void add(T&& value) {
    list_.push_back(db::to_parameter(std::forward<T>(value)));
  }
  void add(const std::optional<money>& m) {
    list_.push_back(m ? db::to_parameter(m->micros) : db::parameter{});
    list_.push_back(m ? db::to_parameter(m->currency) : db::parameter{});
  }
  const std::vector<db::parameter>& list() const { return list_; }

private:
  std::vector<db::parameter> list_;
};

/// How its calls are held, in the order of both statements.
void add_talk(values& v, const talk::settings& s) {
  v.add(talk::to_string(s.on_voicemail));
  v.add(storable(s.message));
  v.add(talk::to_string(s.on_menu));
  v.add(storable(s.menu_keys));
  v.add(s.record);
  v.add(storable(s.result_schema));
}

void write_task(desk_parts& d, const task::record& r) {
  values v;
  v.add(d.who.user);
  v.add(r.id);
  v.add(storable(r.title));
  v.add(stored_word(r.state));
  v.add(task::to_string(r.urgency));
  v.add(to_string(r.voice));
  v.add(r.max_price);
  v.add(text_array(storable_all(r.hard_constraints)));
  v.add(text_array(storable_all(r.soft_preferences)));
  v.add(r.contact);
  v.add(r.number);
  v.add(r.needs_user_confirmation);
  v.add(write_pairs(r.answers));
  v.add(r.plan ? db::to_parameter(write_plan(*r.plan)) : db::parameter{});
  v.add(storable(r.plan_by));
  v.add(storable(r.plan_prompt));
  v.add(write_risks(r.risks));
  v.add(write_questions(r.questions));
  v.add(storable(r.approval_reason));
  v.add(storable(r.approved_by));
  v.add(r.approved_at);
  v.add(r.approved_price);
  v.add(r.approved_number);
  v.add(r.script ? db::to_parameter(write_script(*r.script)) : db::parameter{});
  v.add(r.campaign);
  v.add(r.calls_made);
  v.add(r.retry_at);
  v.add(storable(r.summary));
  v.add(storable(r.reason));
  v.add(r.version);
  v.add(r.updated_at);
  add_talk(v, r.talk);
  d.tx.run_list(write, v.list());
}

/// The states between the one that is stored and the last one.
void walk(desk_parts& d, const task_id& id, const std::vector<task::trail>& lines) {
  std::optional<task::status> last;
  for (const auto& line : lines) {
    if (line.from == line.to)
      continue;
    if (last)
      d.tx.run(pass_through, d.who.user, id, stored_word(*last));
    last = line.to;
  }
}

} // namespace

std::string_view stored_word(task::status s) {
  return s == task::status::canceled ? "canceled" : task::to_string(s);
}

task::record read_task(db::row row) {
  task::record r;
  r.id = row.take<task_id>();
  r.title = row.take<std::string>();
  r.raw_instruction = row.take<std::string>();
  r.state = known(task::parse_status(row.take<std::string_view>()), "status");
  r.urgency = known(task::parse_priority(row.take<std::string_view>()), "priority");
  r.voice = known(parse_tone(row.take<std::string_view>()), "voice");
  r.max_price = take_money(row);
  r.hard_constraints = row.take<std::vector<std::string>>();
  r.soft_preferences = row.take<std::vector<std::string>>();
  r.contact = row.take<std::optional<contact_id>>();
  r.number = row.take<std::optional<phone_number>>();
  r.needs_user_confirmation = row.take<bool>();
  r.answers = read_pairs(row.take<std::string_view>());
  r.plan = take_json<assistant::plan>(row, read_plan);
  r.plan_by = row.take<std::string>();
  r.plan_prompt = row.take<std::string>();
  r.risks = read_risks(row.take<std::string_view>());
  r.questions = read_questions(row.take<std::string_view>());
  r.approval_reason = row.take<std::string>();
  r.approved_by = row.take<std::string>();
  r.approved_at = row.take<std::optional<instant>>();
  r.approved_price = take_money(row);
  r.approved_number = row.take<std::optional<phone_number>>();
  r.script = take_json<assistant::script>(row, read_script);
  r.campaign = row.take<std::optional<campaign_id>>();
  r.calls_made = row.take<std::int32_t>();
  r.retry_at = row.take<std::optional<instant>>();
  r.summary = row.take<std::string>();
  r.reason = row.take<std::string>();
  r.version = row.take<std::int64_t>();
  r.created_at = row.take<instant>();
  r.updated_at = row.take<instant>();
  r.parent_call = row.take<std::optional<attempt_id>>();
  r.talk = read_own_talk(row);
  return r;
}

std::optional<task::record> find_task_row(desk_parts& d, const task_id& id) {
  auto rows = d.tx.run(one, d.who.user, id);
  return rows.empty() ? std::nullopt : std::optional(read_task(rows[0]));
}

std::optional<task::record> lock_task_row(desk_parts& d, const task_id& id) {
  auto rows = d.tx.run(locked, d.who.user, id);
  return rows.empty() ? std::nullopt : std::optional(read_task(rows[0]));
}

void insert_task_row(desk_parts& d, const task::record& r) {
  values v;
  v.add(d.who.user);
  v.add(r.id);
  v.add(storable(r.title));
  v.add(storable(r.raw_instruction));
  v.add(stored_word(r.state));
  v.add(task::to_string(r.urgency));
  v.add(to_string(r.voice));
  v.add(r.max_price);
  v.add(text_array(storable_all(r.hard_constraints)));
  v.add(text_array(storable_all(r.soft_preferences)));
  v.add(r.contact);
  v.add(r.number);
  v.add(r.needs_user_confirmation);
  v.add(write_pairs(r.answers));
  v.add(write_risks(r.risks));
  v.add(write_questions(r.questions));
  v.add(r.created_at);
  v.add(r.parent_call);
  add_talk(v, r.talk);
  d.tx.run_list(make, v.list());
  tell(d, "task.create", subject, r.id.value, {}, stored_word(r.state));
}

task::circumstances task_around(desk_parts& d, const std::optional<contact_id>& contact) {
  task::circumstances around;
  around.actor = d.who.actor;
  around.now = d.now;
  around.settings = read_settings_row(d.tx, d.who.user);
  if (contact)
    around.contact = find_contact_row(d.tx, d.who.user, *contact);
  if (d.gate) {
    around.region = d.gate->region;
    around.delays = d.gate->again;
  }
  return around;
}

result<task::record> act_on_task(
    desk_parts& d, const task_id& id, const task::act& what,
    std::optional<std::int64_t> if_version) {
  auto before = lock_task_row(d, id);
  if (!before)
    return fail(errc::not_found, "no such call task");
  if (if_version && *if_version != before->version)
    return stale_version("the call task", before->version);
  auto contact = before->contact;
  if (const auto* edit = std::get_if<task::edited>(&what); edit && edit->changes.contact)
    contact = *edit->changes.contact;
  auto decided = task::decide(*before, what, task_around(d, contact));
  if (!decided)
    return fail(decided.error());
  // An act that changes nothing: the end of a call that was canceled before.
  if (decided->next.version == before->version)
    return std::move(decided->next);
  walk(d, id, decided->audit);
  write_task(d, decided->next);
  for (const auto& line : decided->audit)
    tell(
        d, line.action, subject, id.value, stored_word(line.from), stored_word(line.to),
        storable(line.reason));
  for (const auto& note : decided->tell)
    add_notification(d, note);
  return std::move(decided->next);
}

void keep_script(desk_parts& d, task::record& r, const assistant::script& script) {
  r.script = script;
  ++r.version;
  r.updated_at = d.now;
  write_task(d, r);
}

} // namespace ringmaster
