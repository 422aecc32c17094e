#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::telephony {

/// What the carrier says of an account.
struct account_resource {
  std::string sid, status;
};
result<account_resource> read_account(std::string_view body);

/// The numbers in one page of the list called `name` ("incoming_phone_numbers",
/// "outgoing_caller_ids"). `malformed` if there is no such list.
result<std::vector<std::string>> read_numbers(std::string_view body, std::string_view name);

} // namespace ringmaster::telephony
