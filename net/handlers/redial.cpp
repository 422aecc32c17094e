#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/campaign_body.hpp"
#include "net/handlers/handlers.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

/// So many targets are moved in one transaction: the campaign's permits wait for its end.
constexpr std::int64_t retries_at_once = 2'000;

struct target_place {
  campaign_id campaign;
  target_id target;
};

result<target_place> path_target(const exchange& x) {
  auto campaign = path_id<campaign_id>(x, "campaign");
  if (!campaign)
    return fail(campaign.error());
  auto target = target_id::parse(x.values[1]);
  if (!target)
    return fail(errc::not_found, "there is no such target");
  return target_place{*campaign, *target};
}

using target_act = result<target::view> (campaign_book::*)(const campaign_id&, const target_id&);

asio::awaitable<http::response> act_on(exchange& x, target_act act) {
  auto place = path_target(x);
  if (!place)
    co_return refuse(x, place.error());
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto done = (w.campaigns().*act)(place->campaign, place->target);
    if (!done)
      return fail(done.error());
    json doc;
    doc["target"] = show(*done);
    return outcome{answer(200, doc)};
  };
  auto out = co_await transact_once(x, std::move(work));
  // It has something to dial, or is finished.
  if (out.status == 200)
    x.svc.engine.tell(targets_added{place->campaign});
  co_return out;
}

asio::awaitable<http::response>
retry_in_parts(exchange& x, const campaign_id& id, const retry_filter& which) {
  retried all;
  do {
    auto work = [&](desk_work& w) { return w.campaigns().retry_all(id, which, retries_at_once); };
    auto part = co_await from_desk(x, work);
    if (!part)
      co_return refuse(x, part.error());
    all.moved += part->moved;
    all.left_out = part->left_out;
    all.more = part->more;
  } while (all.more);
  if (all.moved > 0)
    x.svc.engine.tell(targets_added{id});
  json doc;
  doc["retried"] = all.moved;
  doc["left_out"] = all.left_out;
  co_return answer(200, doc);
}

} // namespace

// POST /api/campaigns/{id}/targets/{target_id}/retry
answer_of_handler retry_target(exchange& x) { return act_on(x, &campaign_book::retry); }

// POST /api/campaigns/{id}/targets/{target_id}/skip
answer_of_handler skip_target(exchange& x) { return act_on(x, &campaign_book::skip); }

// POST /api/campaigns/{id}/targets/retry   {"status": "failed", "outcome": "busy"}
answer_of_handler retry_targets(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto which = read_retry_filter(x.text);
  if (!which)
    co_return refuse(x, which.error());
  std::function<asio::awaitable<http::response>()> retry = [&] { return retry_in_parts(x, *id, *which); };
  co_return co_await dial_once(x, std::move(retry));
}

// POST /api/campaigns/{id}/redial   {"outcomes": ["busy", "no_answer"], "name": "..."}
answer_of_handler redial_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto order = read_redial(x.text);
  if (!order)
    co_return refuse(x, order.error());
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto done = w.campaigns().redial(*id, order->outcomes, order->name);
    if (!done)
      return fail(done.error());
    auto made = w.find_campaign(done->made.id); // its counters have moved
    if (!made)
      return fail(made.error());
    json doc;
    doc["campaign"] = show(*made, x.svc.time.now());
    doc["targets"] = done->targets;
    auto out = answer(201, doc);
    out.headers.push_back({"ETag", etag_of(*made, out.body)});
    out.headers.push_back({"Location", "/api/campaigns/" + to_string(made->id)});
    return outcome{std::move(out)};
  };
  co_return co_await transact_once(x, std::move(work));
}

} // namespace ringmaster::net::handlers
