#pragma once

#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

/// Retries, skips and redials in memory, by the same tables as the real ones. Which outcomes a
/// target had stands in its `call_outcome`.
class memory_campaigns final : public campaign_book {
public:
  memory_campaigns(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<target::view> retry(const campaign_id& of, const target_id& id) override;
  result<retried>
  retry_all(const campaign_id& of, const retry_filter& which, std::int64_t most) override;
  result<target::view> skip(const campaign_id& of, const target_id& id) override;
  result<redialed> redial(
      const campaign_id& of, const std::vector<call::outcome>& outcomes,
      const std::string& name) override;
  result<page<audit_view>> activity(const campaign_id& of, const page_request& p) override;
  result<chart> draw(const campaign_id& of, const chart_request& what) override;

private:
  campaign::view* campaign_of(const campaign_id& id);
  result<target::view*> target_of(const campaign_id& of, const target_id& id);

  memory_desk& home_;
  const identity& who_;
};

} // namespace ringmaster::net_tests
