#pragma once

#include <span>

#include "net/router.hpp"

namespace ringmaster::net {

/// The whole API. The OpenAPI document is held against it by a test.
std::span<const route> routes();

} // namespace ringmaster::net
