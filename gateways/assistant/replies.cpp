#include "gateways/assistant/replies.hpp"

#include <map>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "domain/money.hpp"
#include "domain/text.hpp"
#include "gateways/assistant/findings_reply.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;

using fields = std::vector<std::pair<std::string, shape>>;

shape question_shape() {
  fields made;
  made.emplace_back(
      "field", shape::text(
                   1, 40,
                   "A stable name: phone_number, max_price, date, time, party_size, name, "
                   "account_number, ..."));
  made.emplace_back("text", shape::text(1, 300, "The question, as the user reads it"));
  made.emplace_back("required", shape::flag("True if no call can be made without the answer"));
  return shape::object(std::move(made));
}

shape price_shape() {
  fields made;
  made.emplace_back("amount", shape::text(1, 20, "A decimal number with a point, such as 120.00"));
  made.emplace_back("currency", shape::text(3, 3, "ISO 4217, such as USD"));
  return shape::object(std::move(made), "null where no limit is named").or_null();
}

shape time_shape() {
  fields made;
  made.emplace_back("text", shape::text(1, 200, "As the user said it"));
  made.emplace_back(
      "meaning",
      shape::text(0, 60, "2026-11-24, 2026-11-24T15:00 or 2026-11-23/2026-11-29; empty if open"));
  return shape::object(std::move(made));
}

shape plan_shape() {
  auto line = shape::text(1, 500);
  auto name = shape::text(0, 200, "Empty where the text has none");
  fields made;
  made.emplace_back("title", shape::text(1, 80));
  made.emplace_back("goal", shape::text(1, 500, "One sentence"));
  made.emplace_back("steps", shape::list(line, 20));
  made.emplace_back(
      "hard_constraints", shape::list(line, 50, "What must hold, as the user said it"));
  made.emplace_back("soft_preferences", shape::list(line, 50, "What would be nice"));
  made.emplace_back("contact_name", name);
  made.emplace_back("company_name", name);
  made.emplace_back(
      "phone_number", shape::text(0, 40, "As the user wrote it; empty where the text has none"));
  made.emplace_back("max_price", price_shape());
  made.emplace_back("times", shape::list(time_shape(), 20));
  made.emplace_back("missing", shape::list(question_shape(), 20));
  return shape::object(std::move(made));
}

shape script_shape() {
  fields fallback, made;
  fallback.emplace_back("when", shape::text(1, 500));
  fallback.emplace_back("say", shape::text(1, 1000));
  made.emplace_back(
      "introduction",
      shape::text(1, 1500, "The first words; the disclosure is in it, word for word"));
  made.emplace_back("key_questions", shape::list(shape::text(1, 500), 20));
  made.emplace_back("fallback_answers", shape::list(shape::object(std::move(fallback)), 20));
  made.emplace_back("price_negotiation", shape::text(0, 1500, "Empty where no price is at stake"));
  made.emplace_back("closing", shape::text(1, 1000));
  made.emplace_back("voicemail", shape::text(1, 1500));
  return shape::object(std::move(made));
}

shape risks_shape() {
  fields finding, made;
  finding.emplace_back("kind", shape::text(1, 40));
  finding.emplace_back("why", shape::text(1, 500));
  made.emplace_back("verdict", shape::word({"none", "caution", "refuse"}));
  made.emplace_back("findings", shape::list(shape::object(std::move(finding)), 20));
  return shape::object(std::move(made));
}

shape questions_shape() {
  fields made;
  made.emplace_back("questions", shape::list(question_shape(), 20));
  return shape::object(std::move(made));
}

shape approval_shape() {
  fields made;
  made.emplace_back("needed", shape::flag());
  made.emplace_back("reason", shape::text(0, 500));
  return shape::object(std::move(made));
}

// -- reading what fits ---------------------------------------------------------------------------

std::string text(dom::object from, std::string_view name) {
  std::string_view value;
  return from[name].get(value) == simdjson::SUCCESS ? std::string(trimmed(value)) : std::string();
}

bool flag(dom::object from, std::string_view name) {
  bool value = false;
  return from[name].get(value) == simdjson::SUCCESS && value;
}

template <class Take>
void each(dom::object from, std::string_view name, Take take) {
  dom::array list;
  if (from[name].get(list) == simdjson::SUCCESS)
    for (auto one : list)
      take(one);
}

std::vector<std::string> lines(dom::object from, std::string_view name) {
  std::vector<std::string> made;
  each(from, name, [&](dom::element one) {
    std::string_view value;
    if (one.get(value) == simdjson::SUCCESS)
      made.emplace_back(trimmed(value));
  });
  return made;
}

dom::object object(dom::element from) {
  dom::object made;
  if (from.get(made) != simdjson::SUCCESS)
    return {};
  return made;
}

