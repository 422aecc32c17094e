#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"
#include "net/router.hpp"
#include "net/services.hpp"

namespace ringmaster::net {

/// Whose routes a listener serves; all others do not exist there.
struct serves {
  bool everybody = true; ///< pages, health
  bool users = true;
  bool carrier = true;
  bool operators = true;
};

/// One address to listen on.
struct listener {
  std::string name; ///< "main", "webhooks", "admin"
  std::string address;
  serves what;
};
/// The listeners that the settings ask for: webhooks and operators' routes have their own if an
/// address is set for them, and are then served there and nowhere else.
std::vector<listener> listeners_of(const config::settings& settings);

/// The API as one listener shows it. Credentials, scopes and content types are checked before the
/// body of a request is read; webhooks are read first, because their signature covers the body.
class application final : public http::application {
 public:
  application(services& svc, serves what) : svc_(svc), serves_(what) {}

  void arrived(http::request& head) override;
  result<http::body_policy> policy(const http::request& head) override;
  asio::awaitable<http::response> handle(http::request req, http::body_reader* body) override;
  http::response refuse(const http::request* head, int status, const error& why) override;
  bool exempt(const http::request& head) override;

 private:
  match find(const http::request& head) const;
  bool served(audience who) const;
  /// Headers that keep browsers and caches from doing what they should not.
  void secure(http::response& out) const;
  /// Addresses in the head of an answer, as they are outside.
  void relocate(http::response& out) const;
  asio::awaitable<http::response> serve_user(exchange& x);

  services& svc_;
  serves serves_;
};

} // namespace ringmaster::net
