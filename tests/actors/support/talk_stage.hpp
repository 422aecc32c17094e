#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/actors/support/task_stage.hpp"

namespace ringmaster::testing {

/// A stage on which phones are answered and talked on. The test is the edge: it asks for documents
/// as the carrier's webhooks would make it ask.
struct talk_stage : task_stage {
  using document = std::shared_ptr<std::optional<result<line_document>>>;

  talk_stage() {
    line.choose = [](const create_order&) {
      virtual_carrier::fate f;
      f.life = {
          {100ms, call::status::ringing    },
          {2s,    call::status::in_progress}
      };
      return f;
    };
  }
  void in_streams() { options.line = talk::line_kind::stream; }

  /// A call of a campaign, or of a task, that was answered a moment ago.
  attempt_id answered() {
    auto campaign = running(1);
    start();
    follow();
    return answered(campaign);
  }
  attempt_id answered(const campaign_id& campaign) {
    if (!until(
            [&] {
              return !line.calls.empty() &&
                     only_attempt(campaign).call_state == call::status::in_progress;
            },
            30s))
      CAF_FAIL("nobody answered");
    drain();
    return only_attempt(campaign).what.attempt;
  }
  attempt_id answered_for_task(const task_id& id) {
    auto place = call_for(id);
    until([&] { return place->has_value(); }, 10s);
    return answered(campaign_of(id));
  }
  call_sid sid_of(const attempt_id& id) const { return database.attempts.at(id).sid.value(); }

  // -- what the edge asks --
  document open(const attempt_id& id) {
    return ask<open_line, line_document>({user, id, sid_of(id)});
  }
  document hear(const attempt_id& id, std::int32_t number, std::string text) {
    return ask<hear_line, line_document>({user, id, number, std::move(text), {}, false});
  }
  document come_back(const attempt_id& id, std::int32_t number) {
    return ask<hear_line, line_document>({user, id, number, {}, {}, true});
  }
  document leave(const attempt_id& id, bool ended = false) {
    return ask<leave_line, line_document>({user, id, ended, false, {}});
  }
  auto control(const attempt_id& id, talk::event what) {
    return ask<control_call, control_taken>({
        identity{user, "user:ann", "r-5"},
        id, std::move(what)
    });
  }
  auto process(const attempt_id& id) {
    auto place = std::make_shared<std::optional<result<talk::wrapped>>>();
    auto reply =
        std::make_shared<responder<talk::wrapped>>([place](auto r) { *place = std::move(r); });
    caf::anon_send(
        life->all->wrap_up,
        asked_process{
            process_call{identity{user, "user:ann", "r-6"}, id},
            std::move(reply)
    });
    return place;
  }
  line_document got(const document& place) {
    if (!until([&] { return place->has_value(); }, 9s) || !place->value())
      CAF_FAIL("no document");
    return place->value().value();
  }
  static std::string words(const line_document& doc) {
    std::string all;
    for (const auto& text : doc.say)
      all += text;
    return all;
  }
  static bool says(const line_document& doc, const std::string& piece) {
    return words(doc).find(piece) != std::string::npos;
  }

  // -- a socket --
  struct socket {
    std::vector<line_order> sent;
    std::function<void(talk::event)> tell;
    std::optional<error> refused;

    std::string words() const {
      std::string all;
      for (const auto& one : sent)
        if (const auto* said = std::get_if<talk::say>(&one))
          all += said->text;
      return all;
    }
    template <class Order>
    bool got() const {
      for (const auto& one : sent)
        if (std::holds_alternative<Order>(one))
          return true;
      return false;
    }
  };
  std::shared_ptr<socket> attach(const attempt_id& id, std::int32_t session, call_sid sid) {
    auto s = std::make_shared<socket>();
    attach_line what{user, id, session, std::move(sid), {}};
    what.deliver = std::make_shared<std::function<void(const line_order&)>>(
        [s](const line_order& order) { s->sent.push_back(order); });
    auto place = ask<attach_line, line_attached>(std::move(what));
    drain();
    if (!place->has_value())
      CAF_FAIL("a socket got no answer");
    if (place->value())
      s->tell = place->value()->tell;
    else
      s->refused = place->value().error();
    return s;
  }
  std::shared_ptr<socket> attach(const attempt_id& id, std::int32_t session) {
    return attach(id, session, sid_of(id));
  }

  // -- oracles --
  const memory_database::talk_row& talk_of(const attempt_id& id) { return database.talks.at(id); }
  std::string transcript(const attempt_id& id) {
    std::vector<talk::segment> all;
    for (const auto& [n, piece] : talk_of(id).pieces)
      all.push_back(piece);
    return talk::write_transcript(all);
  }
  bool has_no_gap(const attempt_id& id) {
    std::int32_t n = 0, at = 0;
    for (const auto& [number, piece] : talk_of(id).pieces) {
      if (number != ++n || piece.start_ms < at || piece.end_ms < piece.start_ms)
        return false;
      at = piece.start_ms;
    }
    return n > 0;
  }
  bool is_over(const attempt_id& id) const {
    return database.attempts.at(id).state == attempt::status::ended;
  }
  std::size_t costs(assistant::function what) const {
    std::size_t n = 0;
    for (const auto& c : books.data.costs)
      n += c.what == what && c.call.has_value();
    return n;
  }
};

} // namespace ringmaster::testing
