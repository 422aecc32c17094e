#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/form.hpp"

namespace ringmaster::wire {

/// The signature of a carrier's request: base64(HMAC-SHA1(token, url + sorted name-value pairs)).
/// Names in byte order, the distinct values of a name in byte order, empty values kept.
std::string sign(std::string_view auth_token, std::string_view url, const fields& params);

/// True if `signature` fits one of `auth_tokens` (two while a token is rotated) over `url` as
/// written, with the standard port added, or with the port removed. Constant time.
/// `url` is the configured public URL plus the raw request target, never built from `Host`.
bool verify(
  const std::vector<std::string>& auth_tokens, std::string_view url, const fields& params,
  std::string_view signature);

/// A JSON body is signed through `bodySHA256=<hex>` in the URL's query.
bool verify_json(
  const std::vector<std::string>& auth_tokens, std::string_view url, std::string_view raw_body,
  std::string_view signature);

/// The hot path of status callbacks: as `verify`, but over a body that is still encoded, with no
/// allocation per field. Decodes into `decoded` as a side product.
bool verify_form(
  const std::vector<std::string>& auth_tokens, std::string_view url, std::string_view form_body,
  std::string_view signature, fields& decoded);

} // namespace ringmaster::wire
