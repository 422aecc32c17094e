#include "tests/net/console_rig.hpp"

#include <algorithm>
#include <cctype>

namespace ringmaster::net_tests {

namespace {

std::string lowered(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

error gone() { return error{.code = errc::unavailable, .detail = "the database is away"}; }

} // namespace

memory_accounts::person* memory_accounts::find(const user_id& id) {
  for (auto& p : people)
    if (p.view.id == id)
      return &p;
  return nullptr;
}

memory_accounts::person* memory_accounts::find(const std::string& email) {
  for (auto& p : people)
    if (lowered(p.view.email) == lowered(email))
      return &p;
  return nullptr;
}

result<std::optional<account::proof>> memory_accounts::find_proof(const std::string& email) {
  if (away)
    return fail(gone());
  auto p = find(email);
  if (!p)
    return std::optional<account::proof>();
  return std::optional(
      account::proof{p->view.id, p->view.email, p->view.as, p->hash, p->view.disabled});
}

result<void> memory_accounts::note_refusal(
    const account::proof& of, const std::string& address, const account::actor&) {
  trail.push_back("session.refuse " + of.email + " " + address);
  return {};
}

result<void> memory_accounts::open_session(const account::session& s, const account::actor& by) {
  sessions.push_back(s);
  trail.push_back("session.open " + by.name);
  return {};
}

result<std::optional<account::session>> memory_accounts::find_session(const std::string& sha256) {
  ++session_reads;
  if (away)
    return fail(gone());
  for (auto s : sessions)
    if (auto p = find(s.user); s.sha256 == sha256 && p && !p->view.disabled) {
      s.as = p->view.as;
      return std::optional(s);
    }
  return std::optional<account::session>();
}

result<void> memory_accounts::touch_session(const account::session& s, instant at) {
  ++touches;
  for (auto& each : sessions)
    if (each.sha256 == s.sha256)
      each.seen_at = at;
  return {};
}

result<void> memory_accounts::close_session(const account::session& s, const account::actor& by) {
  std::erase_if(sessions, [&](const auto& each) { return each.sha256 == s.sha256; });
  trail.push_back("session.close " + by.name);
  return {};
}

result<std::vector<account::view>> memory_accounts::list() {
  std::vector<account::view> all;
  for (const auto& p : people)
    all.push_back(p.view);
  return all;
}

result<account::view> memory_accounts::add(
    const std::string& email, account::role as, const account::link& first,
    const account::actor& by) {
  if (find(email))
    return fail(errc::duplicate, "there is a user with this address already");
  account::view v{user_id{desk_.make_id()}, email, as, desk_.now, {}, false, false};
  people.push_back({v, ""});
  links[v.id] = first;
  trail.push_back("user.add " + by.name);
  return v;
}

result<account::view>
memory_accounts::alter(const user_id& id, const account::change& what, const account::actor& by) {
  auto p = find(id);
  if (!p)
    return fail(errc::not_found, "there is no such user");
  auto after = p->view;
  after.as = what.as.value_or(after.as);
  after.disabled = what.disabled.value_or(after.disabled);
  auto before = std::exchange(p->view, after);
  bool any = std::any_of(people.begin(), people.end(), [](const person& each) {
    return each.view.as == account::role::operator_ && !each.view.disabled;
  });
  if (!any) {
    p->view = before;
    return fail(errc::wrong_state, "this is the last operator");
  }
  std::erase_if(sessions, [&](const auto& s) { return s.user == id; });
  trail.push_back("user.alter " + by.name);
  return after;
}

result<account::view>
memory_accounts::set_link(const user_id& id, const account::link& fresh, const account::actor& by) {
  auto p = find(id);
  if (!p)
    return fail(errc::not_found, "there is no such user");
  links[id] = fresh;
  trail.push_back("user.link " + by.name);
  return p->view;
}

result<std::optional<account::view>>
memory_accounts::find_link(const std::string& sha256, instant now) {
  for (const auto& [id, link] : links)
    if (link.sha256 == sha256 && link.expires_at > now)
      return std::optional(find(id)->view);
  return std::optional<account::view>();
}

result<account::view> memory_accounts::use_link(
    const std::string& sha256, const std::string& password_hash, instant now,
    const account::actor&) {
  auto owner = find_link(sha256, now);
  if (!*owner)
    return fail(errc::unauthenticated, "used");
  auto p = find((*owner)->id);
  links.erase(p->view.id);
  p->hash = password_hash;
  p->view.has_password = true;
  std::erase_if(sessions, [&](const auto& s) { return s.user == p->view.id; });
  return p->view;
}

result<bool> memory_accounts::anyone_has_password() {
  return std::any_of(people.begin(), people.end(), [](const person& p) { return !p.hash.empty(); });
}

result<account::view> memory_accounts::welcome(
    const std::string& email, const std::string& password_hash, const account::actor&) {
  if (*anyone_has_password())
    return fail(errc::unauthenticated, "used");
  if (!find(email))
    people.push_back({
        {user_id{desk_.make_id()}, email, account::role::operator_, desk_.now, {}, false, true},
        ""
    });
  auto p = find(email);
  p->view.as = account::role::operator_;
  p->view.has_password = true;
  p->hash = password_hash;
  return p->view;
}

console_rig::console_rig() {
  accounts.people.push_back({
      {ann, "ann@example.com", account::role::operator_, desk.now, {}, false, true},
      std::string("hash of ") + ann_password
  });
  accounts.people.push_back({
      {bob, "bob@example.com", account::role::user, desk.now, {}, false, true},
      std::string("hash of ") + bob_password
  });
  services.console = &door;
}

http::response console_rig::as(
    const std::string& cookie, http::method verb, const std::string& target, std::string body,
    headers extra) {
  if (!cookie.empty()) {
    extra.push_back({"Cookie", "theme=dark; " + cookie});
    extra.push_back({"Sec-Fetch-Site", "same-origin"});
    extra.push_back({"X-CSRF-Token", csrf(cookie)});
  }
  return send(verb, target, std::move(body), std::move(extra), false);
}

http::response
console_rig::sign_in(const std::string& email, const std::string& password, headers extra) {
  nlohmann::json body{
      {"email",    email   },
      {"password", password}
  };
  return send(http::method::post, "/api/session", body.dump(), std::move(extra), false);
}

std::string console_rig::cookie_of(const http::response& r) {
  auto set = header_of(r, "Set-Cookie");
  return set.substr(0, set.find(';'));
}

std::string console_rig::signed_in(const std::string& email) {
  return cookie_of(sign_in(email, email.starts_with("ann") ? ann_password : bob_password));
}

std::string console_rig::csrf(const std::string& cookie) {
  return net::csrf_token(cookie.substr(cookie.find('=') + 1));
}

} // namespace ringmaster::net_tests
