#pragma once

#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

/// The engine's books in memory: of every call one request of the carrier's, and a price.
class memory_ledger final : public ledger_book {
public:
  memory_ledger(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<std::vector<hook_view>> webhooks(const attempt_id& of) override {
    if (!knows(of))
      return fail(errc::not_found, "no such call session");
    hook_view v;
    v.at = home_.now;
    v.kind = "status";
    v.verdict = "accepted";
    v.status = call::status::ringing;
    v.answer_status = 204;
    v.took_us = 1'500;
    v.answer_bytes = 0;
    v.body = "CallSid=CA1&AccountSid=AC0123456789abcdef0123456789abcdef&AuthToken=hush&CallStatus=ringing";
    return std::vector<hook_view>{v};
  }
  result<call_cost> cost(const attempt_id& of) override {
    if (!knows(of))
      return fail(errc::not_found, "no such call session");
    return call_cost{money{14'000, "USD"}, money{2'500, "USD"}};
  }
  result<std::int64_t> carrier_spent_today() override { return 14'000; }
  result<audit_verdict>
  verify_audit(std::span<const audit_head> heads, std::int64_t rows_most) override {
    audit_verdict v;
    for (const auto& [user, row] : home_.data.audit)
      v.checked += user == who_.user && v.checked < rows_most;
    for (const auto& head : heads)
      if (head.user == who_.user && head.seq > v.checked) {
        v.valid = false;
        v.first_broken = head.seq;
        v.reason = "the chain was cut";
      }
    return v;
  }

private:
  bool knows(const attempt_id& of) const {
    for (const auto& [user, c] : home_.data.calls)
      if (user == who_.user && c.id == of)
        return true;
    for (const auto& t : home_.data.talks)
      if (t.user == who_.user && t.view.id == of)
        return true;
    return false;
  }

  memory_desk& home_;
  const identity& who_;
};

} // namespace ringmaster::net_tests
