#include "gateways/assistant/prompts.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "domain/embedded.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"
#include "domain/zone.hpp"
#include "gateways/assistant/json_text.hpp"

namespace ringmaster::assistant {

namespace {

constexpr std::string_view begin_line = "----- BEGIN DATA -----";
constexpr std::string_view end_line = "----- END DATA -----";

/// The newest text of each name: "plan-2.txt" is newer than "plan-1.txt".
std::map<std::string, prompt_text> read_all() {
  std::map<std::string, prompt_text> all;
  std::map<std::string, int> newest;
  for (auto& file : embedded::prompts()) {
    auto version = file.name.substr(0, file.name.rfind('.'));
    auto dash = version.rfind('-');
    if (dash == std::string::npos)
      continue;
    int number = 0;
    std::from_chars(version.data() + dash + 1, version.data() + version.size(), number);
    auto name = version.substr(0, dash);
    if (number > newest[name]) {
      newest[name] = number;
      all[name] = {version, file.text};
    }
  }
  return all;
}

const prompt_text& find(const std::string& name) {
  static const auto all = read_all();
  static const prompt_text none;
  auto found = all.find(name);
  return found == all.end() ? none : found->second;
}

std::string list(const std::vector<std::string>& lines) {
  array_text made;
  for (const auto& one : lines)
    made.raw(json_string(one));
  return made.str();
}

std::string price(const money& limit) {
  return object_text()
      .text("amount", to_decimal(limit.micros))
      .text("currency", limit.currency)
      .str();
}

std::string_view weekday(instant local) {
  constexpr std::string_view names[] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                        "Monday",   "Tuesday", "Wednesday"};
  auto days = std::chrono::floor<std::chrono::days>(local.time_since_epoch()).count() % 7;
  return names[days < 0 ? days + 7 : days];
}

/// The digits of a number are not the model's business: whether one is known is enough.
object_text data_of(const briefing& about) {
  object_text made;
  auto local = about.now;
  if (auto zone = zone::find(about.timezone))
    local += (*zone)->at(about.now).offset;
  made.text("local_time", to_rfc3339(local).substr(0, 16));
  made.text("weekday", weekday(local));
  made.text("timezone", about.timezone);
  made.text("instruction", about.instruction);
  made.text("title", about.title);
  made.text("tone", to_string(about.tone));
  made.raw("max_price", about.max_price ? price(*about.max_price) : "null");
  made.raw("hard_constraints", list(about.hard_constraints));
  made.raw("soft_preferences", list(about.soft_preferences));
  made.text("contact_name", about.contact_name);
  made.text("company_name", about.company_name);
  made.raw("phone_number_known", about.phone_number.empty() ? "false" : "true");
  array_text answers;
  for (const auto& [field, text] : about.answers)
    if (field == "phone_number")
      answers.raw(object_text().text("field", field).text("text", "known").str());
    else
      answers.raw(object_text().text("field", field).text("text", text).str());
  made.raw("answers", answers.str());
  made.text("business", about.business);
  made.raw("facts_that_may_be_told", list(about.allowed_auth_fields));
  return made;
}

std::string plan_of(const plan& p) {
  object_text made;
  made.text("title", p.title).text("goal", p.goal);
  made.raw("steps", list(p.steps));
  made.raw("hard_constraints", list(p.hard_constraints));
  made.raw("soft_preferences", list(p.soft_preferences));
  made.text("contact_name", p.contact_name).text("company_name", p.company_name);
  made.raw("max_price", p.max_price ? price(*p.max_price) : "null");
  array_text times, missing;
  for (const auto& one : p.times)
    times.raw(object_text().text("text", one.text).text("meaning", one.meaning).str());
  for (const auto& one : p.missing)
    missing.raw(object_text().text("field", one.field).text("text", one.text).str());
  made.raw("times", times.str()).raw("missing", missing.str());
  return made.str();
}

std::string data_for(const request& what) {
  if (const auto* ask = std::get_if<plan_request>(&what))
    return data_of(ask->about).str();
  if (const auto* ask = std::get_if<questions_request>(&what))
    return data_of(ask->about).raw("plan", plan_of(ask->so_far)).str();
  if (const auto* ask = std::get_if<script_request>(&what))
    return data_of(ask->about)
        .raw("plan", plan_of(ask->so_far))
        .text("disclosure", ask->disclosure)
        .str();
  if (const auto* ask = std::get_if<approval_request>(&what))
    return data_of(ask->about).raw("max_auto_approve", price(ask->max_auto_approve)).str();
  return data_of(std::get<risks_request>(what).about).str();
}

} // namespace

const prompt_text& prompt_of(function f) { return find(std::string(to_string(f))); }

const prompt_text& repair_prompt() { return find("repair"); }

std::vector<message> messages_for(const request& what) {
  std::vector<message> made(2);
  made[0].from = message::role::system;
  made[0].text = find("preamble").text + prompt_of(function_of(what)).text;
  made[1].from = message::role::user;
  made[1].text = std::string(begin_line) + "\n" + data_for(what) + "\n" + std::string(end_line);
  return made;
}

} // namespace ringmaster::assistant
