#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/text.hpp"
#include "net/console.hpp"
#include "net/handlers/console.hpp"
#include "net/json.hpp"
#include "net/views.hpp"

// The console's door: signing in and out, and the links with which a password is set.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

error no_console() {
  return error{.code = errc::not_found, .detail = "this engine has no sign-in; its API takes keys"};
}

error wrong_password() {
  return error{
      .code = errc::unauthenticated,
      .detail = "this address and this password do not belong together"};
}

struct wish {
  std::string email, password, token;
};

result<wish> read_wish(std::string_view body, bool with_token) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  wish w;
  r.require("password");
  if (auto email = r.text("email", 400))
    w.email = std::string(trimmed(*email));
  if (auto password = r.text("password", 1'000))
    w.password = *password;
  if (with_token) {
    r.require("token");
    if (auto token = r.text("token", 200))
      w.token = *token;
  } else {
    r.require("email");
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return w;
}

/// The console is served to people by a simulated carrier on this machine, or by a real one.
bool is_simulated(const services& svc) {
  const auto& url = svc.settings.carrier.base_url;
  return url.starts_with("http://");
}

http::response
show_session(const exchange& x, int status, const account::session& s, const std::string& text) {
  json doc;
  doc["user"]["id"] = to_string(s.user);
  doc["user"]["email"] = s.email;
  doc["user"]["role"] = std::string(account::to_string(s.as));
  doc["csrf_token"] = csrf_token(text);
  doc["expires_at"] = show(std::optional(account::session_end(s.created_at, s.seen_at)));
  auto& here = doc["installation"];
  here["version"] = RINGMASTER_VERSION;
  here["simulated"] = is_simulated(x.svc);
  here["time_zone"] = x.svc.console->time_zone;
  return answer(status, doc);
}

http::response begin(const exchange& x, const account::session& s, const std::string& text) {
  auto out = show_session(x, 200, s, text);
  out.headers.push_back({"Set-Cookie", set_cookie(x.svc, x.req, text)});
  return out;
}

account::session fresh_session(const exchange& x, const secret_text& secret) {
  account::session s;
  s.sha256 = secret.sha256;
  s.created_at = s.seen_at = x.svc.time.now();
  s.address = account::shorten_address(x.req.remote_address);
  return s;
}

account::actor actor_of(const user_id& user, const std::string& request_id) {
  return {"user:" + to_string(user), request_id};
}

/// The session that the request still carries ends with the sign-in.
void close_earlier(
    account::book& b, const std::optional<secret_text>& earlier, const std::string& request_id) {
  if (!earlier)
    return;
  auto found = b.find_session(earlier->sha256);
  if (found && *found)
    (void)b.close_session(**found, actor_of((*found)->user, request_id));
}

/// What both ways in have in common; the wait is zero, or an error says how long it is.
result<void> check_try(exchange& x, const std::string& email) {
  auto& at = *x.svc.console;
  if (is_foreign(x.svc, x.req))
    return fail(errc::forbidden, "this was not sent by a page of the console");
  auto wait = at.tries.admit(email, x.req.remote_address, x.svc.time.boot());
  if (wait <= std::chrono::seconds(0))
    return {};
  error why{.code = errc::rate_limited, .detail = "too many tries; wait a little"};
  why.retry_after = wait;
  return fail(why);
}

std::optional<secret_text> earlier_session(const exchange& x) {
  auto cookie = read_session(x.svc, x.req);
  return cookie ? *cookie : std::nullopt;
}

result<account::session>
sign_in_by_password(account::book& b, const wish& w, account::session s, const account::actor& by) {
  auto known = b.find_proof(w.email);
  if (!known)
    return fail(known.error());
  // The same work whoever it is.
  bool right = b.fits(w.password, *known ? (*known)->password_hash : std::string());
  if (!*known)
    return fail(wrong_password());
  if (!right || (*known)->disabled) {
    (void)b.note_refusal(**known, s.address, by);
    return fail(wrong_password());
  }
  s.user = (*known)->user;
  s.email = (*known)->email;
  s.as = (*known)->as;
  if (auto opened = b.open_session(s, actor_of(s.user, by.request_id)); !opened)
    return fail(opened.error());
  return s;
}

result<account::session> sign_in_by_link(
    console& at, account::book& b, const wish& w, const secret_text& token, account::session s,
    const account::actor& by) {
  error used{.code = errc::unauthenticated, .detail = "this link was used already, or is too old"};
  bool first = at.first.fits(token.sha256, s.created_at);
  auto email = w.email;
  if (!first) {
    auto owner = b.find_link(token.sha256, s.created_at);
    if (!owner)
      return fail(owner.error());
    if (!*owner)
      return fail(used);
    auto same = b.find_proof(email);
    if (!same)
      return fail(same.error());
    if (!email.empty() && (!*same || (*same)->user != (*owner)->id))
      return fail_field("/email", "invalid", "this link was made for another address");
    email = (*owner)->email;
  } else if (!account::is_address(email)) {
    return fail_field("/email", "invalid", "this is not an e-mail address");
  }
  if (auto fine = account::check_password(w.password, email); !fine)
    return fail(fine.error());
  auto hash = b.hash_password(w.password);
  if (!hash)
    return fail(hash.error());
  auto user =
      first ? b.welcome(email, *hash, by) : b.use_link(token.sha256, *hash, s.created_at, by);
  if (!user)
    return fail(user.error());
  at.first.close(); // somebody has a password now
  s.user = user->id;
  s.email = user->email;
  s.as = user->as;
  if (auto opened = b.open_session(s, actor_of(s.user, by.request_id)); !opened)
    return fail(opened.error());
  return s;
}

} // namespace

// GET /api/session
answer_of_handler read_own_session(exchange& x) {
  auto cookie = read_session(x.svc, x.req);
  if (!cookie)
    co_return refuse(x, cookie.error());
  if (!*cookie)
    co_return refuse(x, error{.code = errc::not_found, .detail = "an API key has no session"});
  auto found = co_await find_session(x.svc, **cookie, false);
  co_return found ? show_session(x, 200, **found, (*cookie)->text) : refuse(x, found.error());
}

// POST /api/session   {"email": "ann@example.com", "password": "…"}
answer_of_handler sign_in(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_console());
  auto asked = read_wish(x.text, false);
  if (!asked)
    co_return refuse(x, asked.error());
  if (auto may = check_try(x, asked->email); !may)
    co_return refuse(x, may.error());
  auto secret = make_secret(x.svc.random);
  auto session = fresh_session(x, secret);
  auto earlier = earlier_session(x);
  account::actor by{"sign-in", x.req.id};
  auto work = [w = *asked, session, earlier, by](account::book& b) -> result<account::session> {
    auto opened = sign_in_by_password(b, w, session, by);
    if (opened)
      close_earlier(b, earlier, by.request_id);
    return opened;
  };
  auto opened = co_await in_room<account::session>(*x.svc.console, std::move(work));
  if (!opened)
    co_return refuse(x, opened.error());
  if (earlier)
    x.svc.console->sessions.forget(earlier->sha256);
  x.svc.console->tries.welcome(asked->email, x.req.remote_address);
  co_return begin(x, *opened, secret.text);
}

