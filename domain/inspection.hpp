#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/error.hpp"

// Looking at the world outside without changing anything there: nothing is dialed, nothing stored.
// For `ringmaster doctor` and the console's tests of carrier and models.

namespace ringmaster::inspection {

/// May a caller id be called from?
struct caller {
  enum class standing : std::uint8_t {
    owned,    ///< a number of the account
    verified, ///< another's number that the account may show
    foreign,  ///< neither: the carrier would refuse every call
    unknown,  ///< the carrier did not say
  };
  std::string number;
  standing is = standing::unknown;
  std::string detail{}; ///< why it is not known
};
std::string_view to_string(caller::standing s);

/// What the carrier says of the account.
struct carrier_findings {
  std::chrono::milliseconds took{0}; ///< one round trip, connecting included
  std::string account_status;        ///< "active", "suspended", "closed"; empty: it did not say
  std::vector<caller> callers;       ///< in the order in which they were asked about
  /// How far the carrier's clock is ahead of ours; nothing if it told no time.
  std::optional<std::chrono::milliseconds> ahead;
};

/// How the engine answered itself through its public URL.
struct echo_findings {
  std::chrono::milliseconds took{0};
  bool ours = false;         ///< an engine with our key answered
  bool signed_right = false; ///< and the signature over the public URL fitted what arrived
  bool can_sign = true;      ///< false: no auth token is set, so nothing could be signed
  int status = 0;            ///< of whoever answered
  std::string asked_at;      ///< the path that was asked, without its token
  std::string arrived_at;    ///< the path that arrived, if ours
};

/// The CARRIER and the public URL, looked at. Returns at once; every callback comes exactly once,
/// on a thread of its own, and must not block.
class line {
public:
  virtual ~line() = default;
  /// `unauthenticated` if the credentials are not taken, `unavailable` if nobody can be reached.
  virtual void look_at_carrier(
      std::vector<std::string> callers, std::function<void(result<carrier_findings>)> done) = 0;
  /// `unavailable` if nobody answers there. Through `base` instead of the public URL, if it is not
  /// empty; what is signed is the public URL in either case.
  virtual void echo(std::string base, std::function<void(result<echo_findings>)> done) = 0;
};

/// One provider of models as it is now.
struct model_view {
  enum class door : std::uint8_t {
    open,      ///< it is asked
    throttled, ///< it asked for a pause
    closed,    ///< left alone after failures
    trying,    ///< one question finds out whether it is back
    paused,    ///< it does not take our key, or the account is used up
  };
  std::string name, kind, model, base_url;
  bool has_key = false; ///< of the installation
  door is = door::open;
  std::string detail; ///< why it is paused
};
std::string_view to_string(model_view::door d);

/// The MODELS, looked at one by one.
class minds {
public:
  virtual ~minds() = default;
  /// In the order in which they are asked.
  virtual void look(std::function<void(std::vector<model_view>)> done) = 0;
  /// One tiny question to one provider, whatever its door says. `failure` is empty if it answered.
  /// `not_found` for a name that no provider has.
  virtual void try_out(
      std::string name, std::vector<assistant::own_key> keys,
      std::function<void(result<assistant::usage>)> done) = 0;
};

} // namespace ringmaster::inspection
