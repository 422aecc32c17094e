#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "domain/desk.hpp"

namespace ringmaster::support {

/// Webhooks and the messages to them in memory, as far as the rest can tell them from the real
/// ones.
class memory_webhooks final : public webhook_book, public webhook_outbox {
public:
  struct hook {
    user_id user;
    webhook::view view;
    std::string secret, previous;
  };
  struct message {
    user_id user;
    webhook::delivery is;
    std::int32_t first_attempts = 0;
  };
  struct tables {
    std::vector<hook> hooks;
    std::vector<message> messages;
    std::vector<std::string> trail;
    std::uint64_t made = 0;
  };

  explicit memory_webhooks(std::function<instant()> now) : now_(std::move(now)) {}

  /// The book of one user's transaction.
  webhook_book& book(const identity& who) {
    user_ = who.user;
    return *this;
  }

  tables data;                 ///< rolls back with the transaction
  std::function<bool()> admit; ///< of the outbox; false: the database does not answer
  std::size_t claims = 0;

  /// As a fact would: one message to each address of the user that asks for its topic.
  void post(const user_id& user, const std::string& topic, const std::string& payload) {
    for (const auto& h : data.hooks)
      if (h.user == user && h.view.active &&
          (h.view.topics.empty() || std::count(h.view.topics.begin(), h.view.topics.end(), topic)))
        write(user, h.view.id, topic, payload);
  }
  webhook::delivery* find_message(const delivery_id& id) {
    for (auto& m : data.messages)
      if (m.is.id == id)
        return &m.is;
    return nullptr;
  }

  // -- a user's book --
  result<webhook::view>
  create(const webhook_id& id, const webhook::draft& d, const std::string& secret) override {
    webhook::view v;
    v.id = id;
    v.created_at = now_();
    fill(v, d);
    data.hooks.push_back({user_, v, secret, {}});
    data.trail.push_back("webhook.add");
    return v;
  }
  result<std::vector<webhook::view>> list() override {
    std::vector<webhook::view> out;
    for (const auto& h : data.hooks)
      if (h.user == user_)
        out.push_back(h.view);
    return out;
  }
  result<webhook::view> find(const webhook_id& id) override {
    if (auto* h = mine(id))
      return h->view;
    return nobody();
  }
  result<webhook::view> replace(const webhook_id& id, const webhook::draft& d) override {
    auto* h = mine(id);
    if (!h)
      return nobody();
    fill(h->view, d);
    data.trail.push_back("webhook.change");
    return h->view;
  }
  result<void> remove(const webhook_id& id) override {
    if (!mine(id))
      return nobody();
    std::erase_if(data.hooks, [&](const hook& h) { return h.view.id == id; });
    std::erase_if(data.messages, [&](const message& m) { return m.is.to == id; });
    data.trail.push_back("webhook.remove");
    return {};
  }
  result<webhook::view> rotate(const webhook_id& id, const std::string& secret) override {
    auto* h = mine(id);
    if (!h)
      return nobody();
    h->previous = std::exchange(h->secret, secret);
    h->view.previous_secret_until = now_() + webhook::rotation;
    data.trail.push_back("webhook.rotate");
    return h->view;
  }
  result<webhook::delivery> test(const webhook_id& id) override {
    auto* h = mine(id);
    if (!h)
      return nobody();
    if (!h->view.active)
      return fail(errc::wrong_state, "the webhook is switched off; switch it on first");
    data.trail.push_back("webhook.test");
    return write(user_, id, "webhook.test", R"({"type": "webhook.test"})");
  }
  result<page<webhook::delivery>> deliveries(
      const webhook_id& id, const page_request& p, std::optional<webhook::status> state) override {
    if (!mine(id))
      return nobody();
    page<webhook::delivery> out;
    for (auto m = data.messages.rbegin(); m != data.messages.rend(); ++m)
      if (m->is.to == id && (!state || m->is.state == *state) &&
          out.items.size() < static_cast<std::size_t>(p.limit)) {
        out.items.push_back(m->is);
        out.items.back().payload.clear();
      }
    return out;
  }
  result<webhook::delivery> find_delivery(const webhook_id& id, const delivery_id& one) override {
    auto* m = mine(id) ? find_message(one) : nullptr;
    if (!m || m->to != id)
      return fail(errc::not_found, "no such delivery");
    return *m;
  }
  result<std::int64_t> replay(const webhook_id& id, const delivery_id& one) override {
    if (auto known = find_delivery(id, one); !known)
      return fail(known.error());
    return again([&](const message& m) { return m.is.id == one; });
  }
  result<std::int64_t> replay_since(const webhook_id& id, instant since) override {
    if (!mine(id))
      return nobody();
    return again([&](const message& m) { return m.is.to == id && m.is.created_at >= since; });
  }

