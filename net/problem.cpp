#include "net/problem.hpp"

#include <array>
#include <string>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"

namespace ringmaster::net {

namespace {

using json = nlohmann::ordered_json;

struct row {
  errc code;
  int status;
  std::string_view title;
};

/// The one table from a refusal to HTTP.
constexpr auto table = std::to_array<row>({
  {errc::malformed,          400, "The request cannot be read"             },
  {errc::unauthenticated,    401, "Credentials are missing or wrong"       },
  {errc::forbidden,          403, "Not permitted"                          },
  {errc::not_found,          404, "Not found"                              },
  {errc::method_not_allowed, 405, "This path does not know this method"    },
  {errc::wrong_state,        409, "Not possible in the present state"      },
  {errc::window_closed,      409, "Outside the calling window"             },
  {errc::conflict,           409, "Somebody else is at it"                 },
  {errc::duplicate,          409, "Exists already"                         },
  {errc::too_large,          413, "Too large"                              },
  {errc::unsupported_type,   415, "This content type is not read here"     },
  {errc::invalid,            422, "Some values are not acceptable"         },
  {errc::key_reused,         422, "The Idempotency-Key had another body"   },
  {errc::rate_limited,       429, "Too many requests"                      },
  {errc::stopped,            409, "The global stop is set"                 },
  {errc::unavailable,        503, "A part of the engine is away"           },
  {errc::internal,           500, "A mistake of the engine"                },
});

struct edge_row {
  int status;
  std::string_view code;
  std::string_view title;
};
/// What the HTTP edge refuses before any route is asked.
constexpr auto edge_table = std::to_array<edge_row>({
  {400, "malformed",           "The request cannot be read"     },
  {408, "request_timeout",     "The request took too long"      },
  {413, "too_large",           "Too large"                      },
  {414, "target_too_long",     "The request target is too long" },
  {417, "expectation_failed",  "This expectation cannot be met" },
  {426, "upgrade_required",    "This path is a WebSocket"       },
  {429, "rate_limited",        "Too many requests"              },
  {431, "header_too_large",    "The header is too large"        },
  {500, "internal",            "A mistake of the engine"        },
  {501, "not_implemented",     "This way of sending is not read"},
  {503, "unavailable",         "A part of the engine is away"   },
  {505, "version_unsupported", "This HTTP version is not spoken"},
});

http::response write(
  const problem_kind& kind, const error& why, std::string_view request_id, const json* extra) {
  json doc;
  doc["type"] = "/docs#" + kind.code;
  doc["title"] = std::string(kind.title);
  doc["status"] = kind.status;
  // What went wrong inside is for the log; outside it could show what nobody should see.
  doc["detail"] = kind.status == 500
                    ? std::string("the engine made a mistake; the log has it under this request id")
                    : why.detail;
  if (!request_id.empty())
    doc["instance"] = std::string(request_id);
  doc["code"] = kind.code;
  doc["success"] = false;
  if (!why.fields.empty() || kind.code == "invalid") {
    auto& errors = doc["errors"] = json::array();
    for (const auto& field : why.fields) {
      json one;
      one["pointer"] = field.pointer;
      one["code"] = field.code;
      one["message"] = field.message;
      errors.push_back(std::move(one));
    }
  }
  if (kind.code == "window_closed" || why.next_open_at)
    doc["next_open_at"] = why.next_open_at ? json(to_rfc3339(*why.next_open_at)) : json();
  if (!why.current_status.empty())
    doc["current_status"] = why.current_status;
  if (kind.code == "wrong_state" || !why.allowed_transitions.empty())
    doc["allowed_transitions"] = why.allowed_transitions;
  http::response answer;
  answer.status = kind.status;
  answer.content_type = "application/problem+json";
  auto retry_after = why.retry_after;
  if (!retry_after && (kind.status == 503 || kind.status == 429))
    retry_after = std::chrono::seconds(1);
  if (retry_after) {
    doc["retry_after"] = retry_after->count();
    answer.headers.push_back({"Retry-After", std::to_string(retry_after->count())});
  }
  if (kind.status == 401)
    answer.headers.push_back({"WWW-Authenticate", "Bearer realm=\"ringmaster\""});
  if (extra)
    for (const auto& [name, value] : extra->items())
      doc[name] = value;
  answer.body = doc.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

} // namespace

problem_kind kind_of(errc code) {
  for (const auto& r : table)
    if (r.code == code)
      return {std::string(to_string(code)), r.status, r.title};
  return kind_of(errc::internal);
}

problem_kind kind_of(wire_refusal code) {
  switch (code) {
    case wire_refusal::precondition_failed:
      return {"precondition_failed", 412, "Changed since it was read"};
  }
  return kind_of(errc::internal);
}

std::vector<problem_kind> all_kinds() {
  std::vector<problem_kind> kinds;
  for (const auto& r : table)
    kinds.push_back(kind_of(r.code));
  kinds.push_back(kind_of(wire_refusal::precondition_failed));
  for (const auto& r : edge_table) {
    bool known = false;
    for (const auto& k : kinds)
      known = known || k.code == r.code;
    if (!known)
      kinds.push_back({std::string(r.code), r.status, r.title});
  }
  return kinds;
}

http::response problem(const error& why, std::string_view request_id) {
  return write(kind_of(why.code), why, request_id, nullptr);
}

http::response problem(const error& why, std::string_view request_id, const json& extra) {
  return write(kind_of(why.code), why, request_id, &extra);
}

http::response problem(const problem_kind& kind, const error& why, std::string_view request_id) {
  return write(kind, why, request_id, nullptr);
}

http::response edge_problem(int status, const error& why, std::string_view request_id) {
  for (const auto& r : edge_table)
    if (r.status == status)
      return write({std::string(r.code), r.status, r.title}, why, request_id, nullptr);
  return problem(why, request_id);
}

} // namespace ringmaster::net
