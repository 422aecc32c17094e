#include "gateways/assistant/prompt_data.hpp"

#include <array>

#include "domain/time.hpp"
#include "domain/zone.hpp"

namespace ringmaster::assistant {

namespace {

constexpr std::string_view begin_line = "----- BEGIN DATA -----";
constexpr std::string_view end_line = "----- END DATA -----";

std::string list(const std::vector<std::string>& lines) {
  array_text made;
  for (const auto& one : lines)
    made.raw(json_string(one));
  return made.str();
}

std::string_view weekday(instant local) {
  constexpr std::string_view names[] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                        "Monday",   "Tuesday", "Wednesday"};
  auto days = std::chrono::floor<std::chrono::days>(local.time_since_epoch()).count() % 7;
  return names[days < 0 ? days + 7 : days];
}

void tell_time(object_text& into, instant now, const std::string& timezone) {
  auto local = now;
  if (auto zone = zone::find(timezone))
    local += (*zone)->at(now).offset;
  into.text("local_time", to_rfc3339(local).substr(0, 16)).text("weekday", weekday(local));
}

std::string_view kind_of(talk::schema_field::kind k) {
  constexpr std::array<std::string_view, 8> words{"text", "number",   "integer", "boolean",
                                                  "date", "datetime", "choice",  "list"};
  return words[static_cast<std::size_t>(k)];
}

std::string schema_of(const std::vector<talk::schema_field>& fields) {
  array_text made;
  for (const auto& one : fields)
    made.raw(object_text()
                 .text("key", "result." + one.name)
                 .text("type", kind_of(one.what))
                 .text("meaning", one.description)
                 .raw("choices", list(one.choices))
                 .str());
  return made.str();
}

std::string transcript_of(const std::vector<talk::segment>& all) {
  array_text made;
  for (const auto& one : all)
    made.raw(object_text()
                 .raw("n", std::to_string(one.n))
                 .text("speaker", to_string(one.who))
                 .text("text", one.text)
                 .str());
  return made.str();
}

std::string script_of(const script& s) {
  object_text made;
  made.raw("key_questions", list(s.key_questions));
  array_text fallback;
  for (const auto& [when, say] : s.fallback_answers)
    fallback.raw(object_text().text("when", when).text("say", say).str());
  made.raw("fallback_answers", fallback.str());
  made.text("price_negotiation", s.price_negotiation).text("closing", s.closing);
  return made.str();
}

} // namespace

std::string fenced(const std::string& data) {
  return std::string(begin_line) + "\n" + data + "\n" + std::string(end_line);
}

std::string price_of(const money& limit) {
  return object_text()
      .text("amount", to_decimal(limit.micros))
      .text("currency", limit.currency)
      .str();
}

/// The digits of a number are not the model's business: whether one is known is enough.
object_text data_of(const briefing& about) {
  object_text made;
  tell_time(made, about.now, about.timezone);
  made.text("timezone", about.timezone);
  made.text("instruction", about.instruction);
  made.text("title", about.title);
  made.text("tone", to_string(about.tone));
  made.raw("max_price", about.max_price ? price_of(*about.max_price) : "null");
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
  made.raw("max_price", p.max_price ? price_of(*p.max_price) : "null");
  array_text times, missing;
  for (const auto& one : p.times)
    times.raw(object_text().text("text", one.text).text("meaning", one.meaning).str());
  for (const auto& one : p.missing)
    missing.raw(object_text().text("field", one.field).text("text", one.text).str());
  made.raw("times", times.str()).raw("missing", missing.str());
  return made.str();
}

object_text data_of(const live_brief& about) {
  auto made = data_of(about.about);
  made.raw("of_task", about.of_task ? "true" : "false");
  made.raw("plan", plan_of(about.so_far)).raw("script", script_of(about.words));
  object_text identity;
  for (const auto& [field, value] : about.identity)
    identity.text(field, value);
  made.raw("identity", identity.str());
  made.raw("may_accept", about.may_accept ? price_of(*about.may_accept) : "null");
  return made;
}

object_text data_of(const extract_request& what) {
  object_text made;
  tell_time(made, what.about.about.now, what.about.about.timezone);
  made.text("instruction", what.about.about.instruction);
  made.raw("plan", plan_of(what.about.so_far));
  made.text("answered_by", to_string(what.who));
  made.raw("fields", schema_of(what.schema));
  made.raw("transcript", transcript_of(what.transcript));
  return made;
}

object_text data_of(const chat_brief& what) {
  object_text made;
  tell_time(made, what.now, what.timezone);
  made.text("timezone", what.timezone).text("agent", knowledge::to_string(what.who));
  made.raw("passages", passages_of(what.found));
  return made;
}

std::string passages_of(const std::vector<knowledge::passage>& found) {
  array_text made;
  std::size_t n = 0;
  for (const auto& one : found)
    made.raw(object_text()
                 .raw("n", std::to_string(++n))
                 .text("source", one.reference)
                 .text("title", one.title)
                 .text("text", one.text)
                 .str());
  return made.str();
}

} // namespace ringmaster::assistant
