#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carrier/fate.hpp"
#include "carrier/persona.hpp"
#include "carrier/scenario.hpp"

namespace ringmaster::telco {

/// What a callee decided to do.
struct reaction {
  std::vector<persona_line> lines;
  bool hang_up = false; ///< after the lines
  bool empty() const { return lines.empty() && !hang_up; }
};

/// What goes on in a callee's head; when it is done is the business of `callee`. The same calls in
/// the same order give the same reactions.
class mind {
 public:
  virtual ~mind() = default;
  virtual reaction answered() = 0;
  /// `keys`: what the caller pressed since the last reaction.
  virtual reaction hears(std::string_view text, std::string_view keys) = 0;
  virtual reaction silence() = 0;
  virtual std::size_t barge_in() const = 0;
  /// A key that is pressed ends what is being said.
  virtual bool expects_keys() const { return false; }
  virtual const persona_timing& timing() const = 0;
};

/// A persona: its states and rules, with the values that this call's seed chose.
class persona_mind final : public mind {
 public:
  persona_mind(std::shared_ptr<const persona> who, std::uint64_t seed);

  reaction answered() override;
  reaction hears(std::string_view text, std::string_view keys) override;
  reaction silence() override;
  std::size_t barge_in() const override;
  bool expects_keys() const override { return who_->states[state_].expects_keys; }
  const persona_timing& timing() const override { return who_->timing; }

  const std::string& state() const { return who_->states[state_].name; }
  const std::string& value(const std::string& name) const { return values_.at(name); }

 private:
  reaction follow(const persona_rule& rule);
  std::string filled(std::string text) const;

  std::shared_ptr<const persona> who_;
  std::uint64_t seed_;
  std::map<std::string, std::string> values_;
  std::size_t state_ = 0;
  std::uint64_t said_ = 0; ///< reactions so far
};

/// Somebody without a persona on a line that is no document: one of the phrases that Gathers hear.
class phrase_mind final : public mind {
 public:
  /// `rules` and `f` outlive it.
  phrase_mind(const scenario& rules, std::string to, const fate& f)
    : rules_(rules), to_(std::move(to)), fate_(f) {}

  reaction answered() override { return {}; }
  reaction hears(std::string_view, std::string_view) override;
  reaction silence() override { return {}; }
  std::size_t barge_in() const override { return 0; }
  const persona_timing& timing() const override { return timing_; }

 private:
  const scenario& rules_;
  std::string to_;
  const fate& fate_;
  persona_timing timing_{.patience = std::chrono::hours(24)};
  std::size_t replies_ = 0;
};

} // namespace ringmaster::telco
