#include "net/application.hpp"

#include <algorithm>
#include <utility>

#include "net/console.hpp"
#include "net/exchange.hpp"
#include "net/problem.hpp"
#include "net/proxy.hpp"
#include "net/routes.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t idle_body_max = 64 * 1024; ///< of a body that nobody reads

std::string_view media_type(const http::request& head) {
  auto type = head.header_or("Content-Type");
  type = type.substr(0, type.find(';'));
  return type.substr(0, type.find_last_not_of(' ') + 1);
}

bool is_type(std::string_view type, std::string_view wanted) {
  return std::equal(type.begin(), type.end(), wanted.begin(), wanted.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

result<http::body_policy> json_policy(const http::request& head, const services& svc) {
  auto type = media_type(head);
  if (!type.empty() && !is_type(type, "application/json"))
    return fail(errc::unsupported_type, "send the body as application/json");
  return http::body_policy{.limit = svc.settings.limits.body_bytes, .stream = true};
}

result<http::body_policy> list_policy(const http::request& head, const services& svc) {
  auto type = media_type(head);
  if (is_type(type, "application/json") || is_type(type, "text/csv") || is_type(type, "application/x-ndjson"))
    return http::body_policy{.limit = svc.settings.limits.list_body_bytes, .stream = true};
  return fail(
    errc::unsupported_type, "send the list as application/json, application/x-ndjson or text/csv");
}

/// By their form alone: a cookie of a session, or a key.
result<void> check_credentials(const services& svc, const http::request& head) {
  auto cookie = read_session(svc, head);
  if (!cookie)
    return fail(cookie.error());
  if (*cookie)
    return {};
  auto key = read_credentials(head);
  return key ? result<void>{} : fail(key.error());
}

/// Routes about the engine and its accounts, not about one user's things.
bool is_for_operators(const route& line) {
  return line.pattern.starts_with("/api/admin/") || line.pattern.starts_with("/api/users");
}

/// Checks what a session's cookie alone does not prove, and who is an operator.
result<void> admit(const exchange& x) {
  auto cookie = read_session(x.svc, x.req);
  if (!cookie)
    return fail(cookie.error());
  if (*cookie)
    if (auto ours = check_write(x.svc, x.req, **cookie); !ours)
      return ours;
  if (auto may = permit(x.key->scopes, x.where.scopes); !may)
    return may;
  if (is_for_operators(x.where) && (x.key->scopes & account::operator_mark) == 0)
    return fail(errc::forbidden, "this is for operators");
  return {};
}

/// Reads what the route reads, and runs it.
asio::awaitable<http::response> run(exchange& x) {
  if (x.where.body == body_kind::json && x.body) {
    auto text = co_await read_all(*x.body);
    if (!text)
      co_return refuse(x, text.error());
    x.text = std::move(*text);
  } else if (x.where.body != body_kind::list) {
    x.text = std::move(x.req.body);
  }
  co_return co_await x.where.run(x);
}

/// A request of the carrier about a call, as it was answered.
void note_hook(
  services& svc, hook_note note, const http::response& said, std::chrono::nanoseconds took) {
  // What passed the first checks and was still refused, or could not be stored.
  if (note.verdict == "accepted" && said.status >= 400)
    note.verdict = said.status >= 500 ? "not_stored" : "malformed";
  note.answer_status = said.status;
  note.answer_bytes = static_cast<std::int64_t>(said.body.size());
  note.took = std::chrono::duration_cast<std::chrono::microseconds>(took);
  svc.hook_log.note(std::move(note));
}

/// A value that no page can guess before it is sent.
std::string make_nonce(random_source& random) { return make_secret(random).text; }

} // namespace

std::vector<listener> listeners_of(const config::settings& settings) {
  const auto& http = settings.http;
  bool own_webhooks = !http.webhooks_listen.empty();
  bool own_admin = !http.admin_listen.empty();
  std::vector<listener> all;
  all.push_back(
    {"main", http.listen,
     {.everybody = true, .users = true, .carrier = !own_webhooks, .operators = !own_admin}});
  if (own_webhooks)
    all.push_back(
      {"webhooks", http.webhooks_listen,
       {.everybody = false, .users = false, .carrier = true, .operators = false}});
  if (own_admin)
    all.push_back(
      {"admin", http.admin_listen,
       {.everybody = true, .users = false, .carrier = false, .operators = true}});
  return all;
}

bool application::served(audience who) const {
  switch (who) {
    case audience::everybody:
      return serves_.everybody;
    case audience::users:
      return serves_.users;
    case audience::carrier:
      return serves_.carrier;
    case audience::operators:
      return serves_.operators;
  }
  return false;
}

match application::find(const http::request& head) const {
  auto m = find_route(routes(), head.verb, head.path);
  if (m.found && !served(m.found->who))
    return {};
  return m;
}

void application::arrived(http::request& head) { undo_proxies(svc_.settings, head); }

result<http::body_policy> application::policy(const http::request& head) {
  auto m = find(head);
  if (!m.found && serves_.users && svc_.console && svc_.console->files.knows(head))
    return http::body_policy{.limit = idle_body_max, .stream = false};
  if (!m.found && !m.allow.empty())
    return fail(errc::method_not_allowed, "this path knows " + m.allow);
  if (!m.found)
    return fail(errc::not_found, "there is nothing at this path");
  if (m.found->who == audience::users)
    if (auto credentials = check_credentials(svc_, head); !credentials)
      return fail(credentials.error());
  switch (m.found->body) {
    case body_kind::none:
      return http::body_policy{.limit = idle_body_max, .stream = false};
    case body_kind::form:
      return http::body_policy{.limit = svc_.settings.limits.hook_body_bytes, .stream = false};
    case body_kind::json:
      return json_policy(head, svc_);
    case body_kind::list:
      return list_policy(head, svc_);
  }
  return fail(errc::internal, "a route with an unknown kind of body");
}

asio::awaitable<http::response> application::handle(
  http::request req, http::body_reader* body) {
  auto m = find(req);
  if (!m.found) {
    if (serves_.users && svc_.console && svc_.console->files.knows(req)) {
      auto page = svc_.console->files.serve(req, make_nonce(svc_.random));
      secure(page);
      co_return page;
    }
    auto known = policy(req);
    co_return refuse(
      &req, 0, known ? error{.code = errc::not_found, .detail = "there is nothing at this path"}
                     : known.error());
  }
  exchange x{svc_, req, *m.found, m.values, body};
  if (m.found->who == audience::carrier) {
    auto began = svc_.time.boot();
    auto said = co_await m.found->run(x);
    if (x.hook)
      note_hook(svc_, std::move(*x.hook), said, svc_.time.boot() - began);
    co_return said;
  }
  http::response out;
  if (m.found->who == audience::users)
    out = co_await serve_user(x);
  else
    out = co_await run(x);
  secure(out);
  relocate(out);
  co_return out;
}

asio::awaitable<http::response> application::serve_user(exchange& x) {
  bool stopping = x.where.operation == "stopEverything";
  auto key = co_await authenticate(svc_, x.req, stopping);
  if (!key)
    co_return net::refuse(x, key.error());
  x.key = std::move(*key);
  x.who.user = x.key->user;
  x.who.actor = x.key->id == api_key_id{} ? "user:" + to_string(x.key->user) : "key:" + to_string(x.key->id);
  x.who.request_id = x.req.id;
  if (auto may = admit(x); !may)
    co_return net::refuse(x, may.error());
  co_return co_await run(x);
}

http::response application::refuse(const http::request* head, int status, const error& why) {
  std::string_view id = head ? std::string_view(head->id) : std::string_view();
  auto out = status == 0 ? problem(why, id) : edge_problem(status, why, id);
  if (out.status == 405 && head)
    out.headers.push_back({"Allow", find(*head).allow});
  secure(out);
  return out;
}

bool application::exempt(const http::request& head) {
  auto m = find(head);
  return m.found && m.found->who == audience::carrier;
}

void application::relocate(http::response& out) const {
  const auto& base = svc_.settings.http.base_path;
  if (base.empty())
    return;
  for (auto& h : out.headers)
    if (h.name == "Location" && h.value.starts_with('/'))
      h.value.insert(0, base);
    else if (h.name == "Link" && h.value.starts_with("</"))
      h.value.insert(1, base);
}

void application::secure(http::response& out) const {
  auto& h = out.headers;
  auto says_itself = [&](std::string_view name) {
    return std::any_of(h.begin(), h.end(), [&](const http::header& one) { return one.name == name; });
  };
  if (!says_itself("Cache-Control"))
    h.push_back({"Cache-Control", "no-store"});
  if (!says_itself("Content-Security-Policy"))
    h.push_back({"Content-Security-Policy", content_policy()});
  h.push_back({"X-Content-Type-Options", "nosniff"});
  h.push_back({"Referrer-Policy", "no-referrer"});
  h.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  h.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  if (svc_.settings.http.public_url.starts_with("https://"))
    h.push_back({"Strict-Transport-Security", "max-age=31536000"});
}

} // namespace ringmaster::net
