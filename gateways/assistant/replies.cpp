#include "gateways/assistant/replies.hpp"

#include <map>
#include <utility>

#include <simdjson.h>

#include "domain/money.hpp"
#include "domain/text.hpp"

namespace ringmaster::assistant {

namespace {

namespace dom = simdjson::dom;

shape question_shape() {
  return shape::object({
      {"field",                shape::text(
                    1, 40,
       "A stable name: phone_number, max_price, date, time, party_size, name, "
       "account_number, ...")},
      {"text", shape::text(1,      300, "The question, as the user reads it")},
      {"required",         shape::flag("True if no call can be made without the answer")     }
  });
}

shape plan_shape() {
  auto line = shape::text(1, 500);
  auto name = shape::text(0, 200, "Empty where the text has none");
  return shape::object({
      {"title",                                                 shape::text(1, 80)                 },
      {"goal",                                                  shape::text(1, 500,                  "One sentence")},
      {"steps",                                                       shape::list(line,                                                              20)           },
      {"hard_constraints",                                                       shape::list(line,                                                   50,"What must hold, as the user said it")},
      {"soft_preferences",                 shape::list(line,                              50,                                            "What would be nice")},
      {"contact_name",                                                     name               },
      {"company_name",name},
      {"phone_number",                                                       shape::text(0,                                                           40,"As the user wrote it; empty where the text has none")},
      {"max_price",
       shape::object(
           {{"amount", shape::text(1, 20, "A decimal number with a point, such as 120.00")},
            {"currency", shape::text(3, 3, "ISO 4217, such as USD")}},
       "null where no limit is named")
           .or_null()   },
      {"times",
       shape::list(
           shape::object(
               {{"text", shape::text(1, 200, "As the user said it")},
                {"meaning",
                 shape::text(
                     0, 60,
                     "2026-11-24, 2026-11-24T15:00 or 2026-11-23/2026-11-29; empty if open")}}),
       20)           },
      {"missing",                                                     shape::list(question_shape(),                                                                  20)                               }
  });
}

shape script_shape() {
  return shape::object({
      {"introduction",
       shape::text(1,                              1500,               "The first words; the disclosure is in it, word for word")},
      {"key_questions",              shape::list(shape::text(1,                          500),      20)},
      {"fallback_answers",
       shape::list(
           shape::object({{"when", shape::text(1, 500)}, {"say", shape::text(1, 1000)}}),                                     20)                                },
      {"price_negotiation",           shape::text(0, 1500,"Empty where no price is at stake")},
      {"closing",          shape::text(1, 1000)                                                  },
      {"voicemail",shape::text(1,             1500)}
  });
}

shape risks_shape() {
  return shape::object({
      {"verdict",                                                                       shape::word({"none", "caution", "refuse"})},
      { "findings",
       shape::list(
           shape::object({{"kind", shape::text(1, 40)}, {"why", shape::text(1, 500)}}),                                        20)}
  });
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
  static const std::map<function, shape> all{
      {function::plan,      plan_shape()                                                     },
      {function::questions, shape::object({{"questions", shape::list(question_shape(), 20)}})},
      {function::script,    script_shape()                                                   },
      {function::approval,
       shape::object({{"needed", shape::flag()}, {"reason", shape::text(0, 500)}})           },
      {function::risks,     risks_shape()                                                    },
      {function::turn,      shape::object({})                                                }
  };
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
  case function::turn:
    break;
  }
  return fail(errc::internal, "a turn has no reply of this kind");
}

} // namespace ringmaster::assistant
