#include "tests/net/memory_campaigns.hpp"

#include <algorithm>

namespace ringmaster::net_tests {

namespace {

result<void> still_goes_on(const campaign::view& c) {
  if (c.state != campaign::status::completed && c.state != campaign::status::canceled)
    return {};
  error why{.code = errc::wrong_state, .detail = "the campaign is over; redial it"};
  why.current_status = campaign::to_string(c.state);
  why.allowed_transitions = {"redial"};
  return fail(std::move(why));
}

} // namespace

campaign::view* memory_campaigns::campaign_of(const campaign_id& id) {
  for (auto& c : home_.data.campaigns)
    if (c.user == who_.user && c.view.id == id)
      return &c.view;
  return nullptr;
}

result<target::view*> memory_campaigns::target_of(const campaign_id& of, const target_id& id) {
  if (campaign_of(of))
    for (auto& [user, t] : home_.data.targets)
      if (t.campaign == of && t.id == id)
        return &t;
  return fail(errc::not_found, "no such target");
}

result<target::view> memory_campaigns::retry(const campaign_id& of, const target_id& id) {
  auto t = target_of(of, id);
  if (!t)
    return fail(t.error());
  if (auto on = still_goes_on(*campaign_of(of)); !on)
    return fail(on.error());
  auto step = target::decide((*t)->state, target::event::reopen);
  if (!step)
    return fail(step.error());
  (*t)->state = step->to;
  (*t)->max_attempts = std::max((*t)->max_attempts, (*t)->attempt_count + 1);
  return **t;
}

result<retried>
memory_campaigns::retry_all(const campaign_id& of, const retry_filter& which, std::int64_t most) {
  auto* c = campaign_of(of);
  if (!c)
    return fail(errc::not_found, "no such campaign");
  if (auto on = still_goes_on(*c); !on)
    return fail(on.error());
  retried done;
  for (auto& [user, t] : home_.data.targets) {
    if (t.campaign != of || t.state != which.status ||
        (which.outcome && t.call_outcome != call::to_string(*which.outcome)))
      continue;
    if (done.moved == most) {
      done.more = true;
      break;
    }
    t.state = target::status::pending;
    ++done.moved;
  }
  return done;
}

result<target::view> memory_campaigns::skip(const campaign_id& of, const target_id& id) {
  auto t = target_of(of, id);
  if (!t)
    return fail(t.error());
  if ((*t)->state == target::status::calling)
    return fail(errc::wrong_state, "the number is being called");
  auto step = target::decide((*t)->state, target::event::skip);
  if (!step)
    return fail(step.error());
  (*t)->state = step->to;
  return **t;
}

result<redialed> memory_campaigns::redial(
    const campaign_id& of, const std::vector<call::outcome>& outcomes, const std::string& name) {
  auto* c = campaign_of(of);
  if (!c)
    return fail(errc::not_found, "no such campaign");
  redialed done;
  done.made = *c;
  done.made.id = campaign_id{home_.make_id()};
  done.made.state = campaign::status::draft;
  done.made.settings.name = name.empty() ? c->settings.name + " (redial)" : name;
  done.made.redial_of = of;
  done.made.counts = {};
  auto before = home_.data.targets;
  for (const auto& [user, t] : before)
    if (t.campaign == of && t.state != target::status::completed &&
        std::any_of(outcomes.begin(), outcomes.end(), [&](auto o) {
          return t.call_outcome == call::to_string(o);
        })) {
      auto copy = t;
      copy.id = target_id{home_.make_id()};
      copy.campaign = done.made.id;
      copy.state = target::status::pending;
      home_.data.targets.emplace_back(user, copy);
      ++done.targets;
    }
  if (done.targets == 0)
    return fail_field("/outcomes", "nothing_to_redial", "no number of this campaign ended so");
  done.made.counts.total = done.made.counts.pending = done.targets;
  home_.data.campaigns.push_back({who_.user, done.made});
  return done;
}

result<page<audit_view>> memory_campaigns::activity(const campaign_id& of, const page_request&) {
  if (!campaign_of(of))
    return fail(errc::not_found, "no such campaign");
  page<audit_view> answer;
  for (const auto& [user, a] : home_.data.audit)
    if (user == who_.user && a.subject_id == to_string(of))
      answer.items.push_back(a);
  return answer;
}

result<chart> memory_campaigns::draw(const campaign_id& of, const chart_request& what) {
  if (!campaign_of(of))
    return fail(errc::not_found, "no such campaign");
  chart answer;
  answer.buckets.push_back({what.from.value_or(home_.now), 2, 1});
  return answer;
}

} // namespace ringmaster::net_tests
