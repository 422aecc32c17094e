#pragma once

#include <map>
#include <string>

#include "config/config.hpp"
#include "domain/error.hpp"

namespace ringmaster {

/// The settings of a command: file and environment, and what follows from the place in which it
/// runs. Root without a data directory of its own choice uses /var/lib/ringmaster, because the
/// private server runs as another user, who must be able to reach it.
result<config::settings> load_settings(const std::string& file);

/// An address with a port that is free at this moment: `host:0` gets any; a port that is taken is
/// `unavailable`.
result<std::string> find_free(const std::string& listen);

/// Where others reach what listens there: `http://127.0.0.1:8080`. An address for all interfaces
/// is reached on this machine by the loopback one.
std::string url_of(const std::string& listen);

} // namespace ringmaster
