#pragma once

#include "tests/support/stage.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace ringmaster::support {

/// Phones on which somebody speaks, so many times faster than life: each number below is a callee
/// of the simulator's.
inline carrier_flags talkative_phones(const std::string& time_scale = "25") {
  return {"--ring",       "200ms..600ms",
          "--talk",       "500s..600s",
          "--seed",       "11",
          "--mix",        "answered=1",
          "--time-scale", time_scale,
          "--persona",    number(1) + "=dentist",
          "--persona",    number(2) + "=restaurant",
          "--persona",    number(3) + "=shop",
          "--persona",    number(4) + "=voicemail",
          "--persona",    number(5) + "=ivr",
          "--persona",    number(6) + "=screening",
          "--persona",    number(7) + "=angry-opt-out",
          "--persona",    number(8) + "=near-silent",
          "--persona",    number(9) + "=wrong-number",
          "--persona",    number(10) + "=injector",
          "--persona",    number(11) + "=interrupter",
          "--persona",    number(12) + "=slow-talker",
          "--persona",    number(13) + "=price-high",
          "--persona",    number(14) + "=hold"};
}

/// Our own clocks are real, so a phone that lives fast is waited for briefly. (Turn by turn it is the
/// carrier that waits, with clocks as fast as its phones.)
inline engine_settings brisk(engine_settings more = {}) {
  more.insert({{"CARRIER_TIME_LIMIT", "600s"}, {"CARRIER_POLL_SILENCE", "30s"}});
  if (more["CARRIER_MODE"] == "relay")
    more.insert({"TALK_SILENCE_AFTER", "1s"});
  else
    more["CARRIER_MODE"] = "gather";
  return more;
}

/// An engine, a talkative carrier, and a user whose assistant may call at any hour.
struct talk_office {
  stage s;
  api ann;

  explicit talk_office(
      const engine_settings& settings = {}, const carrier_flags& flags = talkative_phones())
      : s(brisk(settings), flags) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
    settle({});
    const json known{
        {"fields", {{"name", "Ann Example"}, {"date_of_birth", "1980-02-01"}}}
    };
    const auto told = ann.call("PUT", "/api/identity-fields", known.dump());
    if (!told.ok())
      throw std::runtime_error("identity fields: " + told.summary());
  }

  /// Stores the assistant settings: always open, the name may be told, with `more` on top.
  void settle(const json& more) {
    auto wish = ann.get("/api/assistant-settings").json.value("assistant_settings", json::object());
    wish["timezone"] = noon_zone();
    wish["allowed_call_start_time"] = "00:00";
    wish["allowed_call_end_time"] = "24:00";
    wish["allowed_days_of_week"] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    wish["allowed_auth_fields"] = {"name"};
    if (more.is_object())
      wish.update(more);
    const auto stored = ann.call("PUT", "/api/assistant-settings", wish.dump());
    if (!stored.ok())
      throw std::runtime_error("assistant settings: " + stored.summary());
  }

  /// A task that is ready to call `to`; its id.
  std::string
  ready(const std::string& instruction, const std::string& to, json more = json::object()) {
    more["raw_instruction"] = instruction;
    more["target_phone_number"] = to;
    const auto made = ann.post("/api/call-tasks", more);
    const auto id = text(made.json.value("call_task", json::object()), "id");
    if (made.status != 201 || text(made.json, "status") != "ready_to_call")
      throw std::runtime_error("task: " + made.summary() + " " + made.body.substr(0, 1500));
    return id;
  }
  /// Calls for it; the call session's id.
  std::string call(const std::string& task) {
    const auto begun = ann.post("/api/call-tasks/" + task + "/start-call", json::object());
    if (!begun.ok())
      throw std::runtime_error("start-call: " + begun.summary() + " " + begun.body.substr(0, 600));
    const auto found = begun.json.value("call_session", json());
    auto id = found.is_object() ? text(found, "id") : std::string();
    // The least gap between two calls to one number may hold it back for a moment.
    wait_until(
        seconds(20),
        [&] {
          const auto calls = this->task(task).value("call_sessions", json::array());
          if (id.empty() && !calls.empty())
            id = text(calls[0], "id");
          return !id.empty();
        },
        milliseconds(50));
    return id;
  }
  json task(const std::string& id) const {
    return ann.get("/api/call-tasks/" + id).json.value("call_task", json::object());
  }
  json session(const std::string& id) const {
    const auto got = ann.get("/api/call-sessions/" + id);
    return got.ok() ? got.json : json::object();
  }
  bool processed(const std::string& call, milliseconds patience = seconds(60)) const {
    return wait_until(
        patience,
        [&] {
          const auto seen = session(call);
          const auto talk = seen.value("conversation", json());
          return talk.is_object() && !text(talk, "processed_at").empty();
        },
        milliseconds(50));
  }
  /// Waits until the callee has said something in a call that still goes on.
  bool talking(const std::string& call, std::size_t segments = 2) const {
    return wait_until(
        seconds(20),
        [&] { return session(call).value("segments", json::array()).size() >= segments; },
        milliseconds(20));
  }
};

inline json talk_of(const json& session) {
  const auto found = session.value("conversation", json());
  return found.is_object() ? found : json::object();
}

/// All that one side said, in one text.
inline std::string words_of(const json& session, const std::string& speaker) {
  std::string all;
  for (const auto& s : session.value("segments", json::array()))
    if (text(s, "speaker") == speaker)
      all += text(s, "text") + "\n";
  return all;
}

/// The known values of a key.
inline std::vector<json> values_of(const json& session, const std::string& key) {
  std::vector<json> all;
  for (const auto& v : session.value("extracted_data", json::array()))
    if (text(v, "key") == key && !v.value("value", json()).is_null())
      all.push_back(v);
  return all;
}

/// True if every known value names a segment of the callee's.
inline bool borne_out(const json& session) {
  const auto segments = session.value("segments", json::array());
  for (const auto& v : session.value("extracted_data", json::array())) {
    if (v.value("value", json()).is_null())
      continue;
    bool by_callee = false;
    for (const auto& n : v.value("segments", json::array()))
      for (const auto& s : segments)
        by_callee = by_callee || (s.value("n", 0) == n.get<int>() && text(s, "speaker") == "human");
    if (!by_callee)
      return false;
  }
  return true;
}

} // namespace ringmaster::support
