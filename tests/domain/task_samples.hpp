#pragma once

#include <optional>
#include <string>
#include <utility>

#include "domain/task.hpp"
#include "tests/domain/instants.hpp"

namespace ringmaster::testing {

inline uuid numbered_uuid(std::uint8_t n) {
  uuid id;
  id.bytes[15] = n;
  return id;
}

inline const phone_number some_number = phone_number::from_canonical("+14155552671");
inline const phone_number other_number = phone_number::from_canonical("+12125550147");
inline const campaign_id some_campaign{numbered_uuid(7)};

inline money dollars(std::int64_t amount) { return {amount * 1'000'000, "USD"}; }

/// A user who may be charged 50 dollars without being asked.
inline task::circumstances by_ann() {
  task::circumstances c;
  c.actor = "user:ann@example.com";
  c.now = at("2026-11-18T15:00:00Z");
  c.settings.max_auto_approve_amount = dollars(50);
  c.settings.timezone = "America/New_York";
  c.region = "US";
  return c;
}

inline contact::view some_contact(std::optional<phone_number> number) {
  contact::view v;
  v.id = contact_id{numbered_uuid(3)};
  v.name = "Dr. Miller";
  v.number = std::move(number);
  return v;
}

/// A task in a state, with all that this state asks for.
inline task::record task_in(task::status state) {
  task::record r;
  r.id = task_id{numbered_uuid(1)};
  r.raw_instruction = "Ask the garage whether the car is ready";
  r.title = "Ask the garage";
  r.number = some_number;
  r.state = state;
  r.campaign = some_campaign;
  r.calls_made = 1;
  r.version = 5;
  return r;
}

/// A plan with everything in it.
inline task::planned good_plan() {
  task::planned p;
  p.plan.title = "Ask about the car";
  p.plan.goal = "Find out whether the car is ready.";
  p.by = "rules";
  p.prompt = "rules-1";
  return p;
}

inline task::edited edit(task::patch p) { return {std::move(p)}; }

inline task::edited set_status(task::status to) {
  task::patch p;
  p.to = to;
  return {p};
}

inline task::edited answer(std::string field, std::string text) {
  task::patch p;
  p.answers.emplace_back(std::move(field), std::move(text));
  return {p};
}

} // namespace ringmaster::testing
