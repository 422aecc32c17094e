#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "domain/inspection.hpp"

namespace ringmaster::net_tests {

/// A carrier and a public URL that are as a test says.
struct toy_line final : inspection::line {
  void look_at_carrier(
      std::vector<std::string> callers,
      std::function<void(result<inspection::carrier_findings>)> done) override {
    asked_for = std::move(callers);
    if (hangs)
      waiting.push_back(std::move(done));
    else
      done(carrier);
  }
  void echo(std::string, std::function<void(result<inspection::echo_findings>)> done) override {
    done(self);
  }

  result<inspection::carrier_findings> carrier = inspection::carrier_findings{};
  result<inspection::echo_findings> self = inspection::echo_findings{};
  std::vector<std::string> asked_for;
  bool hangs = false;
  std::vector<std::function<void(result<inspection::carrier_findings>)>> waiting;
};

/// Models that answer as a test says.
struct toy_minds final : inspection::minds {
  void look(std::function<void(std::vector<inspection::model_view>)> done) override { done(all); }
  void try_out(
      std::string name, std::vector<assistant::own_key> k,
      std::function<void(result<assistant::usage>)> done) override {
    keys = std::move(k);
    if (told && name == told->provider)
      done(told);
    else
      done(fail(error{.code = errc::not_found, .detail = "there is no provider of this name"}));
  }

  std::vector<inspection::model_view> all;
  result<assistant::usage> told = assistant::usage{};
  std::vector<assistant::own_key> keys;
};

} // namespace ringmaster::net_tests
