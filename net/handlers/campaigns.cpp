#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "net/ask.hpp"
#include "net/campaign_body.hpp"
#include "net/handlers/handlers.hpp"
#include "net/import.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_campaign(const exchange& x, int status, const campaign::view& c) {
  json doc;
  doc["campaign"] = show(c, x.svc.time.now());
  auto out = answer(status, doc);
  out.headers.push_back({"ETag", etag_of(c, out.body)});
  return out;
}

http::response show_created(
  const exchange& x, const campaign::view& c, const target::report& report) {
  json doc;
  doc["campaign"] = show(c, x.svc.time.now());
  doc["targets"] = show(report);
  auto out = answer(201, doc);
  out.headers.push_back({"ETag", etag_of(c, out.body)});
  out.headers.push_back({"Location", "/api/campaigns/" + to_string(c.id)});
  return out;
}

json show_all(const page<campaign::view>& found, instant now) {
  auto items = json::array();
  for (const auto& c : found.items)
    items.push_back(show(c, now));
  return items;
}

/// Which scopes allow an act: only `dial` can make a phone ring; whoever may write or dial may
/// also stop.
std::uint8_t scopes_for(campaign::action on) {
  using campaign::action;
  switch (on) {
    case action::start:
    case action::resume:
    case action::schedule:
      return static_cast<std::uint8_t>(scope::dial);
    case action::pause:
    case action::cancel:
      return scope::write | scope::dial;
    default:
      return static_cast<std::uint8_t>(scope::write);
  }
}

change::steer_campaign step_of(const exchange& x, const campaign_id& id, campaign_act act) {
  change::steer_campaign step;
  step.who = x.who;
  step.campaign = id;
  step.on = act.on;
  step.start_at = act.start_at;
  step.when_window_opens = act.when_window_opens;
  step.settings = std::move(act.settings);
  return step;
}

http::response stale(const exchange& x, const campaign::view& now) {
  error why;
  why.detail = "the campaign has changed since it was read; it is at version " +
               std::to_string(now.version) + " now";
  why.current_status = std::string(campaign::to_string(now.state));
  return problem(kind_of(wire_refusal::precondition_failed), why, x.req.id);
}

} // namespace

// GET /api/campaigns?status=running&q=spring
answer_of_handler list_campaigns(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  auto q = query.text("q").value_or("");
  std::optional<campaign::status> status;
  if (auto name = query.text("status"); name && !(status = campaign::parse_status(*name)))
    query.mistake("status", "unknown_status", "is not a status of campaigns");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_campaigns(asked, status, q); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(
    x.req, "campaigns", show_all(*found, x.svc.time.now()), asked, found->total,
    found->next_cursor);
}

// POST /api/campaigns
answer_of_handler create_campaign(exchange& x) {
  auto read = read_new_campaign(x.text);
  if (!read)
    co_return refuse(x, read.error());
  target::report checked;
  auto rows = co_await check_rows(
    std::move(read->targets), read->draft.max_attempts, x.svc.region(), checked);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto report = checked;
    auto made = w.create_campaign(read->draft);
    if (!made)
      return fail(made.error());
    if (!rows.empty()) {
      if (auto added = w.add_targets(made->id, rows, report); !added)
        return fail(added.error());
      made = w.find_campaign(made->id); // its counters have moved
      if (!made)
        return fail(made.error());
    }
    return outcome{show_created(x, *made, report)};
  };
  co_return co_await transact_once(x, std::move(work));
}

// GET /api/campaigns/{id}
answer_of_handler get_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.find_campaign(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_campaign(x, 200, *found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// PATCH /api/campaigns/{id}   {"action": "start"}
answer_of_handler steer_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto act = read_campaign_act(x.text);
  if (!act)
    co_return refuse(x, act.error());
  if (auto may = permit(x.key->scopes, scopes_for(act->on)); !may)
    co_return refuse(x, may.error());
  if (act->settings || x.req.find("If-Match")) {
    auto work = [&](desk_work& w) { return w.find_campaign(*id); };
    auto known = co_await from_desk(x, work);
    if (!known)
      co_return refuse(x, known.error());
    if (!version_matches(x.req, known->version))
      co_return stale(x, *known);
    if (act->settings) {
      auto checked = campaign::check(campaign::apply(known->settings, *act->settings));
      if (!checked)
        co_return refuse(x, checked.error());
    }
  }
  auto step = step_of(x, *id, std::move(*act));
  auto steered = co_await ask<campaign_steered>(x.svc.engine, std::move(step));
  if (!steered)
    co_return refuse(x, steered.error());
  co_return show_campaign(x, 200, steered->view);
}

// DELETE /api/campaigns/{id}
answer_of_handler delete_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  std::optional<campaign::view> stale_one;
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) -> result<void> {
    stale_one.reset();
    if (x.req.find("If-Match")) {
      auto known = w.find_campaign(*id);
      if (!known)
        return fail(known.error());
      if (!version_matches(x.req, known->version)) {
        stale_one = std::move(*known);
        return {};
      }
    }
    return w.delete_campaign(*id);
  };
  auto done = co_await transact(x, std::move(work));
  if (!done)
    co_return refuse(x, done.error());
  if (stale_one)
    co_return stale(x, *stale_one);
  co_return answer(200, json::object());
}

} // namespace ringmaster::net::handlers
