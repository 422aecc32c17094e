#include "net/talk_views.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/money_json.hpp"
#include "net/views.hpp"
#include "wire/result_schema.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

/// Text that is JSON already; `null` where it is none.
json embed(const std::string& text) {
  auto read = json::parse(text, nullptr, false);
  return read.is_discarded() ? json() : read;
}

std::string word_of(talk::owner_question::state s) {
  using state = talk::owner_question::state;
  switch (s) {
  case state::open:
    return "open";
  case state::yes:
    return "yes";
  case state::no:
    return "no";
  case state::timeout:
    return "timeout";
  }
  return "open";
}

json show(const talk::recording& r) {
  json j;
  j["status"] = r.status;
  j["url"] = text_or_null(r.url);
  j["duration_seconds"] = r.duration_seconds;
  return j;
}

} // namespace

void write_talk(json& into, const talk::settings& s) {
  into["voicemail_action"] = std::string(talk::to_string(s.on_voicemail));
  into["voicemail_message"] = text_or_null(s.message);
  into["menu_action"] = std::string(talk::to_string(s.on_menu));
  into["menu_keys"] = text_or_null(s.menu_keys);
  into["record_calls"] = s.record;
  into["result_schema"] = s.result_schema.empty() ? json() : embed(s.result_schema);
}

json show(const talk::segment& s) {
  json j;
  j["n"] = s.n;
  j["speaker"] = std::string(talk::to_string(s.who));
  j["start_ms"] = s.start_ms;
  j["end_ms"] = s.end_ms;
  j["text"] = s.text;
  j["sentiment"] = std::string(talk::to_string(s.mood));
  return j;
}

json show_all(std::span<const talk::segment> all) {
  auto items = json::array();
  for (const auto& s : all)
    items.push_back(show(s));
  return items;
}

json show(const talk::owner_question& q) {
  json j;
  j["question"] = q.n;
  j["text"] = q.text;
  j["amount"] = show_money(q.amount);
  j["state"] = word_of(q.now);
  j["note"] = text_or_null(q.note);
  return j;
}

json show(const talk::view& v) {
  const auto& known = v.known;
  json j;
  j["begun_at"] = to_rfc3339(v.begun_at);
  j["listener"] = std::string(talk::to_string(known.who));
  j["disclosed"] = known.disclosed;
  j["opted_out"] = known.opted_out;
  j["wrong_number"] = known.wrong_number;
  j["message_left"] = known.message_left;
  j["agreed_price"] = show_money(known.agreed);
  j["ended"] = text_or_null(known.ended);
  auto& questions = j["questions"] = json::array();
  for (const auto& q : known.questions)
    questions.push_back(show(q));
  j["recording"] = v.recording ? show(*v.recording) : json();
  j["processed_at"] = show(v.wrapped_at);
  j["processed_by"] = text_or_null(v.found_by);
  j["times_processed"] = v.times_wrapped;
  return j;
}

json show(const talk::value& v, std::span<const talk::segment> transcript) {
  auto said = std::find_if(transcript.begin(), transcript.end(), [&](const talk::segment& s) {
    return s.who == talk::speaker::human &&
           std::find(v.segments.begin(), v.segments.end(), s.n) != v.segments.end();
  });
  json j;
  j["key"] = v.key;
  j["type"] = std::string(talk::to_string(v.kind));
  j["value"] = embed(wire::write_value(v));
  j["segments"] = v.segments;
  j["contradiction"] = text_or_null(v.contradiction);
  j["text"] = v.known() ? json(talk::show(v)) : json();
  j["fragment"] = said == transcript.end() ? json() : json(said->text);
  return j;
}

} // namespace ringmaster::net
