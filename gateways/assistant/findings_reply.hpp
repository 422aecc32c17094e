#pragma once

#include <string_view>

#include "domain/assistant.hpp"
#include "gateways/assistant/shape.hpp"

namespace ringmaster::assistant {

/// The form in which a model tells what a call came to.
shape findings_shape();
/// Reads what fits it. Nothing is believed here: talk::verify holds it against the transcript.
result<reply> read_findings(std::string_view json, const extract_request& asked);

} // namespace ringmaster::assistant
