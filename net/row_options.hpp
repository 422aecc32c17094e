#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/query.hpp"

namespace ringmaster::net {

/// How the columns of a list are to be read. Without any of it the file speaks for itself.
struct row_options {
  /// Our column, and the file's: the text of its header, or its place from 1.
  std::vector<std::pair<std::string, std::string>> map;
  std::optional<bool> header; ///< whether the first record names the columns; else it is found out
};

/// `map=phone_number:Telefon,contact_name:Name` and `header=yes|no`.
row_options read_row_options(query_reader& query);

} // namespace ringmaster::net
