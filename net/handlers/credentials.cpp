#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/money_json.hpp"
#include "net/query.hpp"
#include "net/task_views.hpp"

// Secrets of a user: they come in here and never go out again.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t secret_bytes_max = 4096;
constexpr std::string_view carrier_name = "carrier";

/// The {name} of the path: "carrier", or a provider of models.
result<std::string> path_name(const exchange& x) {
  auto name = x.values[0];
  bool sane =
      !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  if (!sane)
    return fail(errc::not_found, "there is no such credential");
  return std::string(name);
}

struct secret_order {
  std::string label;
  std::string secret;
};

/// A text that may go into the header of a request: visible ASCII.
std::string take_secret(object_reader& r, std::string_view name) {
  r.require(name);
  auto text = r.text(name, secret_bytes_max / 2);
  if (!text)
    return {};
  bool sane = !text->empty() &&
              std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!sane)
    r.mistake(name, "not_a_secret", "must be visible ASCII characters without spaces");
  return *text;
}

/// What of a key may be shown, so that its owner knows which one it is; nothing of a short one.
std::string label_of(const std::string& secret) {
  constexpr std::size_t shown = 4;
  return secret.size() >= 4 * shown ? "…" + secret.substr(secret.size() - shown) : "set";
}

result<secret_order> read_order(std::string_view body, std::string_view name) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  secret_order o;
  if (name == carrier_name) {
    json both;
    o.label = take_secret(r, "account_sid");
    both["account_sid"] = o.label;
    both["auth_token"] = take_secret(r, "auth_token");
    o.secret = both.dump();
  } else {
    o.secret = take_secret(r, "api_key");
    o.label = label_of(o.secret);
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return o;
}

http::response show_one(const vault::entry& e) {
  json doc;
  doc["credential"] = show(e);
  return answer(200, doc);
}

http::response show_list(const std::vector<vault::entry>& all) {
  json doc;
  auto& items = doc["credentials"] = json::array();
  for (const auto& e : all)
    items.push_back(show(e));
  doc["total"] = all.size();
  return answer(200, doc);
}

struct costs {
  std::vector<usage_book::line> lines;
  std::int64_t spent_today = 0;
  std::optional<money> budget;
};

http::response show_costs(const costs& c, std::int64_t days) {
  json doc;
  doc["days"] = days;
  auto& items = doc["usage"] = json::array();
  for (const auto& l : c.lines)
    items.push_back(show(l));
  doc["spent_today"] = show_money(money{c.spent_today});
  doc["daily_model_budget"] = show_money(c.budget);
  return answer(200, doc);
}

} // namespace

// GET /api/credentials
answer_of_handler list_credentials(exchange& x) {
  auto work = [&](desk_work& w) { return w.vault().list(); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_list(*found) : refuse(x, found.error());
}

// PUT /api/credentials/{name}   {"api_key": "..."}, for "carrier" {"account_sid", "auth_token"}
answer_of_handler put_credential(exchange& x) {
  auto name = path_name(x);
  if (!name)
    co_return refuse(x, name.error());
  auto order = read_order(x.text, *name);
  if (!order)
    co_return refuse(x, order.error());
  auto work = [&](desk_work& w) { return w.vault().put(*name, order->label, order->secret); };
  auto done = co_await from_desk(x, work);
  co_return done ? show_one(*done) : refuse(x, done.error());
}

// DELETE /api/credentials/{name}
answer_of_handler delete_credential(exchange& x) {
  auto name = path_name(x);
  if (!name)
    co_return refuse(x, name.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.vault().remove(*name);
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

// GET /api/model-usage?days=7
answer_of_handler report_usage(exchange& x) {
  query_reader query(x.req);
  auto days = query.integer("days", 1, 366).value_or(30);
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) -> result<costs> {
    auto lines = w.usage().report(static_cast<int>(days));
    if (!lines)
      return fail(lines.error());
    auto spent = w.usage().spent_today();
    if (!spent)
      return fail(spent.error());
    auto settings = w.settings().read();
    if (!settings)
      return fail(settings.error());
    return costs{std::move(*lines), *spent, settings->daily_model_budget};
  };
  auto found = co_await from_desk(x, work);
  co_return found ? show_costs(*found, days) : refuse(x, found.error());
}

} // namespace ringmaster::net::handlers
