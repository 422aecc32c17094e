#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/type_nr.hpp>

#include "actors/actor_board.hpp"
#include "actors/messages.hpp"

namespace ringmaster {

/// What an operator wants of an actor, answered between two of its messages.
struct operator_message {
  enum class wish : std::uint8_t { describe, stop } what = wish::describe;
  uuid about;
  identity by;
  std::shared_ptr<responder<actor_state>> reply_to;
};

/// How long messages took, most recently: a histogram in 32 bytes. Written by one thread.
class small_histogram {
public:
  void note(std::uint64_t us);
  /// The time below which `share` of them stayed, about.
  std::uint32_t quantile(double share) const;

private:
  static constexpr std::size_t size_ = 16;
  std::array<std::atomic<std::uint16_t>, size_> counts_{};
};

/// One actor's place on the board. Part of the actor: a CALL has to be lean.
class actor_watch {
public:
  using nanos = std::chrono::nanoseconds;

  actor_watch(
      std::shared_ptr<actor_board> board, actor_kind kind, const uuid& subject,
      std::uint64_t parent, caf::actor_control_block* who);
  ~actor_watch() { end(nullptr); }
  actor_watch(const actor_watch&) = delete;
  actor_watch& operator=(const actor_watch&) = delete;

  bool on() const { return board_ != nullptr; }
  void begin();
  /// `why`: it ended badly.
  void end(const std::string* why);
  void came() { queued_.fetch_add(1, std::memory_order_relaxed); }
  /// The actor itself, while it lives.
  static caf::actor hold(actor_board& board, std::uint64_t id, actor_kind* kind);
  void wakes_at(nanos at) { next_timer_.store(at.count(), std::memory_order_relaxed); }

  /// Around one message.
  class handling {
  public:
    handling(actor_watch& of, const char* type) : of_(of), type_(type), began_(of.board_->boot()) {
      of_.queued_.fetch_sub(1, std::memory_order_relaxed);
      of_.working_.store(true, std::memory_order_relaxed);
    }
    ~handling() {
      if (type_)
        of_.handled(type_, began_);
    }
    /// It was not handled: it waits on, because an awaited answer goes first.
    void put_back() {
      type_ = nullptr;
      of_.queued_.fetch_add(1, std::memory_order_relaxed);
      of_.working_.store(false, std::memory_order_relaxed);
    }
    handling(const handling&) = delete;
    handling& operator=(const handling&) = delete;

  private:
    actor_watch& of_;
    const char* type_;
    nanos began_;
  };

private:
  friend class actor_board;
  struct remembered {
    std::atomic<const char*> type{nullptr};
    std::atomic<std::int64_t> at{0};
    std::atomic<std::uint32_t> took_us{0};
  };
  /// Only of the kinds of which there are few.
  struct memory {
    std::array<remembered, 8> last;
    std::atomic<std::uint32_t> next{0};
  };

  void handled(const char* type, nanos began);
  void count(nanos now);
  double rate(nanos now) const;
  std::vector<actor_message> recent() const;

  std::shared_ptr<actor_board> board_;
  caf::actor_control_block* who_;
  actor_watch* before_ = nullptr; ///< these two under the shard's lock
  actor_watch* behind_ = nullptr;
  uuid subject_;
  std::uint64_t parent_;
  std::atomic<std::int64_t> next_timer_{0};
  std::unique_ptr<memory> memory_;
  remembered last_;
  small_histogram times_;
  std::uint32_t born_at_ = 0; ///< seconds of clock.boot()
  std::atomic<std::uint32_t> queued_{0};
  std::atomic<std::uint32_t> slot_{0}, in_slot_{0}, before_slot_{0}; ///< messages, for the rate
  actor_kind kind_;
  std::atomic<bool> working_{false};
  bool entered_ = false;
};
static_assert(sizeof(actor_watch) <= 160, "a live call is to stay lean");

/// An actor that can be looked at: counts what waits in its mailbox, times its handlers, and lets
/// an operator ask what it is about. Without a board it does none of this.
template <class Base>
class watched : public Base {
public:
  watched(
      caf::actor_config& config, std::shared_ptr<actor_board> board, actor_kind kind,
      const uuid& subject = {}, std::uint64_t parent = 0)
      : Base(config), watch_(std::move(board), kind, subject, parent, this->ctrl()) {}

  using Base::consume;
  using Base::enqueue;

  void launch(caf::execution_unit* where, bool lazy, bool hide) override {
    watch_.begin();
    Base::launch(where, lazy, hide);
  }
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* where) override {
    if (watch_.on())
      watch_.came();
    Base::enqueue(std::move(what), where);
  }
  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    if (!watch_.on())
      return Base::consume(what);
    const auto& content = what.content();
    const char* type = "empty";
    if (!content.empty()) {
      const auto [number, info] = content.type(0);
      type = info ? info->name() : caf::numbered_type_names[number - 1];
      if (info && *info == typeid(operator_message)) {
        typename actor_watch::handling now(watch_, type);
        answer(*static_cast<const operator_message*>(content.get(0)));
        return caf::invoke_message_result::consumed;
      }
    }
    typename actor_watch::handling now(watch_, type);
    auto done = Base::consume(what);
    if (done == caf::invoke_message_result::skipped)
      now.put_back();
    return done;
  }
  bool cleanup(caf::error&& why, caf::execution_unit* where) override {
    if (why && why != caf::exit_reason::normal && why != caf::exit_reason::user_shutdown &&
        why != caf::exit_reason::unreachable) {
      const auto text = this->home_system().render(why);
      watch_.end(&text);
    } else {
      watch_.end(nullptr);
    }
    return Base::cleanup(std::move(why), where);
  }

protected:
  /// What it is about: ids, counts, states; no numbers and no words of people.
  virtual actor_state describe(const uuid& /*about*/) const { return {}; }
  virtual result<void> stop_by(const identity& /*who*/) {
    return fail(errc::wrong_state, "it cannot be stopped");
  }
  actor_watch& watch() { return watch_; }

private:
  void answer(const operator_message& asked) {
    if (asked.what == operator_message::wish::stop)
      if (auto done = stop_by(asked.by); !done) {
        asked.reply_to->reply(fail(std::move(done.error())));
        return;
      }
    asked.reply_to->reply(describe(asked.about));
  }

  actor_watch watch_;
};

} // namespace ringmaster

RINGMASTER_LOCAL(ringmaster::operator_message)
