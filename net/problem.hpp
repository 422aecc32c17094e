#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/error.hpp"
#include "http/message.hpp"

namespace ringmaster::net {

/// How one code of the error table looks on the wire.
struct problem_kind {
  std::string code;   ///< as clients see it
  int status = 500;
  std::string_view title;
};
/// For every `errc`; the only place where a refusal gets its HTTP status.
problem_kind kind_of(errc code);

/// Codes that belong to the wire alone and that no other part of the engine knows.
enum class wire_refusal {
  precondition_failed, ///< If-Match names a version that is gone: 412
};
problem_kind kind_of(wire_refusal code);

/// Every kind, for docs/errors.md and its test.
std::vector<problem_kind> all_kinds();

/// An RFC 9457 document for `why`, with what its reader needs to go on. `request_id` becomes
/// `instance`. Members of `extra` (an object) are added.
http::response problem(const error& why, std::string_view request_id);
http::response problem(
  const error& why, std::string_view request_id, const nlohmann::ordered_json& extra);
http::response problem(const problem_kind& kind, const error& why, std::string_view request_id);

/// The same with the status that the HTTP edge has decided (408, 431, 505, ...).
http::response edge_problem(int status, const error& why, std::string_view request_id);

} // namespace ringmaster::net
