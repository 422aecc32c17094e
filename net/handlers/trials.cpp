#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/inspection.hpp"
#include "net/handlers/handlers.hpp"
#include "net/money_json.hpp"
#include "net/twilio/webhook.hpp"

// The carrier and the models as they are set, and trials that dial nobody.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;
using inspection::carrier_findings;
using inspection::echo_findings;
using inspection::model_view;

namespace {

/// AC0123…cdef: enough to tell accounts apart.
std::string masked(const std::string& sid) {
  return sid.size() < 12 ? sid : sid.substr(0, 6) + "…" + sid.substr(sid.size() - 4);
}

/// So few requests a minute need no more than this; a trial of a model takes longer than one
/// second.
error busy() {
  error why{
      .code = errc::rate_limited, .detail = "a trial of yours is under way; wait for its end"};
  why.retry_after = std::chrono::seconds(2);
  return why;
}

json show_webhooks(const services& svc) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kinds{
      {
       {"voice", "voice/{token}"},
       {"call_status", "call-status/{token}"},
       {"gather", "gather/{token}/{number}"},
       {"amd", "amd/{token}"},
       {"recording", "recording/{token}"},
       {"relay_action", "relay-action/{token}"},
       }
  };
  auto all = json::array();
  for (const auto& [kind, rest] : kinds) {
    json one;
    one["kind"] = kind;
    one["url"] = twilio::public_url(svc) + "/api/webhooks/" + std::string(rest);
    all.push_back(std::move(one));
  }
  return all;
}

http::response show_carrier(const services& svc) {
  const auto& c = svc.settings.carrier;
  const bool configured = !c.account_sid.empty();
  json doc;
  auto& one = doc["carrier"];
  one["configured"] = configured;
  one["simulated"] = c.base_url.starts_with("http://");
  one["base_url"] = c.base_url;
  one["account"] = configured ? json(masked(c.account_sid)) : json();
  one["credentials"] =
      !configured ? json() : json(c.api_key_sid.empty() ? "auth_token" : "api_key");
  one["rotating"] = !c.previous_auth_token.empty();
  one["from"] = c.from;
  one["calls_per_second"] = c.calls_per_second;
  one["mode"] = c.mode;
  one["public_url"] = twilio::public_url(svc);
  one["webhooks"] = show_webhooks(svc);
  return answer(200, doc);
}

// -- the trial of the carrier
// -----------------------------------------------------------------------

json show_account(const result<carrier_findings>& found) {
  json one;
  bool active = found && (found->account_status.empty() || found->account_status == "active");
  one["ok"] = active;
  one["took_ms"] = found ? json(found->took.count()) : json();
  one["account_status"] =
      found && !found->account_status.empty() ? json(found->account_status) : json();
  one["clock_ahead_ms"] = found && found->ahead ? json(found->ahead->count()) : json();
  one["detail"] = !found   ? found.error().detail
                  : active ? "the carrier takes the credentials"
                           : "the account is " + found->account_status;
  return one;
}

std::string words_of(const inspection::caller& c) {
  using enum inspection::caller::standing;
  switch (c.is) {
  case owned:
    return "a number of the account";
  case verified:
    return "a verified caller id of the account";
  case foreign:
    return "not of this account: the carrier refuses calls from it";
  case unknown:
    break;
  }
  return c.detail.empty() ? "the carrier did not say" : c.detail;
}

json show_callers(const result<carrier_findings>& found) {
  auto all = json::array();
  if (found)
    for (const auto& c : found->callers) {
      json one;
      one["number"] = c.number;
      one["standing"] = inspection::to_string(c.is);
      one["detail"] = words_of(c);
      all.push_back(std::move(one));
    }
  return all;
}

std::string words_of(const echo_findings& e) {
  if (!e.ours)
    return "HTTP " + std::to_string(e.status) +
           " came from something else than this engine; asked for " + e.asked_at;
  if (!e.can_sign)
    return "this engine answered; without carrier.auth_token nothing can be signed";
  if (!e.signed_right)
    return "this engine answered, but the signature did not fit: it was asked for " + e.asked_at +
           " and saw " + e.arrived_at;
  return "this engine answered, and the signature fitted";
}

json show_echo(const result<echo_findings>& found) {
  json one;
  bool fine = found && found->ours && (found->signed_right || !found->can_sign);
  one["ok"] = fine;
  one["took_ms"] = found ? json(found->took.count()) : json();
  one["signature"] = !found || !found->ours || !found->can_sign
                         ? json()
                         : json(found->signed_right ? "fits" : "wrong");
  one["detail"] = found ? words_of(*found) : found.error().detail;
  return one;
}

http::response
show_trial(const result<carrier_findings>& account, const result<echo_findings>& echo) {
  json doc;
  auto& one = doc["test"];
  auto told = show_account(account);
  auto seen = show_echo(echo);
  bool callers =
      account && std::none_of(account->callers.begin(), account->callers.end(), [](const auto& c) {
        return c.is == inspection::caller::standing::foreign;
      });
  one["ok"] = told["ok"] == true && seen["ok"] == true && callers;
  one["account"] = std::move(told);
  one["caller_ids"] = show_callers(account);
  one["public_url"] = std::move(seen);
  return answer(200, doc);
}

// -- models
// ----------------------------------------------------------------------------------------------