  // -- the outbox --
  result<claimed>
  claim(instant now, std::size_t most, const std::vector<webhook_id>& busy) override {
    ++claims;
    if (admit && !admit())
      return fail(errc::unavailable, "the database is away");
    claimed out;
    for (const auto& h : data.hooks) {
      if (!h.view.active)
        continue;
      out.anybody = true;
      std::size_t here = 0;
      for (auto& m : data.messages) {
        auto waits =
            m.is.state == webhook::status::pending || m.is.state == webhook::status::sending;
        if (m.is.to != h.view.id || !waits || *m.is.next_attempt_at > now || here == 2 ||
            out.parcels.size() == most ||
            std::find(busy.begin(), busy.end(), h.view.id) != busy.end())
          continue;
        ++here;
        m.is.state = webhook::status::sending;
        m.is.next_attempt_at = now + webhook::lease;
        ++m.is.attempts;
        webhook::parcel p;
        p.user = m.user;
        p.id = m.is.id;
        p.to = m.is.to;
        p.url = h.view.url;
        p.type = m.is.type;
        p.payload = m.is.payload;
        p.attempt = m.is.attempts - m.first_attempts;
        p.claim = m.is.attempts;
        p.secrets = {h.secret};
        p.failing_since = h.view.failing_since;
        out.parcels.push_back(std::move(p));
      }
    }
    return out;
  }
  result<void> finish(
      const webhook::parcel& sent, const webhook::answer& what, const webhook::verdict& then,
      instant now) override {
    if (admit && !admit())
      return fail(errc::unavailable, "the database is away");
    auto* m = find_message(sent.id);
    if (!m || m->state != webhook::status::sending || m->attempts != sent.claim)
      return {};
    m->state = then.to;
    m->next_attempt_at = then.next_attempt_at;
    m->last_error = then.error;
    m->response_code = what.status ? std::optional<std::int32_t>(what.status) : std::nullopt;
    for (auto& h : data.hooks)
      if (h.view.id == sent.to) {
        if (then.to == webhook::status::delivered)
          h.view.failing_since.reset();
        else if (!h.view.failing_since)
          h.view.failing_since = now;
        if (!then.disable.empty()) {
          h.view.active = false;
          h.view.disabled_reason = then.disable;
        }
      }
    return {};
  }
  result<std::int64_t> sweep(instant before) override {
    return static_cast<std::int64_t>(
        std::erase_if(data.messages, [&](const message& m) { return m.is.created_at < before; }));
  }

private:
  static tl::unexpected<error> nobody() { return fail(errc::not_found, "no such webhook"); }
  hook* mine(const webhook_id& id) {
    for (auto& h : data.hooks)
      if (h.view.id == id && h.user == user_)
        return &h;
    return nullptr;
  }
  void fill(webhook::view& v, const webhook::draft& d) {
    v.url = d.url;
    v.description = d.description;
    v.topics = d.topics;
    v.active = d.active;
    if (v.active)
      v.disabled_reason.clear();
    v.updated_at = now_();
  }
  webhook::delivery write(
      const user_id& user, const webhook_id& to, const std::string& topic,
      const std::string& payload) {
    webhook::delivery d;
    for (auto n = ++data.made, i = std::uint64_t{15}; n > 0; n >>= 8)
      d.id.value.bytes[i--] = static_cast<std::uint8_t>(n & 0xff);
    d.to = to;
    d.type = topic;
    d.payload = payload;
    d.created_at = now_();
    d.next_attempt_at = now_();
    data.messages.push_back({user, d});
    return d;
  }
  template <class Which>
  std::int64_t again(Which which) {
    std::int64_t count = 0;
    for (auto& m : data.messages) {
      auto over = m.is.state == webhook::status::delivered || m.is.state == webhook::status::failed;
      if (!over || !which(m))
        continue;
      m.is.state = webhook::status::pending;
      m.is.next_attempt_at = now_();
      m.first_attempts = m.is.attempts;
      ++count;
    }
    data.trail.push_back("webhook.replay");
    return count;
  }

  std::function<instant()> now_;
  user_id user_;
};

} // namespace ringmaster::support