// DELETE /api/session
answer_of_handler sign_out(exchange& x) {
  auto cookie = read_session(x.svc, x.req);
  if (!cookie)
    co_return refuse(x, cookie.error());
  if (!*cookie)
    co_return refuse(x, error{.code = errc::not_found, .detail = "an API key has no session"});
  auto session = **cookie;
  auto work = [session, id = x.req.id](account::book& b) -> result<bool> {
    auto found = b.find_session(session.sha256);
    if (!found)
      return fail(found.error());
    if (*found)
      if (auto closed = b.close_session(**found, actor_of((*found)->user, id)); !closed)
        return fail(closed.error());
    return true;
  };
  auto done = co_await in_room<bool>(*x.svc.console, std::move(work));
  x.svc.console->sessions.forget(session.sha256);
  if (!done)
    co_return refuse(x, done.error());
  http::response out;
  out.status = 204;
  out.content_type.clear();
  out.headers.push_back({"Set-Cookie", drop_cookie(x.svc, x.req)});
  co_return out;
}

// POST /api/session/welcome   {"token": "…", "email": "ann@example.com", "password": "…"}
answer_of_handler enter_by_link(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, no_console());
  auto asked = read_wish(x.text, true);
  if (!asked)
    co_return refuse(x, asked.error());
  auto token = read_secret(asked->token);
  if (auto may = check_try(x, "by link"); !may)
    co_return refuse(x, may.error());
  if (!token)
    co_return refuse(
        x,
        error{
            .code = errc::unauthenticated, .detail = "this link was used already, or is too old"});
  auto secret = make_secret(x.svc.random);
  auto session = fresh_session(x, secret);
  auto earlier = earlier_session(x);
  account::actor by{"link", x.req.id};
  auto work = [at = x.svc.console, w = *asked, t = *token, session, earlier,
               by](account::book& b) -> result<account::session> {
    auto opened = sign_in_by_link(*at, b, w, t, session, by);
    if (opened)
      close_earlier(b, earlier, by.request_id);
    return opened;
  };
  auto opened = co_await in_room<account::session>(*x.svc.console, std::move(work));
  if (!opened)
    co_return refuse(x, opened.error());
  x.svc.console->sessions.forget_all(); // the account's earlier sessions have ended
  x.svc.console->tries.welcome("by link", x.req.remote_address);
  co_return begin(x, *opened, secret.text);
}

} // namespace ringmaster::net::handlers
