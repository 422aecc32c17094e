#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/permit.hpp"
#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_execution(const execution& done) {
  json doc;
  doc["dialed"] = done.dialed;
  doc["why"] = std::string(permit::to_string(done.why));
  doc["reason"] = done.reason.empty() ? permit::describe(done.why) : done.reason;
  doc["next_at"] = show(done.next_at);
  return answer(200, doc);
}

/// Why a campaign that no CAMPAIGN stands for does not dial.
std::string rest_reason(const campaign::view& c) {
  using campaign::status;
  switch (c.state) {
    case status::draft:
      return "the campaign is a draft; start or schedule it";
    case status::scheduled:
      return "the campaign waits for its start";
    case status::paused:
      return c.pause_reason.empty() ? "the campaign is paused" : c.pause_reason;
    case status::completed:
      return "the campaign is completed";
    case status::canceled:
      return "the campaign was canceled";
    case status::running:
      break;
  }
  return c.wait_reason.empty() ? "the campaign is being taken up" : c.wait_reason;
}

http::response show_why(const exchange& x, const campaign::view& c, const waiting& w) {
  auto window = read_window(c.settings, x.svc.time.now());
  bool at_work = w.active && w.why == permit::refusal::none;
  json doc;
  doc["status"] = std::string(campaign::to_string(c.state));
  doc["dialing"] = at_work;
  doc["code"] = std::string(permit::to_string(w.active ? w.why : permit::refusal::not_running));
  if (!w.active)
    doc["reason"] = rest_reason(c);
  else if (!w.reason.empty())
    doc["reason"] = w.reason;
  else
    doc["reason"] = at_work ? std::string("nothing holds it back") : permit::describe(w.why);
  doc["next_at"] = show(w.next_at ? w.next_at : c.state == campaign::status::scheduled ? c.start_at : w.next_at);
  doc["live_calls"] = w.live_calls;
  doc["window"] = show(window);
  return answer(200, doc);
}

http::response show_stop(const stop_report& r) {
  json doc;
  doc["stopped"] = r.stopped;
  doc["durable"] = r.durable;
  doc["in_flight"] = r.in_flight;
  return answer(200, doc);
}

asio::awaitable<http::response> turn_stop(exchange& x, bool stop) {
  ringmaster::stop_everything order{x.who, stop};
  auto report = co_await ask<stop_report>(x.svc.engine, std::move(order));
  if (!report)
    co_return refuse(x, report.error());
  co_return show_stop(*report);
}

} // namespace

// POST /api/campaigns/{id}/execute
answer_of_handler execute_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  if (auto key = idempotency_key(x.req); !key)
    co_return refuse(x, key.error());
  auto find = [&](desk_work& w) { return w.find_campaign(*id); };
  auto known = co_await from_desk(x, find);
  if (!known)
    co_return refuse(x, known.error());
  std::function<asio::awaitable<http::response>()> dial = [&]() -> asio::awaitable<http::response> {
    ringmaster::execute_campaign pass{x.who, *id};
    auto done = co_await ask<execution>(x.svc.engine, std::move(pass));
    co_return done ? show_execution(*done) : refuse(x, done.error());
  };
  co_return co_await dial_once(x, std::move(dial));
}

// GET /api/campaigns/{id}/why
answer_of_handler explain_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto find = [&](desk_work& w) { return w.find_campaign(*id); };
  auto known = co_await from_desk(x, find);
  if (!known)
    co_return refuse(x, known.error());
  ask_waiting question{*id};
  auto why = co_await ask<waiting>(x.svc.engine, std::move(question));
  if (!why)
    co_return refuse(x, why.error());
  co_return show_why(x, *known, *why);
}

// POST /api/stop
answer_of_handler stop_everything(exchange& x) { return turn_stop(x, true); }

// DELETE /api/stop
answer_of_handler release_stop(exchange& x) { return turn_stop(x, false); }

} // namespace ringmaster::net::handlers
