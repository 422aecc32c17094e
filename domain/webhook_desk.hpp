#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/page.hpp"
#include "domain/webhook.hpp"

// What is stored of webhooks: a user's own book of them, the engine's outbox, and who carries.

namespace ringmaster {

/// A user's webhooks and their messages. Every act has its audit row.
class webhook_book {
public:
  static constexpr std::int64_t most = 20; ///< of one user

  virtual ~webhook_book() = default;
  /// `secret` are the bytes that sign; they are sealed and never come back from here.
  virtual result<webhook::view>
  create(const webhook_id& id, const webhook::draft& d, const std::string& secret) = 0;
  /// Oldest first.
  virtual result<std::vector<webhook::view>> list() = 0;
  virtual result<webhook::view> find(const webhook_id& id) = 0;
  /// One that is switched on again is given its five days anew.
  virtual result<webhook::view> replace(const webhook_id& id, const webhook::draft& d) = 0;
  /// With all its messages.
  virtual result<void> remove(const webhook_id& id) = 0;
  /// The secret before this one signs, too, for webhook::rotation.
  virtual result<webhook::view> rotate(const webhook_id& id, const std::string& secret) = 0;
  /// Writes a message of the topic webhook.test, whatever the topics of the address are.
  /// `wrong_state` if it is switched off.
  virtual result<webhook::delivery> test(const webhook_id& id) = 0;
  /// Newest first, without payloads.
  virtual result<page<webhook::delivery>>
  deliveries(const webhook_id& id, const page_request& p, std::optional<webhook::status> state) = 0;
  virtual result<webhook::delivery> find_delivery(const webhook_id& id, const delivery_id& one) = 0;
  /// Sends again what was delivered or given up: one message, or all that were written since then.
  /// How many; what waits already is left as it is.
  virtual result<std::int64_t> replay(const webhook_id& id, const delivery_id& one) = 0;
  virtual result<std::int64_t> replay_since(const webhook_id& id, instant since) = 0;
};

/// The engine's own side, across users.
class webhook_outbox {
public:
  virtual ~webhook_outbox() = default;

  struct claimed {
    std::vector<webhook::parcel> parcels;
    bool anybody = false; ///< whether an address is switched on anywhere
  };
  /// Takes up to `most` messages that are due at `now`, at most two of an address and none of those
  /// in `busy`, until the lease runs out.
  virtual result<claimed>
  claim(instant now, std::size_t most, const std::vector<webhook_id>& busy) = 0;
  /// Stores what came of a claimed message. One that was claimed again since is left alone.
  virtual result<void> finish(
      const webhook::parcel& sent, const webhook::answer& what, const webhook::verdict& then,
      instant now) = 0;
  /// Removes messages that were written before `before`, a few hundred at most; how many.
  virtual result<std::int64_t> sweep(instant before) = 0;
};

/// Carries messages to their addresses. `done` is called at most once, on a thread of its own; not
/// at all if the carrier goes before that.
class webhook_carrier {
public:
  virtual ~webhook_carrier() = default;
  virtual void send(webhook::parcel what, std::function<void(webhook::answer)> done) = 0;
};

} // namespace ringmaster
