#include "persistence/task_json.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "domain/text.hpp"
#include "persistence/db.hpp"

namespace ringmaster {
namespace {

using json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) {
  throw db::failure(db::trouble::other, "stored JSON is not of its shape: " + what);
}

json parse(std::string_view text) {
  auto value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded())
    refuse("it cannot be read");
  return value;
}

// An array as an array, an object's member as what it must be: no reading without a look.

const json& array_of(const json& value, const char* what) {
  if (!value.is_array())
    refuse(std::string(what) + " is no array");
  return value;
}

const json& member(const json& object, const char* name) {
  if (!object.is_object())
    refuse(std::string("no object around ") + name);
  auto found = object.find(name);
  if (found == object.end())
    refuse(std::string(name) + " is missing");
  return *found;
}

std::string text_of(const json& value, const char* what) {
  if (!value.is_string())
    refuse(std::string(what) + " is no text");
  return value.get<std::string>();
}

std::string text(const json& object, const char* name) {
  return text_of(member(object, name), name);
}

bool flag(const json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_boolean())
    refuse(std::string(name) + " is no truth value");
  return value.get<bool>();
}

std::int64_t number(const json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_number_integer())
    refuse(std::string(name) + " is no whole number");
  return value.get<std::int64_t>();
}

std::vector<std::string> texts(const json& object, const char* name) {
  std::vector<std::string> list;
  for (const auto& item : array_of(member(object, name), name))
    list.push_back(text_of(item, name));
  return list;
}

json of_texts(const std::vector<std::string>& list) {
  auto out = json::array();
  for (const auto& item : list)
    out.push_back(storable(item));
  return out;
}

json of_pairs(const text_pairs& pairs) {
  auto out = json::array();
  for (const auto& [first, second] : pairs)
    out.push_back(json::array({storable(first), storable(second)}));
  return out;
}

text_pairs pairs_of(const json& value) {
  text_pairs pairs;
  for (const auto& item : array_of(value, "a list of pairs")) {
    if (array_of(item, "a pair").size() != 2)
      refuse("a pair has not two parts");
    pairs.emplace_back(text_of(item[0], "a pair's name"), text_of(item[1], "a pair's value"));
  }
  return pairs;
}

json of_questions(const std::vector<assistant::question>& list) {
  auto out = json::array();
  for (const auto& q : list)
    out.push_back({
        {"field",    storable(q.field)},
        {"text",     storable(q.text) },
        {"required", q.required       }
    });
  return out;
}

std::vector<assistant::question> questions_of(const json& value) {
  std::vector<assistant::question> list;
  for (const auto& item : array_of(value, "questions"))
    list.push_back({text(item, "field"), text(item, "text"), flag(item, "required")});
  return list;
}

assistant::risks::level level_of(const std::string& word) {
  using level = assistant::risks::level;
  for (auto l : {level::none, level::caution, level::refuse})
    if (assistant::to_string(l) == word)
      return l;
  refuse("no verdict is called " + word);
}

} // namespace

std::string storable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\0') {
      ++i;
      continue;
    }
    std::size_t length = 1;
    while (length <= 4 && i + length <= text.size() && !count_characters(text.substr(i, length)))
      ++length;
    if (length > 4 || i + length > text.size()) {
      out += "\xef\xbf\xbd"; // U+FFFD
      ++i;
      continue;
    }
    out.append(text.substr(i, length));
    i += length;
  }
  return out;
}

std::string write_pairs(const text_pairs& pairs) { return of_pairs(pairs).dump(); }
text_pairs read_pairs(std::string_view json_text) { return pairs_of(parse(json_text)); }

std::string write_plan(const assistant::plan& p) {
  json out;
  out["title"] = storable(p.title);
  out["goal"] = storable(p.goal);
  out["steps"] = of_texts(p.steps);
  out["hard_constraints"] = of_texts(p.hard_constraints);
  out["soft_preferences"] = of_texts(p.soft_preferences);
  out["contact_name"] = storable(p.contact_name);
  out["company_name"] = storable(p.company_name);
  out["phone_number"] = storable(p.phone_number);
  out["max_price"] = nullptr;
  if (p.max_price)
    out["max_price"] = {
        {"micros",   p.max_price->micros            },
        {"currency", storable(p.max_price->currency)}
    };
  out["times"] = json::array();
  for (const auto& when : p.times)
    out["times"].push_back({
        {"text",    storable(when.text)   },
        {"meaning", storable(when.meaning)}
    });
  out["missing"] = of_questions(p.missing);
  return out.dump();
}

assistant::plan read_plan(std::string_view json_text) {
  auto in = parse(json_text);
  assistant::plan p;
  p.title = text(in, "title");
  p.goal = text(in, "goal");
  p.steps = texts(in, "steps");
  p.hard_constraints = texts(in, "hard_constraints");
  p.soft_preferences = texts(in, "soft_preferences");
  p.contact_name = text(in, "contact_name");
  p.company_name = text(in, "company_name");
  p.phone_number = text(in, "phone_number");
  if (const auto& price = member(in, "max_price"); !price.is_null())
    p.max_price = money{number(price, "micros"), text(price, "currency")};
  for (const auto& item : array_of(member(in, "times"), "times"))
    p.times.push_back({text(item, "text"), text(item, "meaning")});
  p.missing = questions_of(member(in, "missing"));
  return p;
}

std::string write_risks(const assistant::risks& r) {
  json out;
  out["verdict"] = assistant::to_string(r.verdict);
  out["findings"] = json::array();
  for (const auto& f : r.findings)
    out["findings"].push_back({
        {"kind", storable(f.kind)},
        {"why",  storable(f.why) }
    });
  return out.dump();
}

assistant::risks read_risks(std::string_view json_text) {
  auto in = parse(json_text);
  assistant::risks r;
  r.verdict = level_of(text(in, "verdict"));
  for (const auto& item : array_of(member(in, "findings"), "findings"))
    r.findings.push_back({text(item, "kind"), text(item, "why")});
  return r;
}

std::string write_questions(const std::vector<assistant::question>& list) {
  return of_questions(list).dump();
}

std::vector<assistant::question> read_questions(std::string_view json_text) {
  return questions_of(parse(json_text));
}

std::string write_script(const assistant::script& s) {
  json out;
  out["introduction"] = storable(s.introduction);
  out["key_questions"] = of_texts(s.key_questions);
  out["fallback_answers"] = of_pairs(s.fallback_answers);
  out["price_negotiation"] = storable(s.price_negotiation);
  out["closing"] = storable(s.closing);
  out["voicemail"] = storable(s.voicemail);
  return out.dump();
}

assistant::script read_script(std::string_view json_text) {
  auto in = parse(json_text);
  assistant::script s;
  s.introduction = text(in, "introduction");
  s.key_questions = texts(in, "key_questions");
  s.fallback_answers = pairs_of(member(in, "fallback_answers"));
  s.price_negotiation = text(in, "price_negotiation");
  s.closing = text(in, "closing");
  s.voicemail = text(in, "voicemail");
  return s;
}

} // namespace ringmaster
