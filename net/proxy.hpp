#pragma once

#include <string>

#include "config/config.hpp"
#include "http/message.hpp"

// The engine behind a proxy: under a path, and with clients that the proxy has seen.

namespace ringmaster::net {

/// Makes of a request what it was before proxies had it. Its path loses `http.base_path`, if it has
/// it. What X-Forwarded-For and X-Forwarded-Proto say is believed of `http.trusted_proxies` alone:
/// `remote_address` becomes the last address in the chain that is none of theirs, and one
/// X-Forwarded-Proto is left, "http" or "https". Of anybody else these headers are taken away.
void undo_proxies(const config::settings& settings, http::request& head);

/// True if the client's connection keeps what it is sent from others: by the public URL, or by what
/// a trusted proxy said.
bool is_secure(const config::settings& settings, const http::request& req);

/// "/api/campaigns/1" as it is outside: behind the base path.
std::string outside_path(const config::settings& settings, const std::string& path);

} // namespace ringmaster::net
