#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carrier/callee.hpp"
#include "carrier/document.hpp"

namespace ringmaster::telco {

/// Something that was said on the line, for the log.
struct spoken {
  enum class kind : std::uint8_t {
    said,  ///< by the carrier's voice, as the document or the socket asked
    heard, ///< from the called phone
    dialed, ///< the call was handed to this number
  } what = kind::said;
  std::string text;
  std::string keys;
  bool whole = true; ///< said: to its end; heard: told to the other side
};

/// What is to be done with the socket of a relay.
struct socket_order {
  enum class kind : std::uint8_t { open, send, close } what = kind::send;
  std::uint32_t session = 0; ///< counts the sockets of one call
  std::string text;          ///< URL, message, or the reason of the close
  std::uint16_t code = 1000; ///< close
};

/// Who the call is between, for the first frame.
struct relay_call {
  std::string account, sid, from, to;
};

/// One ConversationRelay session: speaks what the socket sends, at speaking speed, and tells it what
/// the callee says, presses and interrupts. Times count from pick-up, as the callee feels them.
class relay_session {
 public:
  /// `phone` outlives it.
  relay_session(verb::relay asked, std::string id, callee& phone);

  void opened(milliseconds at, const relay_call& about);
  /// A message of the socket.
  void take(milliseconds at, std::string_view message);
  /// A sound of the callee's; hanging up is not its business.
  void take(const sound& s);
  std::optional<milliseconds> next_due() const;
  /// Does what is due at `next_due`.
  void advance();
  /// The sound stops: the session is over.
  void stop(milliseconds at);

  bool is_open() const { return open_; }
  /// The other side ended the session, and what it said before was spoken.
  const std::optional<std::string>& handoff() const { return handoff_; }
  /// Ten messages in a row could not be read.
  bool lost_its_mind() const { return unreadable_ >= 10; }
  const verb::relay& asked() const { return asked_; }
  const std::string& id() const { return id_; }
  milliseconds opened_at() const { return opened_at_; }

  std::vector<std::string> frames;   ///< to be sent
  std::vector<spoken> lines;         ///< to be logged
  std::vector<notice> notices;

 private:
  struct piece {
    enum class kind : std::uint8_t { text, digits, sound, end } what = kind::text;
    std::string text;
    bool interruptible = true;
  };
  struct playing {
    piece what;
    milliseconds begin{0}, end{0};
  };
  void add_text(milliseconds at, std::string token, bool last, bool interruptible);
  void queue(milliseconds at, piece p);
  void close_turn();
  void play(milliseconds at);
  void interrupt(milliseconds at);
  void begin_hearing(milliseconds at);
  bool deaf() const;
  void unreadable(std::string why);
  std::string so_far(std::string_view text, std::size_t to) const;

  verb::relay asked_;
  std::string id_;
  callee& phone_;
  bool open_ = false;
  milliseconds opened_at_{0};
  std::deque<piece> queue_;
  std::vector<piece> turn_;          ///< tokens of a turn that is not complete
  std::optional<playing> playing_;
  std::string turn_said_;            ///< what was spoken of the turn that is spoken
  milliseconds turn_began_{0};
  bool hearing_ = false;             ///< the callee's words are listened to
  std::size_t from_word_ = 0;        ///< of what it is saying
  std::string prompt_;               ///< what it said before in the same breath
  std::optional<milliseconds> prompt_at_; ///< when silence has made it a prompt
  std::optional<std::string> handoff_;
  int unreadable_ = 0;
};

} // namespace ringmaster::telco
