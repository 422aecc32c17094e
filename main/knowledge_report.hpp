#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/error.hpp"

namespace ringmaster {

/// What a check of the knowledge base came to, told line by line.
class knowledge_report {
public:
  explicit knowledge_report(bool as_json) : as_json_(as_json) {}

  struct part {
    std::string text; ///< a line or two for each question
    std::optional<std::int64_t> next_offset;
  };
  /// Reads one answer of `POST /api/knowledge/check`; `malformed` if it is none.
  result<part> take(const std::string& answer);
  std::string summary() const;
  bool all_answered() const { return answered_ == checked_; }

private:
  bool as_json_;
  std::int64_t checked_ = 0, answered_ = 0;
};

} // namespace ringmaster
