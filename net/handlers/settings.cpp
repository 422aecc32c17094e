#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/people.hpp"
#include "domain/window.hpp"
#include "net/handlers/handlers.hpp"
#include "net/task_body.hpp"
#include "net/task_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_settings(const exchange& x, const assistant_settings& s) {
  json doc;
  doc["assistant_settings"] = show(s);
  if (auto window = check(s)) {
    doc["window"] = show(window->read(x.svc.time.now()));
  } else {
    window_reading closed;
    closed.reason = "the calling window cannot be read: " + window.error().detail;
    doc["window"] = show(closed);
  }
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(s.version, out.body)});
  return out;
}

http::response show_profile(const business_profile& p) {
  json doc;
  doc["business_profile"] = show(p);
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(p.version, out.body)});
  return out;
}

} // namespace

// GET /api/assistant-settings
answer_of_handler get_settings(exchange& x) {
  auto work = [&](desk_work& w) { return w.settings().read(); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_settings(x, *found) : refuse(x, found.error());
}

// PUT /api/assistant-settings   {"max_auto_approve_amount": {"amount": "50.00", "currency": "USD"}}
answer_of_handler put_settings(exchange& x) {
  std::optional<std::int64_t> stale;
  auto work = [&](desk_work& w) -> result<assistant_settings> {
    auto before = w.settings().read();
    if (!before)
      return fail(before.error());
    if (!version_matches(x.req, before->version)) {
      stale = before->version;
      return before;
    }
    auto wish = read_settings(x.text, *before);
    if (!wish)
      return fail(wish.error());
    // What was left out is what was read: the version holds the two together.
    return w.settings().write(*wish, before->version);
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  co_return stale ? refuse_stale(x, "document", *stale) : show_settings(x, *done);
}

// GET /api/business-profile
answer_of_handler get_profile(exchange& x) {
  auto work = [&](desk_work& w) { return w.settings().read_profile(); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_profile(*found) : refuse(x, found.error());
}

// PUT /api/business-profile   {"name": "Joe's Garage", "facts": {"parking": "in the yard"}}
answer_of_handler put_profile(exchange& x) {
  std::optional<std::int64_t> stale;
  auto work = [&](desk_work& w) -> result<business_profile> {
    auto before = w.settings().read_profile();
    if (!before)
      return fail(before.error());
    if (!version_matches(x.req, before->version)) {
      stale = before->version;
      return before;
    }
    auto wish = read_profile(x.text, x.svc.region(), *before);
    if (!wish)
      return fail(wish.error());
    return w.settings().write_profile(*wish, before->version);
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  co_return stale ? refuse_stale(x, "document", *stale) : show_profile(*done);
}

} // namespace ringmaster::net::handlers
