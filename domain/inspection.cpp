#include "domain/inspection.hpp"

namespace ringmaster::inspection {

std::string_view to_string(caller::standing s) {
  switch (s) {
  case caller::standing::owned:
    return "owned";
  case caller::standing::verified:
    return "verified";
  case caller::standing::foreign:
    return "foreign";
  case caller::standing::unknown:
    break;
  }
  return "unknown";
}

std::string_view to_string(model_view::door d) {
  switch (d) {
  case model_view::door::open:
    return "ready";
  case model_view::door::throttled:
    return "throttled";
  case model_view::door::closed:
    return "left_alone";
  case model_view::door::trying:
    return "trying";
  case model_view::door::paused:
    break;
  }
  return "paused";
}

} // namespace ringmaster::inspection
