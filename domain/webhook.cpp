#include "domain/webhook.hpp"

#include <algorithm>
#include <array>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::webhook {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 12> all_topics{
    "call.completed",
    "call.processed",
    "call_task.completed",
    "call_task.failed",
    "call_task.needs_clarification",
    "call_task.needs_approval",
    "campaign.completed",
    "campaign.paused",
    "knowledge_gap.opened",
    "calendar.proposed",
    "opt_out.recorded",
    test_topic,
};

constexpr auto statuses = vocabulary_of<status>("pending", "sending", "delivered", "failed");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::failed) + 1);

constexpr std::array<step, 7> all_steps{
    {
     {status::pending, "claim", status::sending},
     {status::sending, "claim", status::sending}, // its lease ran out
        {status::sending, "accept", status::delivered},
     {status::sending, "refuse", status::pending},
     {status::sending, "give_up", status::failed},
     {status::delivered, "replay", status::pending},
     {status::failed, "replay", status::pending},
     }
};

constexpr std::array<std::chrono::seconds, 7> all_delays{5s, 5min, 30min, 2h, 5h, 10h, 10h};

constexpr std::size_t url_most = 2'000;

std::string ports_sentence() { return "must be https at port 443 or 8443"; }

bool secure(const destination& to) { return to.tls && (to.port == "443" || to.port == "8443"); }

bool is_this_machine(std::string_view host) {
  auto same = [](std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
             return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
           });
  };
  if (host.ends_with('.'))
    host.remove_suffix(1);
  return same(host, "localhost") ||
         (host.size() > 10 && same(host.substr(host.size() - 10), ".localhost"));
}

} // namespace

std::span<const std::string_view> topics() { return all_topics; }
bool is_topic(std::string_view text) {
  return std::find(all_topics.begin(), all_topics.end(), text) != all_topics.end();
}

result<draft> check(draft d, const destination& to, const std::vector<ip_network>& allowed) {
  mistakes wrong;
  wrong.check_text("/description", d.description, 0, 200);
  if (d.url.size() > url_most)
    wrong.add("/url", "too_long", "must have at most 2,000 characters");
  if (auto address = parse_address(to.host)) {
    if (auto why = why_not(to, *address, allowed))
      wrong.add("/url", "not_allowed", *why);
  } else if (allowed.empty()) {
    // With a list of the operator's, what the name resolves to decides, each time.
    if (is_this_machine(to.host))
      wrong.add("/url", "not_allowed", "is this machine");
    else if (!secure(to))
      wrong.add("/url", "not_allowed", ports_sentence());
  }
  for (std::size_t i = 0; i < d.topics.size(); ++i)
    if (!is_topic(d.topics[i]))
      wrong.add("/topics/" + std::to_string(i), "unknown", "is not one of the topics");
  if (!wrong.none())
    return fail(wrong.take());
  d.description = trimmed(d.description);
  std::sort(d.topics.begin(), d.topics.end());
  d.topics.erase(std::unique(d.topics.begin(), d.topics.end()), d.topics.end());
  return d;
}

std::optional<std::string>
why_not(const destination& to, const ip_address& address, const std::vector<ip_network>& allowed) {
  if (within(allowed, address))
    return std::nullopt;
  if (auto why = why_not_public(address))
    return "is at an address that is not public (" + std::string(*why) + ")";
  if (!secure(to))
    return ports_sentence();
  return std::nullopt;
}

std::string_view to_string(status s) { return statuses[s]; }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }
std::span<const step> steps() { return all_steps; }
std::span<const std::chrono::seconds> delays() { return all_delays; }

verdict judge(const parcel& sent, const answer& what, instant now, std::uint64_t random) {
  verdict v;
  if (what.status >= 200 && what.status < 300)
    return v;
  v.error =
      !what.error.empty() ? what.error : "the address answered " + std::to_string(what.status);
  if (what.status >= 300 && what.status < 400)
    v.error += "; redirects are not followed";
  v.to = status::failed;
  if (what.status == 410) {
    v.disable = "the address answered 410: it is gone";
    return v;
  }
  if (sent.failing_since && now - *sent.failing_since >= patience)
    v.disable = "nothing was taken for 5 days";
  auto tries = static_cast<std::size_t>(std::max(sent.attempt, 1));
  if (tries > all_delays.size())
    return v;
  auto delay = std::chrono::duration_cast<std::chrono::microseconds>(all_delays[tries - 1]);
  delay += std::chrono::microseconds(random % (static_cast<std::uint64_t>(delay.count()) / 10 + 1));
  if (what.retry_after)
    delay = std::max<std::chrono::microseconds>(
        delay, std::min<std::chrono::seconds>(*what.retry_after, retry_after_most));
  v.to = status::pending;
  v.next_attempt_at = now + delay;
  return v;
}

} // namespace ringmaster::webhook
