#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "domain/network.hpp"
#include "domain/ports.hpp"
#include "domain/webhook_desk.hpp"

namespace ringmaster::webhooks {

struct sender_settings {
  std::vector<ip_network> allowed; ///< the operator's: these may be private, plain, at any port
  std::string ca_file;             ///< additional trust
  std::string user_agent = "Ringmaster";
  /// For one message in all; a fifth of it is for the look-up of the name.
  std::chrono::milliseconds patience{10'000};
  std::chrono::milliseconds connect_timeout{5'000};
  std::size_t answer_most = 64 * 1024; ///< of a body; what is longer is not read
};

/// The WEBHOOK CARRIER over HTTP: one io thread, on which every callback comes. A host is looked up
/// once for each message, every address that it has is judged, and the connection goes to one of
/// those addresses, with the host's name in TLS and in the request. No redirects, no retries.
///
/// Its destructor drops what is under way without a callback.
class webhook_sender final : public webhook_carrier {
public:
  /// `invalid` for a CA file that cannot be read. `time` must outlive it.
  static result<std::unique_ptr<webhook_sender>> make(sender_settings settings, const clock& time);
  ~webhook_sender() override;

  void send(webhook::parcel what, std::function<void(webhook::answer)> done) override;

private:
  struct impl;
  explicit webhook_sender(std::unique_ptr<impl> made);
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::webhooks
