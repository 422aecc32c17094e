#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace ringmaster::assistant {

/// Why a try brought no answer, as far as it matters for what is done next.
struct refusal {
  enum class kind {
    broken,   ///< no connection, silence, a cut, the server's own failure: try again
    rate,     ///< too many requests: try again later
    quota,    ///< the account is used up: only people can help
    key,      ///< the key is wrong or may not do this: only people can help
    request,  ///< the server does not take what it is asked
    nonsense, ///< no answer of a model: HTML, broken JSON, too much of it
    unfit,    ///< an answer, but none that can be used: refused, cut, filtered, empty
    canceled,
  } what = kind::broken;
  std::string detail; ///< may be shown: no key, no phone number
  std::string raw;    ///< the server's own words; not to be shown
  std::optional<std::chrono::milliseconds> wait;
  std::optional<bool> again; ///< what the server itself says about another try

  bool may_retry() const { return again.value_or(what == kind::broken || what == kind::rate); }
};

/// What an answer that is none says: any server's error body, and the headers around it.
refusal read_refusal(
    int status, const std::vector<http::header>& headers, std::string_view body,
    std::string_view key);

/// The same for an error that came within an answer of status 200.
refusal read_inner_refusal(std::string_view json, std::string_view key);

/// Foreign text as it may be shown: without `key`, phone numbers and what looks like a secret.
std::string presentable(std::string_view text, std::string_view key);

} // namespace ringmaster::assistant
