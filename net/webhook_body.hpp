#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/config.hpp"
#include "domain/webhook.hpp"

namespace ringmaster::net {

/// What a body names of a webhook; the rest stays as it is.
struct webhook_wish {
  std::optional<std::string> url, description;
  std::optional<std::vector<std::string>> topics;
  std::optional<bool> active;

  /// `before` with what is named, checked as a whole.
  result<webhook::draft> applied_to(webhook::draft before, const config::settings& s) const;
};
/// `fresh`: the url is needed.
result<webhook_wish> read_webhook(std::string_view body, bool fresh);

/// One message, or all since an instant.
using replay_wish = std::variant<delivery_id, instant>;
result<replay_wish> read_replay(std::string_view body);

nlohmann::ordered_json show(const webhook::view& w);
/// `payload`: with the body as it is sent.
nlohmann::ordered_json show(const webhook::delivery& d, bool payload);

} // namespace ringmaster::net
