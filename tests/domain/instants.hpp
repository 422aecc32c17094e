#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/ports.hpp"
#include "domain/time.hpp"

namespace ringmaster::testing {

/// An instant from RFC 3339; a typing mistake ends the test.
inline instant at(std::string_view text) {
  auto read = parse_rfc3339(text);
  if (!read)
    throw std::invalid_argument("not an instant: " + std::string{text});
  return *read;
}

/// The optional instant as text, "never" if there is none, so that a failed check shows both sides.
inline std::string shown(const std::optional<instant>& t) { return t ? to_rfc3339(*t) : "never"; }

/// RANDOM from a seed.
class seeded_random : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// Every step that a life allows, one "from event to" a line, in the order of the enumerations.
/// `Decide` is called for every pair, also for those that must be refused.
template <class Status, class Event, class Decide, class Refused>
std::string steps_of(int statuses, int events, Decide decide, Refused refused) {
  std::string out;
  for (int s = 0; s < statuses; ++s) {
    for (int e = 0; e < events; ++e) {
      auto from = static_cast<Status>(s);
      auto on = static_cast<Event>(e);
      auto step = decide(from, on);
      if (!step) {
        refused(from, on, step.error());
        continue;
      }
      out += std::string{to_string(from)} + ' ' + std::string{to_string(on)} + ' '
             + std::string{to_string(step->to)} + '\n';
    }
  }
  return out;
}

} // namespace ringmaster::testing
