#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "domain/inspection.hpp"
#include "domain/ports.hpp"

namespace ringmaster::telephony {

struct inspector_settings {
  std::string base_url;
  std::string account_sid, auth_token;
  std::string key_sid, key_secret; ///< empty: requests are made with the token
  std::string ca_file;
  std::string public_url;
  std::string callback_key; ///< empty: no echo can be made
  std::chrono::milliseconds request_timeout{15'000};

  static inspector_settings from(const config::settings& all, std::string callback_key);
};

/// Looks at the carrier and at the public URL: one io thread, a connection of its own for every
/// look. It never creates, changes or ends anything. Its destructor waits for the looks under way.
class line_inspector final : public inspection::line {
public:
  /// `time` and `random` must outlive it.
  line_inspector(inspector_settings settings, const clock& time, random_source& random);
  ~line_inspector() override;

  void look_at_carrier(
      std::vector<std::string> callers,
      std::function<void(result<inspection::carrier_findings>)> done) override;
  void echo(std::string base, std::function<void(result<inspection::echo_findings>)> done) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::telephony
