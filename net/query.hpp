#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/desk.hpp"
#include "domain/error.hpp"
#include "http/message.hpp"
#include "wire/form.hpp"

namespace ringmaster::net {

/// The parameters of a request's query. Collects mistakes as `object_reader` does, located by
/// "?name".
class query_reader {
 public:
  explicit query_reader(const http::request& req);

  std::optional<std::string> text(std::string_view name, std::size_t bytes_max = 200);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  bool flag(std::string_view name, bool otherwise);
  /// `limit`, `offset`, `cursor`.
  page_request page();
  void mistake(std::string_view name, std::string code, std::string message);
  /// `invalid` with every mistake, names of parameters that nobody asked for among them.
  result<void> verdict();

 private:
  wire::fields all_;
  bool readable_ = true;
  std::vector<std::string> asked_;
  std::vector<field_error> mistakes_;
};

/// The `Link: <...>; rel="next"` of a list that goes on: the request's own target with another
/// cursor.
http::header next_link(const http::request& req, std::string_view cursor);

} // namespace ringmaster::net
