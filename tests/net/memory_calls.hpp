#pragma once

#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

/// Conversations in memory, as far as the edge asks for them. What only the engine asks for is
/// refused as `internal`.
class memory_calls final : public call_book {
public:
  memory_calls(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<talk::loaded> load(const attempt_id& id) override;
  result<std::vector<talk::segment>>
  transcript(const attempt_id& id, std::int32_t after = 0) override;
  result<talk::view> find(const attempt_id& id) override;
  result<page<call::view>> search(const std::string& q, const page_request& p) override;
  result<void> ask_owner(const attempt_id& id, const talk::owner_question& what) override;
  result<talk::owner_question>
  answer_question(const attempt_id& id, std::int32_t n, bool yes, const std::string& note) override;
  result<talk::owner_question> close_question(const attempt_id& id, std::int32_t n) override;
  result<void> opt_out(const attempt_id& id, const std::string& words) override;
  result<void> note_recording(const attempt_id& id, const talk::recording& what) override;
  result<void>
  note_control(const attempt_id& id, const std::string& action, const std::string& what) override;
  result<talk::wrapped> wrap_up(
      const attempt_id& id, const talk::findings& found, const std::string& by,
      const std::string& prompt, bool again) override;

private:
  memory_desk::owned_talk* row_of(const attempt_id& id);

  memory_desk& home_;
  const identity& who_;
};

/// The values of a user's identity fields, open.
class memory_identities final : public identity_book {
public:
  memory_identities(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<std::vector<std::string>> fields() override;
  result<void> write(const std::vector<std::pair<std::string, std::string>>& values) override;
  result<std::vector<std::pair<std::string, std::string>>> open() override;

private:
  memory_desk& home_;
  const identity& who_;
};

} // namespace ringmaster::net_tests
