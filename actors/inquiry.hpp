#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/task_facts.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"
#include "domain/brain.hpp"

namespace ringmaster {

/// An INQUIRY: one message of a user to an agent. What is known is read in one transaction; a wish
/// about the calendar becomes a proposal, anything else goes to the models, and what they say
/// leaves through the gate; what came of it is stored in a second transaction. If that fails
/// nothing of it is stored, and the message may be sent again.
class inquiry final : public watched<inquiry_role::base> {
public:
  using reply_place = std::shared_ptr<responder<brain::answered>>;

  inquiry(caf::actor_config& config, world_ptr all, ask_brain what, reply_place reply_to);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "inquiry"; }
  actor_state describe(const uuid& about) const override;

private:
  /// What an answer is made from.
  struct facts {
    std::string timezone;
    std::vector<brain::message> before; ///< of the chat
    std::vector<knowledge::passage> found;
    std::vector<calendar::event> upcoming; ///< only where the calendar is asked to change
    model_means means;
    std::optional<calendar::wish> wish;
    instant now{};
  };
  /// What is stored and told.
  struct outcome {
    std::string reply;
    bool covered = false;
    std::vector<knowledge::citation> sources;
    std::optional<gap::checked> missing;
    std::optional<calendar::proposal_draft> proposal;
    std::string by;
    std::vector<assistant::usage> tries;
  };
  struct stored {
    brain::answered answer;
    std::optional<knowledge_book::logged> logged;
  };

  void begin();
  static result<facts> read(desk_work& books, const brain::inquiry& what);
  void have_read(result<facts> known);

  // -- the calendar --
  void propose(const calendar::wish& wish);
  outcome plan(const calendar::wish& wish) const;

  // -- the models --
  void ask();
  void hear(const std::string& text);
  void let_out(const std::string& text);
  void conclude(result<assistant::turn_end> end);
  std::optional<gap::checked> missing(const std::vector<assistant::tool_call>& calls) const;

  // -- the end --
  void store(outcome what);
  void end(result<brain::answered> what);

  identity self() const;

  world_ptr all_;
  ask_brain what_;
  reply_place reply_to_;
  chat_id chat_;      ///< given, or to be made
  bool made_ = false; ///< it is new
  facts facts_;
  std::optional<brain::gate> gate_;
  std::string reply_;    ///< what was let out
  bool refused_ = false; ///< that it is not known was said already
  std::unique_ptr<assistant::speech> speech_;
};

} // namespace ringmaster
