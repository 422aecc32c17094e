#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/campaign_desk.hpp"
#include "domain/error.hpp"
#include "net/target_rows.hpp"

namespace ringmaster::net {

/// POST /api/campaigns: the campaign, and the rows of `targets` if there are any.
struct new_campaign {
  campaign::draft draft;
  std::vector<target_row> targets;
};
/// Collects every mistake, those of types and those of values.
result<new_campaign> read_new_campaign(std::string_view body);

/// PATCH /api/campaigns/{id}: one act.
struct campaign_act {
  campaign::action on = campaign::action::update;
  std::optional<instant> start_at;
  bool when_window_opens = false;
  std::optional<campaign::patch> settings;
};
result<campaign_act> read_campaign_act(std::string_view body);

/// `targets` as a bare array or in an object.
result<std::vector<target_row>> read_targets(std::string_view body);

/// POST /api/campaigns/{id}/targets/retry. An empty object: all that failed.
result<retry_filter> read_retry_filter(std::string_view body);

/// POST /api/campaigns/{id}/redial: the last outcomes of the numbers that are meant.
struct redial_order {
  std::vector<call::outcome> outcomes;
  std::string name; ///< empty: the old one, marked
};
result<redial_order> read_redial(std::string_view body);

} // namespace ringmaster::net
