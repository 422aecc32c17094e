#pragma once

#include <string>

#include "net/services.hpp"

namespace ringmaster::net {

/// Everything the engine and the edge count, in the text format of Prometheus. The number of lines
/// is bounded: no label names a user, a number or a call.
std::string write_metrics(const services& svc);

} // namespace ringmaster::net