bool is_field(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

result<std::vector<question>> read_questions(dom::object from, std::string_view name) {
  std::vector<question> made;
  bool fine = true;
  each(from, name, [&](dom::element one) {
    auto it = object(one);
    question q;
    q.field = text(it, "field");
    q.text = text(it, "text");
    q.required = flag(it, "required");
    fine = fine && is_field(q.field);
    made.push_back(std::move(q));
  });
  if (!fine)
    return fail(errc::invalid, "a question's field must be small letters, digits and _");
  return made;
}

result<reply> read_plan(dom::object from) {
  plan made;
  made.title = text(from, "title");
  made.goal = text(from, "goal");
  made.steps = lines(from, "steps");
  made.hard_constraints = lines(from, "hard_constraints");
  made.soft_preferences = lines(from, "soft_preferences");
  made.contact_name = text(from, "contact_name");
  made.company_name = text(from, "company_name");
  made.phone_number = text(from, "phone_number");
  dom::object price;
  if (from["max_price"].get(price) == simdjson::SUCCESS) {
    money limit;
    auto micros = parse_decimal(text(price, "amount"));
    limit.currency = text(price, "currency");
    if (!micros || !is_currency(limit.currency))
      return fail(
          errc::invalid,
          "/max_price must have an amount such as 120.00 and a currency such as USD");
    limit.micros = *micros;
    made.max_price = limit;
  }
  each(from, "times", [&](dom::element one) {
    auto it = object(one);
    made.times.push_back({text(it, "text"), text(it, "meaning")});
  });
  auto missing = read_questions(from, "missing");
  if (!missing)
    return fail(missing.error());
  made.missing = std::move(*missing);
  return reply(std::move(made));
}

result<reply> read_script(dom::object from, const std::string& disclosure) {
  script made;
  made.introduction = text(from, "introduction");
  // What must be said is no model's to leave out.
  if (!disclosure.empty() && made.introduction.find(disclosure) == std::string::npos)
    made.introduction = disclosure + " " + made.introduction;
  made.key_questions = lines(from, "key_questions");
  each(from, "fallback_answers", [&](dom::element one) {
    auto it = object(one);
    made.fallback_answers.emplace_back(text(it, "when"), text(it, "say"));
  });
  made.price_negotiation = text(from, "price_negotiation");
  made.closing = text(from, "closing");
  made.voicemail = text(from, "voicemail");
  return reply(std::move(made));
}

result<reply> read_risks(dom::object from) {
  risks made;
  auto verdict = text(from, "verdict");
  made.verdict = verdict == "refuse"    ? risks::level::refuse
                 : verdict == "caution" ? risks::level::caution
                                        : risks::level::none;
  each(from, "findings", [&](dom::element one) {
    auto it = object(one);
    made.findings.push_back({text(it, "kind"), text(it, "why")});
  });
  if (made.verdict != risks::level::none && made.findings.empty())
    return fail(errc::invalid, "/findings must say why the verdict is " + verdict);
  return reply(std::move(made));
}

} // namespace

const shape& shape_of(function f) {
  static const auto all = [] {
    std::map<function, shape> made;
    made.emplace(function::plan, plan_shape());
    made.emplace(function::questions, questions_shape());
    made.emplace(function::script, script_shape());
    made.emplace(function::approval, approval_shape());
    made.emplace(function::risks, risks_shape());
    made.emplace(function::extract, findings_shape());
    made.emplace(function::turn, shape::object({}));
    made.emplace(function::chat, shape::object({}));
    return made;
  }();
  return all.at(f);
}

result<reply> read_reply(const request& asked, std::string_view answer) {
  auto json = without_fences(answer);
  if (auto wrong = misfit(shape_of(function_of(asked)), json))
    return fail(errc::invalid, *wrong);
  dom::parser parser;
  dom::object root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS)
    return fail(errc::invalid, "the answer must be an object");
  switch (function_of(asked)) {
  case function::plan:
    return read_plan(root);
  case function::questions: {
    auto list = read_questions(root, "questions");
    if (!list)
      return fail(list.error());
    questions made;
    made.list = std::move(*list);
    return reply(std::move(made));
  }
  case function::script:
    return read_script(root, std::get<script_request>(asked).disclosure);
  case function::approval: {
    approval made;
    made.needed = flag(root, "needed");
    made.reason = text(root, "reason");
    if (made.needed && made.reason.empty())
      return fail(errc::invalid, "/reason must say why a yes is needed");
    return reply(std::move(made));
  }
  case function::risks:
    return read_risks(root);
  case function::extract:
    return read_findings(json, std::get<extract_request>(asked));
  case function::turn:
  case function::chat:
    break;
  }
  return fail(errc::internal, "a turn has no reply of this kind");
}

} // namespace ringmaster::assistant
