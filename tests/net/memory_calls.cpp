#include "tests/net/memory_calls.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ringmaster::net_tests {

namespace {

tl::unexpected<error> never_talked() {
  return fail(errc::not_found, "this call was no conversation");
}
tl::unexpected<error> of_the_engine() { return fail(errc::internal, "the edge does not do this"); }

} // namespace

memory_desk::owned_talk* memory_calls::row_of(const attempt_id& id) {
  for (auto& row : home_.data.talks)
    if (row.user == who_.user && row.view.id == id)
      return &row;
  return nullptr;
}

result<talk::loaded> memory_calls::load(const attempt_id&) { return of_the_engine(); }

result<std::vector<talk::segment>>
memory_calls::transcript(const attempt_id& id, std::int32_t after) {
  std::vector<talk::segment> out;
  if (auto row = row_of(id))
    for (const auto& s : row->said)
      if (s.n > after)
        out.push_back(s);
  return out;
}

result<talk::view> memory_calls::find(const attempt_id& id) {
  auto row = row_of(id);
  if (!row)
    return never_talked();
  return row->view;
}

result<page<call::view>> memory_calls::search(const std::string& q, const page_request& p) {
  page<call::view> out;
  std::int64_t hits = 0;
  for (const auto& [user, c] : home_.data.calls) {
    auto row = row_of(c.id);
    bool hit = user == who_.user && row &&
               std::any_of(row->said.begin(), row->said.end(), [&](const auto& s) {
                 return s.text.find(q) != std::string::npos;
               });
    if (hit && hits++ >= p.offset && static_cast<std::int64_t>(out.items.size()) < p.limit)
      out.items.push_back(c);
  }
  out.total = hits;
  return out;
}

result<void> memory_calls::ask_owner(const attempt_id&, const talk::owner_question&) {
  return of_the_engine();
}

result<talk::owner_question> memory_calls::answer_question(
    const attempt_id& id, std::int32_t n, bool yes, const std::string& note) {
  using state = talk::owner_question::state;
  auto row = row_of(id);
  if (!row)
    return fail(errc::not_found, "there is no such call session");
  for (auto& q : row->view.known.questions) {
    if (q.n != n)
      continue;
    if (q.now != state::open) {
      error why{.code = errc::wrong_state, .detail = "the question is decided"};
      return fail(why);
    }
    q.now = yes ? state::yes : state::no;
    q.note = note;
    if (auto noted = note_control(id, yes ? "call.approve" : "call.decline", q.text); !noted)
      return fail(noted.error());
    return q;
  }
  return fail(errc::not_found, "there is no such question");
}

result<talk::owner_question> memory_calls::close_question(const attempt_id&, std::int32_t) {
  return of_the_engine();
}

result<void> memory_calls::opt_out(const attempt_id&, const std::string&) {
  return of_the_engine();
}

result<void> memory_calls::note_recording(const attempt_id& id, const talk::recording& what) {
  auto row = row_of(id);
  if (!row)
    return never_talked();
  row->view.recording = what;
  return {};
}

result<void> memory_calls::note_control(
    const attempt_id& id, const std::string& action, const std::string& what) {
  audit_view a;
  a.seq = static_cast<std::int64_t>(home_.data.audit.size()) + 1;
  a.at = home_.now;
  a.actor = who_.actor;
  a.action = action;
  a.subject_kind = "call_session";
  a.subject_id = to_string(id);
  a.reason = what;
  a.request_id = who_.request_id;
  home_.data.audit.emplace_back(who_.user, a);
  return {};
}

result<talk::wrapped> memory_calls::wrap_up(
    const attempt_id&, const talk::findings&, const std::string&, const std::string&, bool) {
  return of_the_engine();
}

result<std::vector<std::string>> memory_identities::fields() {
  std::vector<std::string> names;
  for (const auto& [name, value] : home_.data.identities[who_.user])
    names.push_back(name);
  return names;
}

result<void>
memory_identities::write(const std::vector<std::pair<std::string, std::string>>& values) {
  auto& kept = home_.data.identities[who_.user];
  for (const auto& [name, value] : values) {
    if (value.size() > 200)
      return fail_field("/" + name, "too_long", "has more than 200 characters");
    if (value.empty())
      kept.erase(name);
    else
      kept[name] = value;
  }
  return {};
}

result<std::vector<std::pair<std::string, std::string>>> memory_identities::open() {
  const auto& kept = home_.data.identities[who_.user];
  return std::vector<std::pair<std::string, std::string>>(kept.begin(), kept.end());
}

} // namespace ringmaster::net_tests
