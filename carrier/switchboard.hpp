#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carrier/book.hpp"
#include "carrier/log.hpp"
#include "carrier/outbox.hpp"
#include "carrier/player.hpp"

namespace ringmaster::telco {

/// Joins the lives of calls, the documents they play and the callbacks they cause. Pure: it is
/// told the time and the answers of errands, and says which errands to run.
class switchboard {
 public:
  /// `rules` and `log` outlive it.
  switchboard(const scenario& rules, std::uint64_t run_key, call_log& log)
    : rules_(rules), log_(log), book_(rules, run_key) {}

  answer<call_record*> create(call_order order, std::uint32_t request_ordinal, instant now);
  /// Applies an update; 20404 for an unknown call, 21220 where it comes too late.
  answer<call_record*> change(std::string_view sid, const call_change& wanted, instant now);

  /// Lets everything happen that is due.
  void advance(instant now);
  /// The errands that may leave now; the end of each is told by `finished`.
  std::vector<errand> take_due(instant now) { return outbox_.take_due(now); }
  void finished(const errand& e, const errand_answer& got, instant now);

  /// Sockets of calls that talk by one: what is to be done with them, and what happened to them.
  struct call_socket {
    std::uint32_t serial = 0; ///< of the call
    socket_order order;
  };
  std::vector<call_socket> take_sockets() { return std::exchange(sockets_, {}); }
  void socket_opened(std::uint32_t serial, std::uint32_t session, instant now);
  void socket_message(
    std::uint32_t serial, std::uint32_t session, std::string_view message, instant now);
  void socket_closed(std::uint32_t serial, std::uint32_t session, instant now);
  std::optional<instant> next_due() const;

  book& calls() { return book_; }
  std::size_t errands_waiting() const { return outbox_.waiting(); }

 private:
  void happen(const happening& h, instant now);
  void fire(call_record& c, call::status status, instant at, instant now);
  void ended(call_record& c, instant at, instant now);
  void begin_playing(call_record& c, instant now);
  void grant(call_record& c, player& p, player_wish wish, instant now);
  void collect(const call_record& c, player& p, instant now);
  errand document_errand(const call_record& c, call::status status, player_wish wish);
  template <class Do>
  void with_player(std::uint32_t serial, instant now, Do what);
  void detected(call_record& c, instant now);
  answer<void> stop(call_record& c, call::status wanted, instant now);

  const scenario& rules_;
  call_log& log_;
  book book_;
  outbox outbox_;
  struct playing {
    telco::player player;
    std::uint64_t fetch = 0; ///< the token of the fetch that is waited for; 0: none
  };
  std::unordered_map<std::uint32_t, playing> playing_; ///< by serial
  std::vector<call_socket> sockets_;
  std::uint64_t last_token_ = 0;
};

} // namespace ringmaster::telco
