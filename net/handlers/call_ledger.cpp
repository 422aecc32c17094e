#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

// What stands in the engine's books: the carrier's requests about a call, and the trail's chain.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t body_shown = 2'000;
/// About what is read within a request; a longer trail is checked by `ringmaster audit verify`.
constexpr std::int64_t rows_checked = 500'000;

/// A form as it came, without what opens doors: the account's name loses its middle, and what calls
/// itself a secret all of it.
std::string mask_form(std::string_view body) {
  static constexpr auto secrets =
      std::to_array<std::string_view>({"token", "secret", "signature", "password", "auth"});
  std::string out;
  for (std::size_t at = 0; at <= body.size() && out.size() < body_shown;) {
    auto end = std::min(body.find('&', at), body.size());
    auto pair = body.substr(at, end - at);
    at = end + 1;
    if (!out.empty())
      out += '&';
    auto equals = pair.find('=');
    std::string name(pair.substr(0, equals));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    auto secret = std::any_of(secrets.begin(), secrets.end(), [&](auto word) {
      return name.find(word) != std::string::npos;
    });
    if (equals == std::string_view::npos || (!secret && name != "accountsid")) {
      out += pair;
      continue;
    }
    auto value = pair.substr(equals + 1);
    out += pair.substr(0, equals + 1);
    if (secret || value.size() < 12)
      out += "***";
    else
      out.append(value.substr(0, 2)).append("***").append(value.substr(value.size() - 4));
  }
  if (out.size() > body_shown)
    out.resize(body_shown);
  // A character that was cut, or that never was one, would break the answer.
  while (!out.empty() && !valid_utf8(out))
    out.pop_back();
  return out;
}

template <class T>
json value_or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json show(const hook_view& h) {
  json j;
  j["at"] = to_rfc3339(h.at);
  j["kind"] = h.kind;
  j["status"] = h.status ? json(std::string(call::to_string(*h.status))) : json();
  j["verdict"] = h.verdict;
  j["answer_status"] = value_or_null(h.answer_status);
  j["took_ms"] = h.took_us ? json(static_cast<double>(*h.took_us) / 1000) : json();
  j["answer_bytes"] = value_or_null(h.answer_bytes);
  j["body"] = mask_form(h.body);
  return j;
}

} // namespace

// GET /api/call-sessions/{id}/webhooks
answer_of_handler list_call_webhooks(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.ledger().webhooks(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  json doc;
  auto& list = doc["webhooks"] = json::array();
  for (const auto& one : *found)
    list.push_back(show(one));
  co_return answer(200, doc);
}

// GET /api/audit/verify
answer_of_handler verify_audit(exchange& x) {
  std::vector<audit_head> heads;
  std::string spoiled;
  if (x.svc.audit_heads) {
    auto known = x.svc.audit_heads();
    if (known)
      heads = std::move(*known);
    else if (known.error().code == errc::malformed)
      spoiled = known.error().detail; // a finding, too
    else
      co_return refuse(x, known.error());
  }
  auto work = [&](desk_work& w) { return w.ledger().verify_audit(heads, rows_checked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  if (found->valid && !spoiled.empty()) {
    found->valid = false;
    found->reason = "the heads that were written down cannot be read: " + spoiled;
  }
  json doc;
  doc["valid"] = found->valid;
  doc["checked"] = found->checked;
  doc["first_broken"] = value_or_null(found->first_broken);
  doc["reason"] = found->reason.empty() ? json() : json(found->reason);
  doc["sealed_to"] = found->head.to_seq;
  doc["unsealed"] = found->unsealed;
  doc["complete"] = found->complete;
  if (found->head.to_seq > 0)
    doc["head"] = {
        {"seq",  found->head.to_seq        },
        {"hash", found->head.hash          },
        {"at",   to_rfc3339(found->head.at)}
    };
  else
    doc["head"] = json();
  co_return answer(200, doc);
}

} // namespace ringmaster::net::handlers
