#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "domain/attempt.hpp"
#include "domain/call.hpp"
#include "domain/campaign.hpp"
#include "domain/desk.hpp"
#include "domain/target.hpp"
#include "domain/window.hpp"
#include "http/message.hpp"

// How each thing of the engine looks in JSON.

namespace ringmaster::net {

nlohmann::ordered_json show(const std::optional<instant>& t);
nlohmann::ordered_json show(const campaign::view& c, instant now);
nlohmann::ordered_json show(const target::view& t);
nlohmann::ordered_json show(const target::report& r);
nlohmann::ordered_json show(const call::view& c);
nlohmann::ordered_json show(const suppression_view& s);
nlohmann::ordered_json show(const audit_view& a);
nlohmann::ordered_json show(const api_key_view& k);
/// `allowed`, `reason`, `next_open_at`, `closes_at`.
nlohmann::ordered_json show(const window_reading& w);

/// A list as it is answered: the items under `name`, total, limit, offset, next_cursor.
http::response show_page(
  const http::request& req, std::string_view name, nlohmann::ordered_json items,
  const page_request& asked, const std::optional<std::int64_t>& total,
  const std::string& next_cursor);

/// The window of a campaign at `now`; settings that cannot be read are closed, with the reason.
window_reading read_window(const campaign::draft& settings, instant now);

/// The weak ETag of a campaign as it is shown: its version, and a hash of what changes without it.
std::string etag_of(const campaign::view& c, std::string_view body);
/// The same for anything that has a version.
std::string etag_of(std::int64_t version, std::string_view body);
/// True if `If-Match` of the request (if any) allows a change of this version.
bool version_matches(const http::request& req, std::int64_t version);
/// True if `If-None-Match` of the request names `etag`.
bool unchanged(const http::request& req, std::string_view etag);

} // namespace ringmaster::net
