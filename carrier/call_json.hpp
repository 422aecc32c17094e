#pragma once

#include <string>
#include <string_view>

#include "carrier/book.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco {

/// Appends the carrier's Call object.
void append_call(std::string& out, const call_record& c, std::string_view account, instant now);

/// The page object around a list. `target` is the raw path and query that was asked for.
std::string write_page(
  const call_page& page, const call_filter& filter, std::string_view account,
  const wire::fields& query, std::string_view target, instant now);

} // namespace ringmaster::telco
