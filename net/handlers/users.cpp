#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/text.hpp"
#include "net/console.hpp"
#include "net/handlers/console.hpp"
#include "net/json.hpp"
#include "net/views.hpp"

// The accounts, for operators.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

error no_accounts() {
  return error{.code = errc::not_found, .detail = "this engine keeps no accounts for people"};
}

json show_user(const account::view& v) {
  json doc;
  doc["id"] = to_string(v.id);
  doc["email"] = v.email;
  doc["role"] = std::string(account::to_string(v.as));
  doc["created_at"] = show(std::optional(v.created_at));
  doc["last_seen_at"] = show(v.last_seen_at);
  doc["disabled"] = v.disabled;
  doc["has_password"] = v.has_password;
  return doc;
}

/// Where the one who asks has found us; else where others do.
std::string link_to(const exchange& x, const std::string& token) {
  auto origin = x.req.find("Origin");
  auto base = origin && is_same_origin(x.svc, x.req) ? *origin + x.svc.settings.http.base_path
                                                      : config::page_url(x.svc.settings);
  return base + "/welcome#token=" + token;
}

http::response show_with_link(
    const exchange& x, int status, const account::view& user, const secret_text& token,
    instant until) {
  json doc;
  doc["user"] = show_user(user);
  doc["welcome_url"] = link_to(x, token.text);
  doc["welcome_expires_at"] = show(std::optional(until));
  return answer(status, doc);
}

std::optional<account::role> read_role(object_reader& r) {
  auto name = r.text("role", 40);
  if (!name)
    return std::nullopt;
  auto role = account::parse_role(*name);
  if (!role)
    r.mistake("role", "unknown", "must be user or operator");
  return role;
}

} // namespace

// GET /api/users
answer_of_handler list_users(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_accounts());
  auto work = [](account::book& b) { return b.list(); };
  auto found = co_await in_room<std::vector<account::view>>(*x.svc.console, std::move(work));
  if (!found)
    co_return refuse(x, found.error());
  json doc;
  auto& users = doc["users"] = json::array();
  for (const auto& v : *found)
    users.push_back(show_user(v));
  co_return answer(200, doc);
}

// POST /api/users   {"email": "bob@example.com", "role": "user"}
answer_of_handler add_user(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_accounts());
  auto value = parse_json(x.text);
  if (!value)
    co_return refuse(x, value.error());
  object_reader r(*value);
  r.require("email");
  std::string email;
  if (auto text = r.text("email", 400)) {
    email = std::string(trimmed(*text));
    if (!account::is_address(email))
      r.mistake("email", "invalid", "this is not an e-mail address");
  }
  auto role = read_role(r).value_or(account::role::user);
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    co_return refuse(x, verdict.error());
  auto token = make_secret(x.svc.random);
  account::link first{token.sha256, x.svc.time.now() + account::link_life};
  account::actor by{x.who.actor, x.req.id};
  auto work = [=](account::book& b) { return b.add(email, role, first, by); };
  auto made = co_await in_room<account::view>(*x.svc.console, std::move(work));
  co_return made ? show_with_link(x, 201, *made, token, first.expires_at) : refuse(x, made.error());
}

// PATCH /api/users/{id}   {"role": "operator", "disabled": false}
answer_of_handler alter_user(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_accounts());
  auto id = path_id<user_id>(x, "user");
  if (!id)
    co_return refuse(x, id.error());
  auto value = parse_json(x.text);
  if (!value)
    co_return refuse(x, value.error());
  object_reader r(*value);
  account::change what;
  what.as = read_role(r);
  what.disabled = r.boolean("disabled");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    co_return refuse(x, verdict.error());
  account::actor by{x.who.actor, x.req.id};
  auto work = [id = *id, what, by](account::book& b) { return b.alter(id, what, by); };
  auto after = co_await in_room<account::view>(*x.svc.console, std::move(work));
  x.svc.console->sessions.forget_all();
  if (!after)
    co_return refuse(x, after.error());
  json doc;
  doc["user"] = show_user(*after);
  co_return answer(200, doc);
}

// POST /api/users/{id}/password-link
answer_of_handler make_password_link(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_accounts());
  auto id = path_id<user_id>(x, "user");
  if (!id)
    co_return refuse(x, id.error());
  auto token = make_secret(x.svc.random);
  account::link fresh{token.sha256, x.svc.time.now() + account::link_life};
  account::actor by{x.who.actor, x.req.id};
  auto work = [id = *id, fresh, by](account::book& b) { return b.set_link(id, fresh, by); };
  auto user = co_await in_room<account::view>(*x.svc.console, std::move(work));
  co_return user ? show_with_link(x, 201, *user, token, fresh.expires_at) : refuse(x, user.error());
}

} // namespace ringmaster::net::handlers
