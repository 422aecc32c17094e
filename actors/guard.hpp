#pragma once

#include <exception>
#include <string>

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <spdlog/spdlog.h>

namespace ringmaster {

/// Every actor's last resort: what its handlers throw is logged once, and ends the actor with an
/// error, so that whoever supervises it knows.
template <class Actor>
void guard(Actor* self, const char* role) {
  self->set_exception_handler([role](std::exception_ptr& thrown) -> caf::error {
    std::string what = "unknown exception";
    try {
      if (thrown)
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
      // nop
    }
    spdlog::error("{}: ended by an exception: {}", role, what);
    return caf::make_error(caf::sec::runtime_error, what);
  });
}

} // namespace ringmaster