result<std::vector<assistant::own_key>> open_keys(desk_work& w) {
  auto entries = w.vault().list();
  if (!entries)
    return fail(entries.error());
  std::vector<assistant::own_key> keys;
  for (const auto& entry : *entries) {
    if (entry.name == "carrier")
      continue;
    auto secret = w.vault().open(entry.name);
    if (!secret)
      return fail(secret.error());
    if (*secret)
      keys.push_back({entry.name, std::move(**secret)});
  }
  return keys;
}

http::response
show_models(const std::vector<model_view>& all, const std::vector<vault::entry>& mine) {
  json doc;
  auto& models = doc["models"] = json::array();
  for (const auto& m : all) {
    bool own =
        std::any_of(mine.begin(), mine.end(), [&](const auto& e) { return e.name == m.name; });
    json one;
    one["name"] = m.name;
    one["kind"] = m.kind;
    one["model"] = m.model;
    one["base_url"] = m.base_url.empty() ? json() : json(m.base_url);
    one["key"] = m.kind == "rules" ? json()
                 : own             ? json("own")
                 : m.has_key       ? json("installation")
                                   : json("none");
    one["state"] = inspection::to_string(m.is);
    one["detail"] = m.detail;
    models.push_back(std::move(one));
  }
  doc["total"] = all.size();
  return answer(200, doc);
}

http::response show_model_trial(const assistant::usage& u) {
  json doc;
  auto& one = doc["test"];
  one["name"] = u.provider;
  one["model"] = u.model;
  one["ok"] = u.failure.empty();
  one["took_ms"] = u.took.count();
  one["prompt_tokens"] = u.prompt_tokens;
  one["completion_tokens"] = u.completion_tokens;
  one["cost"] = show_money(money{u.cost_micros});
  one["detail"] = u.failure.empty() ? "it answered" : u.failure;
  return answer(200, doc);
}

error no_models() {
  return error{.code = errc::not_found, .detail = "this engine has no models to look at"};
}

} // namespace

// GET /api/carrier
answer_of_handler get_carrier(exchange& x) { co_return show_carrier(x.svc); }

// POST /api/carrier/test
answer_of_handler test_carrier(exchange& x) {
  if (!x.svc.line)
    co_return refuse(
        x, error{.code = errc::not_found, .detail = "this engine has no carrier to look at"});
  auto ticket = x.svc.trials.begin(x.who.user);
  if (!ticket)
    co_return refuse(x, busy());
  auto& line = *x.svc.line;
  auto look = [&line, from = x.svc.settings.carrier.from, ticket](deliver<carrier_findings> then) {
    line.look_at_carrier(from, [then = std::move(then), ticket](auto found) mutable {
      ticket.reset(); // before the answer, which the next trial may follow at once
      then(std::move(found));
    });
  };
  auto ask = [&line, ticket](deliver<echo_findings> then) {
    line.echo({}, [then = std::move(then), ticket](auto found) mutable {
      ticket.reset(); // before the answer, which the next trial may follow at once
      then(std::move(found));
    });
  };
  // Less than the edge gives a handler; what is still under way then holds the ticket.
  constexpr std::chrono::milliseconds patience{14'000};
  auto account = co_await answer_within<carrier_findings>(std::move(look), patience);
  auto echo = co_await answer_within<echo_findings>(std::move(ask), patience);
  result<carrier_findings> no_account =
      fail(errc::unavailable, "the carrier did not answer in time");
  result<echo_findings> no_echo = fail(errc::unavailable, "nobody answered in time");
  co_return show_trial(account ? *account : no_account, echo ? *echo : no_echo);
}

// GET /api/models
answer_of_handler list_models(exchange& x) {
  if (!x.svc.minds)
    co_return refuse(x, no_models());
  auto work = [](desk_work& w) { return w.vault().list(); };
  auto mine = co_await from_desk(x, work);
  if (!mine)
    co_return refuse(x, mine.error());
  auto look = [minds = x.svc.minds](deliver<std::vector<model_view>> then) {
    minds->look([then = std::move(then)](std::vector<model_view> all) { then(std::move(all)); });
  };
  auto all = co_await answer_of<std::vector<model_view>>(std::move(look));
  co_return all ? show_models(*all, *mine) : refuse(x, all.error());
}

// POST /api/models/{name}/test
answer_of_handler test_model(exchange& x) {
  if (!x.svc.minds)
    co_return refuse(x, no_models());
  auto ticket = x.svc.trials.begin(x.who.user);
  if (!ticket)
    co_return refuse(x, busy());
  auto keys = co_await from_desk(x, open_keys);
  if (!keys)
    co_return refuse(x, keys.error());
  auto ask = [minds = x.svc.minds, name = std::string(x.values[0]), keys = *keys,
              ticket](deliver<assistant::usage> then) {
    minds->try_out(name, keys, [then = std::move(then), ticket](auto told) mutable {
      ticket.reset(); // before the answer, which the next trial may follow at once
      then(std::move(told));
    });
  };
  constexpr std::chrono::milliseconds patience{25'000};
  auto told = co_await answer_within<assistant::usage>(std::move(ask), patience);
  if (!told)
    co_return refuse(
        x, error{.code = errc::unavailable, .detail = "the model did not answer in time"});
  co_return *told ? show_model_trial(**told) : refuse(x, told->error());
}

} // namespace ringmaster::net::handlers
