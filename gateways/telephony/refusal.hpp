#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateways/telephony/call_json.hpp"
#include "http/client.hpp"

namespace ringmaster::telephony {

/// The wait that the carrier asks for, in seconds and at most an hour; a date is not read.
std::optional<std::chrono::seconds> retry_after(const http::reply& got);

/// What went wrong, for people: the carrier's words without numbers or secrets, and the name under
/// which its support finds the request.
std::string describe(const http::reply& got, const carrier_error& said);

} // namespace ringmaster::telephony
