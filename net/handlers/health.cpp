#include <nlohmann/json.hpp>

#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/metrics.hpp"
#include "net/problem.hpp"
#include "net/query.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

json checks_of(const health& h) {
  json checks;
  checks["recovered"] = h.recovered;
  checks["database"] = h.database;
  checks["clock_trusted"] = h.clock_trusted;
  checks["carrier_open"] = h.carrier_open;
  checks["stopped"] = h.stopped;
  return checks;
}

http::response show_readiness(const exchange& x, const health& h, bool verbose) {
  // A closed circuit or the global stop are states to look at, not reasons to take traffic away.
  bool ready = h.recovered && h.database && h.clock_trusted;
  json doc;
  if (ready)
    doc["status"] = "ready";
  if (verbose || !ready)
    doc["checks"] = checks_of(h);
  if (ready)
    return answer(200, doc);
  error why{.code = errc::unavailable,
            .detail = !h.detail.empty()  ? h.detail
                      : !h.database      ? "the database is away"
                      : !h.recovered     ? "the engine is still taking up what was going on"
                                         : "the clock is not trusted"};
  return problem(why, x.req.id, doc);
}

http::response show_alive() {
  json doc;
  doc["status"] = "alive";
  doc["version"] = RINGMASTER_VERSION;
  return answer(200, doc);
}

} // namespace

// GET /healthz
answer_of_handler tell_health(exchange&) { co_return show_alive(); }

// GET /readyz?verbose
answer_of_handler tell_readiness(exchange& x) {
  query_reader query(x.req);
  bool verbose = query.flag("verbose", false);
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto found = co_await ask<health>(x.svc.engine, ask_health{});
  co_return found ? show_readiness(x, *found, verbose) : refuse(x, found.error());
}

// GET /metrics
answer_of_handler tell_metrics(exchange& x) {
  http::response out;
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  out.body = write_metrics(x.svc);
  co_return out;
}

} // namespace ringmaster::net::handlers
