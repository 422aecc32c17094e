#pragma once

#include <string>
#include <string_view>

#include "domain/assistant.hpp"
#include "gateways/assistant/shape.hpp"

namespace ringmaster::assistant {

/// The form of the answer to a request.
const shape& shape_of(function f);

/// Reads what a model answered into the reply that has the place of the request. `invalid` with a
/// sentence for the model where it does not fit.
result<reply> read_reply(const request& asked, std::string_view answer);

} // namespace ringmaster::assistant
