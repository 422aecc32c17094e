#pragma once

#include <string>

#include "config/config.hpp"
#include "domain/error.hpp"
#include "domain/ports.hpp"
#include "net/console.hpp"

namespace ringmaster {

/// Where the console's files are: the option, share/ringmaster/console of the installation that
/// this program belongs to, or console/dist of the sources it was built from. Empty: nowhere.
std::string find_console(const config::settings& settings);

/// The time zone of this machine, `UTC` if it does not say.
std::string host_zone();

/// Where people reach the console: the public address, or what listens here.
std::string console_url(const config::settings& settings, const std::string& address);

/// The address of a page on which a password is set; the token stands where no server sees it.
std::string welcome_url(const std::string& base, const std::string& token);

/// Opens the one-time door of a first start, good for a day: the link is answered and stands in
/// `welcome` in the data directory, for its owner's eyes. Empty if somebody has a password.
result<std::string> open_welcome(
  account::book& accounts, net::first_link& door, const config::settings& settings,
  const std::string& address, const clock& time, random_source& random);

} // namespace ringmaster
