#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace ringmaster::telco {

/// How the carrier says no: an HTTP status, one of its error codes and a sentence.
struct refusal {
  int status = 400;
  int code = 20001;
  std::string message;
};

template <class T>
using answer = tl::expected<T, refusal>;

inline tl::unexpected<refusal> refuse(int status, int code, std::string message) {
  return tl::unexpected<refusal>(refusal{status, code, std::move(message)});
}

/// The carrier's error body.
std::string to_json(const refusal& why);

/// Appends `text` as a JSON string with its quotes.
void append_json(std::string& out, std::string_view text);

} // namespace ringmaster::telco
