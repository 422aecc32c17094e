#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "carrier/exchange.hpp"
#include "carrier/log.hpp"
#include "carrier/scenario.hpp"
#include "carrier/switchboard.hpp"
#include "domain/time.hpp"
#include "wire/digest.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco::samples {

using namespace std::chrono_literals;
using nlohmann::json;

inline const std::string account = "AC0123456789abcdef0123456789abcdef";
inline const std::string calls_path = "/2010-04-01/Accounts/" + account + "/Calls.json";
inline const instant noon = *parse_rfc3339("2026-12-01T12:00:00Z");

/// A scenario without chance: everybody answers after 2 s and talks for 30 s.
inline scenario plain() {
  scenario s;
  s.outcomes = {1, 0, 0, 0, 0};
  s.ring = {2s, 2s};
  s.talk = {30s, 30s};
  return s;
}

/// The least create, with a status callback for all events.
inline wire::fields order(std::string to = "+12125550100") {
  return {
    {"To", std::move(to)},
    {"From", "+14155550199"},
    {"Url", "https://engine.example.com/twilio/voice/abc"},
    {"StatusCallback", "https://engine.example.com/twilio/status/abc#rc=5&rp=all"},
    {"StatusCallbackEvent", "initiated"},
    {"StatusCallbackEvent", "ringing"},
    {"StatusCallbackEvent", "answered"},
    {"StatusCallbackEvent", "completed"}};
}

inline wire::fields with(wire::fields form, std::string name, std::string value) {
  for (auto& [known, old] : form)
    if (known == name) {
      old = std::move(value);
      return form;
    }
  form.emplace_back(std::move(name), std::move(value));
  return form;
}

inline wire::fields without(wire::fields form, std::string_view name) {
  std::erase_if(form, [&](const auto& pair) { return pair.first == name; });
  return form;
}

inline std::string authorization(
  const std::string& user = account, const std::string& token = "0123456789abcdef0123456789abcdef") {
  const auto both = user + ":" + token;
  return "Basic " +
         wire::to_base64({reinterpret_cast<const std::uint8_t*>(both.data()), both.size()});
}

inline http::request ask(http::method verb, const std::string& target, const wire::fields& form = {}) {
  http::request r;
  r.verb = verb;
  r.target = target;
  r.path = target.substr(0, target.find('?'));
  if (auto mark = target.find('?'); mark != std::string::npos)
    r.query = target.substr(mark + 1);
  r.headers = {{"Authorization", authorization()}};
  if (verb == http::method::post) {
    r.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    r.body = wire::write_form(form);
  }
  r.remote_address = "127.0.0.1";
  return r;
}

/// A whole carrier without sockets, at a time of its own.
struct office {
  explicit office(scenario s = plain()) : rules(std::move(s)) {}

  scenario rules;
  call_log log{{}, 100000};
  switchboard board{rules, 77, log};
  exchange desk{rules, board, log, 77};
  instant now = noon;

  verdict post(const wire::fields& form, const std::string& path = calls_path) {
    return desk.handle(ask(http::method::post, path, form), 1, now);
  }
  verdict get(const std::string& target) {
    return desk.handle(ask(http::method::get, target), 1, now);
  }
  json create(const wire::fields& form = order()) { return json::parse(post(form).answer.body); }
  json call(const std::string& sid) { return json::parse(get(path_of(sid)).answer.body); }
  std::string status(const std::string& sid) { return call(sid)["status"]; }
  verdict change(const std::string& sid, const wire::fields& form) { return post(form, path_of(sid)); }
  static std::string path_of(const std::string& sid) {
    return "/2010-04-01/Accounts/" + account + "/Calls/" + sid + ".json";
  }

  /// Errands that leave up to `until`, each answered at once: callbacks with 204, documents with
  /// `document`.
  std::vector<errand> live(
    std::chrono::microseconds span, const std::string& document = "<Response><Pause length=\"600\"/></Response>") {
    std::vector<errand> sent;
    const auto until = now + span;
    for (;;) {
      board.advance(now);
      for (auto& e : board.take_due(now)) {
        errand_answer got;
        got.result = {try_result::how::answered, e.what == errand::kind::document ? 200 : 204};
        got.content_type = "text/xml";
        got.body = document;
        board.finished(e, got, now);
        sent.push_back(std::move(e));
      }
      auto due = board.next_due();
      if (!due || *due > until)
        break;
      now = std::max(now, *due);
    }
    now = until;
    return sent;
  }

  std::vector<json> lines() const {
    std::vector<json> out;
    const auto all = log.after(0);
    for (std::size_t at = 0; at < all.size();) {
      const auto end = all.find('\n', at);
      out.push_back(json::parse(all.substr(at, end - at)));
      at = end + 1;
    }
    return out;
  }
};

inline std::string value(const errand& e, std::string_view name) {
  const auto* found = wire::find(e.params, name);
  return found ? *found : "(none)";
}

/// The CallStatus of the status callbacks, in order.
inline std::vector<std::string> statuses(const std::vector<errand>& all) {
  std::vector<std::string> out;
  for (const auto& e : all)
    if (e.what == errand::kind::status)
      out.push_back(e.status);
  return out;
}

} // namespace ringmaster::telco::samples
