#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "carrier/scenario.hpp"

namespace ringmaster::telco {

/// What is going to happen to one call, decided when it is made.
struct fate {
  telco::outcome outcome = telco::outcome::answered;
  milliseconds setup{0};     ///< between leaving the queue and the first ring (or the refusal)
  milliseconds ring{0};      ///< until somebody or something answers
  milliseconds talk{0};      ///< until the callee hangs up
  milliseconds detection{0}; ///< until machine detection has its verdict
  std::string answered_by;   ///< what machine detection would say
  std::uint64_t seed = 0;    ///< for whatever else is left to chance about this call
  std::uint32_t request_ordinal = 0;
  std::shared_ptr<const telco::persona> persona; ///< who answers; none: random phrases
};

/// The fate of the call that `to`'s create request number `request_ordinal` makes. `call_ordinal`
/// counts the calls of this number alone, so that a refused request does not change it.
fate decide_fate(
  const scenario& s, std::string_view to, std::uint32_t request_ordinal, std::uint32_t call_ordinal);

/// The fault of `to`'s create request number `ordinal`.
fault decide_create_fault(const scenario& s, std::string_view to, std::uint32_t ordinal);
/// The fault of the `ordinal`-th request of any other kind to one target.
fault decide_other_fault(const scenario& s, std::string_view target, std::uint64_t ordinal);
/// For how long the `ordinal`-th slow request to `about` is slow.
milliseconds decide_slowness(const scenario& s, std::string_view about, std::uint64_t ordinal);

/// What the callee does at the `index`-th Gather of a call.
reply reply_at(const scenario& s, std::string_view to, const fate& f, std::size_t index);

/// What becomes of the `sequence`-th callback of a call.
struct callback_fate {
  bool lost = false;
  bool duplicate = false;
  bool reorder = false;
  milliseconds delay{0}; ///< before sending when order is shuffled; of the duplicate's second copy
};
callback_fate decide_callback(const scenario& s, const fate& f, std::uint32_t sequence);

} // namespace ringmaster::telco
