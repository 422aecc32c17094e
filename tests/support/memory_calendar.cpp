#include "tests/support/memory_parts.hpp"

#include <tuple>

#include "domain/knowledge_changes.hpp"

namespace ringmaster::support {

class memory_knowledge::calendar_shelf final : public calendar_book, private part {
public:
  explicit calendar_shelf(part p) : part(std::move(p)) {}

  result<calendar::proposal>
  propose(const proposal_id& id, const calendar::proposal_draft& d) override {
    if (auto fine = calendar::check(d); !fine)
      return fail(fine.error());
    std::optional<calendar::event> standing;
    if (d.event) {
      auto* e = row_of(mine().events, *d.event);
      if (!e)
        return no_such_event();
      if (e->cancelled)
        return fail(errc::wrong_state, "this event is cancelled");
      standing = *e;
    }
    if (!d.once.empty())
      for (const auto& row : mine().proposals)
        if (row.once == d.once && row.now.context == d.context)
          return row.now;
    mine().proposals.push_back({calendar::begun(id, d, standing, now()), d.once});
    const auto& p = mine().proposals.back().now;
    tell(calendar::notice_of(p));
    trail("calendar.propose", calendar::proposal_subject, id.value, {}, "pending", p.reason);
    return p;
  }
  result<page<calendar::proposal>>
  list_proposals(const page_request& p, std::optional<calendar::status> state) override {
    std::vector<calendar::proposal> found;
    for (auto row = mine().proposals.rbegin(); row != mine().proposals.rend(); ++row)
      if (!state || row->now.state == *state)
        found.push_back(row->now);
    return part_of(std::move(found), p);
  }
  result<calendar::proposal> find_proposal(const proposal_id& id) override {
    if (auto* p = proposal_with(id))
      return *p;
    return no_such_proposal();
  }
  result<calendar::proposal>
  act(const proposal_id& id, const calendar::act& what,
      std::optional<std::int64_t> if_version) override {
    if (agent())
      return users_only();
    auto* p = proposal_with(id);
    if (!p)
      return no_such_proposal();
    if (if_version && *if_version != p->version)
      return stale(*p);
    auto stepped = calendar::after(*p, what, who.actor, now());
    if (!stepped)
      return stepped;
    if (std::holds_alternative<calendar::approve>(what)) {
      auto* e = p->event ? row_of(mine().events, *p->event) : nullptr;
      auto changed = calendar::applied(
          *stepped, e ? std::optional(*e) : std::nullopt, event_id{home.make_id()}, now());
      if (!changed)
        return fail(changed.error());
      if (e)
        *e = *changed;
      else
        mine().events.push_back(*changed);
      stepped->event = changed->id;
      trail(
          "event." + std::string(calendar::to_string(p->what)), calendar::event_subject,
          changed->id.value);
    }
    trail(
        "calendar." + std::string(calendar::name_of(what)), calendar::proposal_subject, id.value,
        calendar::to_string(p->state), calendar::to_string(stepped->state), stepped->note);
    return *p = *stepped;
  }
  result<std::vector<calendar::conflict>> conflicts(const calendar::proposal& p) override {
    std::vector<calendar::conflict> found;
    if (p.what == calendar::change::cancel)
      return found;
    for (const auto& e : mine().events)
      if (!e.cancelled && e.id != p.event && calendar::overlap(e.as, p.as))
        found.push_back({e.id, std::nullopt, e.as.title, e.as.starts_at, e.as.ends_at});
    for (const auto& row : mine().proposals) {
      const auto& other = row.now;
      if (other.state == calendar::status::pending && other.what != calendar::change::cancel &&
          other.id != p.id && (!p.event || other.event != p.event) &&
          calendar::overlap(other.as, p.as))
        found.push_back(
            {std::nullopt, other.id, other.as.title, other.as.starts_at, other.as.ends_at});
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(a.starts_at, a.ends_at) < std::tie(b.starts_at, b.ends_at);
    });
    found.resize(std::min<std::size_t>(found.size(), 20));
    return found;
  }

  result<page<calendar::event>>
  list_events(const page_request& p, std::optional<instant> since, bool all) override {
    std::vector<calendar::event> found;
    for (const auto& e : by_start())
      if ((all || !e.cancelled) && (!since || e.as.starts_at >= *since))
        found.push_back(e);
    return part_of(std::move(found), p);
  }
  result<calendar::event> find_event(const event_id& id) override {
    if (auto* e = row_of(mine().events, id))
      return *e;
    return no_such_event();
  }
  result<std::vector<calendar::event>> subscribed() override {
    auto all = by_start();
    if (all.size() > 2'000)
      all.erase(all.begin(), all.end() - 2'000);
    return all;
  }

  result<void> set_token(const std::string& sha256) override {
    mine().token = sha256;
    trail("calendar.token", "calendar", who.user.value, {}, sha256.empty() ? "off" : "on");
    return {};
  }
  result<bool> token_fits(const std::string& sha256) override {
    return !sha256.empty() && mine().token == sha256;
  }

private:
  static tl::unexpected<error> no_such_event() { return fail(errc::not_found, "no such event"); }
  static tl::unexpected<error> no_such_proposal() {
    return fail(errc::not_found, "no such proposal");
  }
  calendar::proposal* proposal_with(const proposal_id& id) {
    for (auto& one : mine().proposals)
      if (one.now.id == id)
        return &one.now;
    return nullptr;
  }
  std::vector<calendar::event> by_start() {
    auto all = mine().events;
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::tie(a.as.starts_at, a.id) < std::tie(b.as.starts_at, b.id);
    });
    return all;
  }
};

std::unique_ptr<calendar_book> memory_knowledge::make_calendar(const part& p) {
  return std::make_unique<calendar_shelf>(p);
}

} // namespace ringmaster::support
