#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/ports.hpp"

namespace ringmaster::telephony {

struct carrier_settings {
  std::string base_url = "https://api.twilio.com";
  std::string account_sid;
  std::string user;         ///< the account's SID, or that of an API key
  std::string password;     ///< the auth token, or the key's secret
  std::string public_url;   ///< what the carrier calls back at, without a slash at the end
  std::string callback_key; ///< of the tokens in callback URLs
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds request_timeout{15000};
  std::size_t connections = 32;       ///< for creating calls
  std::size_t control_connections = 8; ///< for ending, fetching and listing; never behind creates
  std::size_t warm_connections = 1;   ///< opened ahead of the first call
  bool detect_machines = true; ///< false: never asked for, whatever an order says
  std::string ca_file;                ///< additional trust
};

/// The CARRIER over HTTP: one io thread, on which every callback comes, and kept connections.
/// Sends each create once, without retry or redirect, and tells truthfully how far it came. Every
/// callback comes exactly once, also when the object goes: the destructor lets what was sent come
/// to its end, at most for the request timeout, and sends nothing more.
class carrier_client final : public carrier {
 public:
  /// `invalid` for a base URL that is none, an account SID that is none, or missing credentials.
  static result<std::unique_ptr<carrier_client>> make(carrier_settings settings);
  ~carrier_client() override;

  void create(create_order order, std::function<void(attempt::exchange)> done) override;
  void end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) override;
  void fetch(const call_sid& sid, std::function<void(result<call_news>)> done) override;
  void redirect(
    const call_sid& sid, const user_id& user, const attempt_id& attempt, std::int32_t number,
    std::function<void(result<call_news>)> done) override;
  void list(
    const phone_number& to, const phone_number& from,
    std::function<void(result<std::vector<attempt::listed_call>>)> done) override;
  void recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) override;

 private:
  struct impl;
  explicit carrier_client(std::unique_ptr<impl> made);
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::telephony
