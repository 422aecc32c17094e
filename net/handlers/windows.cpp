#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "domain/window.hpp"
#include "domain/zone.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

struct question {
  std::optional<calling_window> window;
  std::optional<instant> at;
  std::int64_t count = 0;
};

result<question> read_question(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  question q;
  for (auto name : {"timezone", "allowed_call_start_time", "allowed_call_end_time",
                    "allowed_days_of_week"})
    r.require(name);
  auto zone = r.text("timezone");
  auto start = r.text("allowed_call_start_time");
  auto end = r.text("allowed_call_end_time");
  auto days = r.texts("allowed_days_of_week", 7);
  q.at = r.time("at");
  q.count = r.integer("count", 0, 100).value_or(0);
  r.finish();
  if (zone && start && end && days) {
    auto window = calling_window::parse(*zone, *start, *end, *days);
    if (window)
      q.window = std::move(*window);
    else
      r.take(window.error().fields);
  }
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  if (!q.window)
    return fail(errc::invalid, "the window cannot be read");
  return q;
}

http::response show_answer(const question& q, instant now) {
  auto at = q.at.value_or(now);
  auto doc = show(q.window->read(at));
  doc["at"] = to_rfc3339(at);
  doc["timezone"] = q.window->where().name();
  if (q.count > 0) {
    auto& next = doc["next_openings"] = json::array();
    for (auto t : q.window->next_openings(at, static_cast<std::size_t>(q.count)))
      next.push_back(to_rfc3339(t));
  }
  return answer(200, doc);
}

/// Whatever goes wrong in a window check, the answer is also: not allowed.
http::response show_doubt(const exchange& x, const error& why) {
  json extra;
  extra["allowed"] = false;
  extra["reason"] = why.detail;
  return problem(why, x.req.id, extra);
}

http::response show_timezones() {
  json doc;
  auto& items = doc["timezones"] = json::array();
  for (const auto& known : zone::names()) {
    json one;
    one["name"] = known.name;
    one["canonical"] = known.canonical;
    items.push_back(std::move(one));
  }
  doc["total"] = items.size();
  return answer(200, doc);
}

} // namespace

// POST /api/call-window/check
answer_of_handler check_window(exchange& x) {
  auto q = read_question(x.text);
  co_return q ? show_answer(*q, x.svc.time.now()) : show_doubt(x, q.error());
}

// GET /api/timezones
answer_of_handler list_timezones(exchange&) { co_return show_timezones(); }

} // namespace ringmaster::net::handlers
