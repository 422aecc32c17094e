#pragma once

#include <cstdint>

#include "domain/ports.hpp"
#include "gateways/telephony/carrier_client.hpp"
#include "wire/form.hpp"

namespace ringmaster::telephony {

/// What a create says: numbers, limits, and where the carrier calls back.
wire::fields create_form(const carrier_settings& s, const create_order& order);

/// What makes a call in progress ask for the document with this number.
wire::fields redirect_form(
  const carrier_settings& s, const user_id& user, const attempt_id& attempt, std::int32_t number);

} // namespace ringmaster::telephony
