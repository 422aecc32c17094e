#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/text.hpp"
#include "net/api_key.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

struct key_order {
  std::string name;
  std::uint8_t scopes = static_cast<std::uint8_t>(scope::read);
  std::optional<instant> expires_at;
};

result<key_order> read_order(std::string_view body, instant now) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  key_order o;
  r.require("name");
  if (auto name = r.text("name")) {
    o.name = std::string(trimmed(*name));
    auto characters = count_characters(o.name);
    if (!characters || *characters < 1 || *characters > 100 || has_control_character(o.name))
      r.mistake("name", "out_of_range", "must have 1 to 100 characters, none of them control characters");
  }
  if (auto names = r.texts("scopes", 4)) {
    o.scopes = 0;
    for (const auto& name : *names) {
      if (auto s = parse_scope(name))
        o.scopes |= static_cast<std::uint8_t>(*s);
      else
        r.mistake("scopes", "unknown_scope", "must be of read, write, dial, admin");
    }
    if (names->empty())
      r.mistake("scopes", "required", "a key needs at least one scope");
  }
  if (auto at = r.time("expires_at")) {
    o.expires_at = at;
    if (*at <= now)
      r.mistake("expires_at", "out_of_range", "must be in the future");
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return o;
}

outcome show_made(const api_key_view& made, const std::string& text) {
  json doc;
  doc["api_key"] = show(made);
  auto kept = doc;
  doc["key"] = text;
  kept["key"] = nullptr; // the secret is shown once and kept nowhere, not even for a repeat
  outcome out{answer(201, doc)};
  out.stored_body = answer(201, kept).body;
  return out;
}

json show_all(const page<api_key_view>& found) {
  auto items = json::array();
  for (const auto& k : found.items)
    items.push_back(show(k));
  return items;
}

http::response show_me(const exchange& x) {
  json doc;
  doc["user"]["id"] = to_string(x.key->user);
  doc["user"]["email"] = x.key->user_email;
  bool by_cookie = x.key->id == api_key_id{};
  auto& key = doc[by_cookie ? "session" : "api_key"];
  if (!by_cookie)
    key["id"] = to_string(x.key->id);
  key["scopes"] = scope_names(x.key->scopes);
  key["expires_at"] = show(x.key->expires_at);
  return answer(200, doc);
}

} // namespace

// GET /api/api-keys
answer_of_handler list_api_keys(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_api_keys(asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(
    x.req, "api_keys", show_all(*found), asked, found->total, found->next_cursor);
}

// POST /api/api-keys   {"name": "reports", "scopes": ["read"]}
answer_of_handler create_api_key(exchange& x) {
  auto now = x.svc.time.now();
  auto wish = read_order(x.text, now);
  if (!wish)
    co_return refuse(x, wish.error());
  if ((wish->scopes & ~x.key->scopes) != 0)
    co_return refuse(
      x, error{.code = errc::forbidden, .detail = "a key cannot give scopes that it lacks itself"});
  auto made = make_api_key(now, x.svc.random);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto stored = w.create_api_key(
      made.id, wish->name, wish->scopes, made.sha256, made.last_four, wish->expires_at);
    if (!stored)
      return fail(stored.error());
    return show_made(*stored, made.text);
  };
  co_return co_await transact_once(x, std::move(work));
}

// DELETE /api/api-keys/{id}
answer_of_handler delete_api_key(exchange& x) {
  auto id = path_id<api_key_id>(x, "API key");
  if (!id)
    co_return refuse(x, id.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.delete_api_key(*id);
  };
  auto done = co_await transact(x, std::move(work));
  x.svc.keys.forget(*id);
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

// GET /api/me
answer_of_handler who_am_i(exchange& x) { co_return show_me(x); }

} // namespace ringmaster::net::handlers
