#include <algorithm>
#include <string>
#include <utility>

#include "domain/mistakes.hpp"
#include "domain/task_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::task {

namespace {

constexpr std::size_t most_answer_characters = 2000;

/// A patch being applied: to what, with which mistakes, and what it has changed so far.
struct editing {
  record r;
  const patch& p;
  const circumstances& around;
  mistakes wrong;
  std::string changed;

  template <class T>
  void set(const char* name, T& field, const T& value) {
    field = value;
    note(name);
  }
  void note(std::string_view name) {
    changed += changed.empty() ? "" : ", ";
    changed += name;
  }
};

void set_number(editing& e, std::string_view text, std::string_view pointer) {
  if (trimmed(text).empty()) {
    e.r.number.reset();
    std::erase_if(e.r.answers, [](const auto& a) { return a.first == "phone_number"; });
    return;
  }
  if (auto number = read_callable(text, e.around.region))
    e.r.number = std::move(number->number);
  else
    e.wrong.add_at(pointer, std::move(number.error()));
}

void edit_words(editing& e) {
  const auto& p = e.p;
  if (p.title) {
    e.wrong.check_text("/title", *p.title, 0, most_title_characters);
    e.set("title", e.r.title, std::string{trimmed(*p.title)});
  }
  if (p.voice)
    e.set("tone", e.r.voice, *p.voice);
  if (p.urgency)
    e.set("priority", e.r.urgency, *p.urgency);
  if (p.max_price) {
    if (*p.max_price)
      check_price(e.wrong, "/max_price", **p.max_price);
    e.set("max_price", e.r.max_price, *p.max_price);
  }
  if (p.hard_constraints) {
    check_lines(e.wrong, "/hard_constraints", *p.hard_constraints);
    e.set("hard_constraints", e.r.hard_constraints, trimmed_lines(*p.hard_constraints));
  }
  if (p.soft_preferences) {
    check_lines(e.wrong, "/soft_preferences", *p.soft_preferences);
    e.set("soft_preferences", e.r.soft_preferences, trimmed_lines(*p.soft_preferences));
  }
  if (p.needs_user_confirmation)
    e.set("needs_user_confirmation", e.r.needs_user_confirmation, *p.needs_user_confirmation);
}

void edit_talk(editing& e) {
  const auto& p = e.p;
  auto& t = e.r.talk;
  auto set = [&](const char* name, auto& field, const auto& change) {
    if (change)
      e.set(name, field, *change);
  };
  set("voicemail_action", t.on_voicemail, p.voicemail_action);
  set("voicemail_message", t.message, p.voicemail_message);
  set("menu_action", t.on_menu, p.menu_action);
  set("menu_keys", t.menu_keys, p.menu_keys);
  set("record_calls", t.record, p.record_calls);
  set("result_schema", t.result_schema, p.result_schema);
  if (auto good = talk::check(t); !good)
    e.wrong.add_all(std::move(good.error()), "/voicemail_action");
  t = trimmed_talk(std::move(t));
}

void edit_whom(editing& e) {
  const auto& p = e.p;
  if (p.contact) {
    e.set("contact_id", e.r.contact, *p.contact);
    if (e.r.contact && !contact_of(e.r, e.around))
      e.wrong.add("/contact_id", "not_found", "no contact has this id");
  }
  if (p.target_phone_number) {
    set_number(e, *p.target_phone_number, "/target_phone_number");
    e.note("target_phone_number");
  }
}

/// What an answer says beyond its text: a number is called, a price is a limit.
void take_answer(editing& e, const std::string& field, std::string_view text) {
  if (field == "phone_number") {
    set_number(e, text, "/answers/phone_number");
  } else if (field == "max_price") {
    auto price = parse_price(text);
    if (price)
      e.r.max_price = std::move(price);
    else
      e.wrong.add("/answers/max_price", "not_a_price", "write an amount, like 120 or 80 EUR");
  }
}

void edit_answers(editing& e) {
  for (const auto& [name, text] : e.p.answers) {
    std::string field{trimmed(name)};
    auto pointer = "/answers/" + field;
    mistakes here;
    here.check_text("/answers", field, 1, 100);
    if (here.none())
      here.check_text(pointer, text, 1, most_answer_characters, true);
    if (!here.none()) {
      e.wrong.add_all(here.take(), pointer);
      continue;
    }
    std::string answer{trimmed(text)};
    take_answer(e, field, answer);
    auto& all = e.r.answers;
    auto same =
        std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.first == field; });
    if (same != all.end())
      same->second = std::move(answer);
    else
      all.emplace_back(field, std::move(answer));
    e.note("answer to " + field);
  }
  if (e.r.answers.size() > most_lines)
    e.wrong.add("/answers", "too_many", "must be at most " + std::to_string(most_lines));
}

} // namespace

result<record>
apply(const record& now, const patch& p, const circumstances& around, std::string& changed) {
  editing e{now, p, around, {}, {}};
  edit_words(e);
  edit_talk(e);
  edit_whom(e);
  edit_answers(e);
  if (!e.wrong.none())
    return fail(e.wrong.take());
  changed = std::move(e.changed);
  return std::move(e.r);
}

// -- questions ------------------------------------------------------------------------------------

bool has_required_question(const record& r) {
  return std::any_of(
      r.questions.begin(), r.questions.end(), [](const auto& q) { return q.required; });
}

void refresh_questions(record& r, const circumstances& around) {
  const auto number = number_to_call(r, around);
  std::vector<assistant::question> open;
  auto is_closed = [&](const std::string& field) {
    auto named = [&](const auto& x) { return x.first == field; };
    return (field == "phone_number" && number) || (field == "max_price" && r.max_price) ||
           (field != "phone_number" && std::any_of(r.answers.begin(), r.answers.end(), named)) ||
           std::any_of(open.begin(), open.end(), [&](const auto& q) { return q.field == field; });
  };
  for (auto& q : r.questions)
    if (open.size() < most_questions && !is_closed(q.field))
      open.push_back(std::move(q));
  auto phone = std::find_if(
      open.begin(), open.end(), [](const auto& q) { return q.field == "phone_number"; });
  if (!number && phone == open.end())
    open.insert(open.begin(), {"phone_number", "Which phone number should be called?", true});
  else if (!number)
    phone->required = true;
  r.questions = std::move(open);
}

} // namespace ringmaster::task
