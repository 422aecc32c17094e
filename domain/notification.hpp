#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"

namespace ringmaster {

using notification_id = id<struct notification_tag>;

namespace notification {

enum class kind : std::uint8_t {
  clarification_needed,
  approval_needed,
  call_completed,
  call_failed,
  knowledge_gap,
  calendar_proposal,
};
std::string_view to_string(kind k);
std::optional<kind> parse_kind(std::string_view text);

/// What a user is told. `highlights` are pairs of a label and a value, the most telling first.
struct draft {
  kind what = kind::clarification_needed;
  std::string title;        ///< one line
  std::string text;         ///< one to three sentences
  std::string subject_kind; ///< "call_task", "campaign", ...
  uuid subject{};
  std::vector<std::pair<std::string, std::string>> highlights;
};

struct view {
  notification_id id;
  draft said;
  std::optional<instant> read_at;
  instant created_at{};
};

} // namespace notification
} // namespace ringmaster
