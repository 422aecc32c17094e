#pragma once

#include <optional>
#include <string_view>

#include "domain/error.hpp"
#include "domain/people.hpp"
#include "domain/task.hpp"

// What users send about tasks and about the people that tasks call, read from JSON. Each collects
// every mistake: those of types here, those of values by the domain.

namespace ringmaster::net {

/// POST /api/call-tasks.
result<task::checked> read_new_task(std::string_view body, std::string_view region);

/// PATCH /api/call-tasks/{id}. `null` takes a price, a number or a contact away.
result<task::patch> read_task_patch(std::string_view body);
/// True if a patch does nothing but the explicit step.
bool is_bare_step(const task::patch& p);

/// POST /api/contacts, and PATCH on top of `before`.
result<contact::checked>
read_contact(std::string_view body, std::string_view region, const contact::view* before = nullptr);

/// PUT /api/assistant-settings. What is not given stays as it was in `before`.
result<assistant_settings> read_settings(std::string_view body, const assistant_settings& before);

/// PUT /api/business-profile, in the same way.
result<business_profile>
read_profile(std::string_view body, std::string_view region, const business_profile& before);

} // namespace ringmaster::net
