#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "carrier/mind.hpp"

namespace ringmaster::telco {

/// Something that comes out of the called phone.
struct sound {
  enum class kind : std::uint8_t {
    begins,   ///< to speak; `text` is what it is going to be
    goes_on,  ///< speaking; `text` is what was said so far
    ends,     ///< `text` is all of it
    keys,     ///< were pressed
    hangs_up,
  };
  kind what = kind::begins;
  milliseconds at{0};
  std::string text;
};

/// The called phone through time: what the callee hears of the caller, and when it speaks, presses
/// keys or hangs up. Times count from pick-up, as the callee feels them, and never go back. Pure.
class callee {
 public:
  explicit callee(std::unique_ptr<mind> who);

  /// The phone was picked up, at time 0.
  void answer();

  /// The caller says `text` for so long.
  void hear(milliseconds at, std::string_view text, milliseconds length);
  /// What is being said stops here; the words that were left are not heard.
  void cut(milliseconds at);
  /// The caller pressed keys.
  void press(milliseconds at, std::string_view keys);
  /// The line is somebody else's now: the callee is done.
  void leave() { gone_ = true; }

  std::optional<milliseconds> next_due() const;
  /// The next sound up to `now`; none: all is told.
  std::optional<sound> advance(milliseconds now);

  struct speech {
    milliseconds begin{0}, end{0};
    std::string text;
    std::size_t words = 0;
    std::size_t told = 0; ///< words that the last `goes_on` told
    /// Words that were said by then.
    std::size_t words_until(milliseconds t) const;
  };
  /// What the callee is saying now.
  const std::optional<speech>& speaking() const { return mine_; }

 private:
  enum class step : std::uint8_t { heard, spoken, told, barge, line, react, silence, patience, hang_up };
  struct due {
    milliseconds at;
    step what;
  };
  std::optional<due> next() const;
  std::optional<sound> run(const due& d);
  void enqueue(reaction r, milliseconds at, milliseconds first);
  std::optional<sound> say_next(milliseconds at);
  bool idle() const { return !mine_ && !theirs_ && lines_.empty() && !hang_up_at_; }
  milliseconds barge_at() const;

  std::unique_ptr<mind> mind_;
  const persona_timing& timing_;
  std::optional<speech> mine_, theirs_;
  std::size_t taken_ = 0; ///< words of `theirs_` that were reacted to already
  std::deque<persona_line> lines_;
  milliseconds line_at_{0};  ///< when the first of `lines_` begins
  bool ends_after_ = false;  ///< hangs up behind them
  std::optional<milliseconds> react_at_, hang_up_at_;
  std::string heard_, keys_;
  milliseconds last_sound_{0};  ///< from either end
  milliseconds last_caller_{0}; ///< from the caller
  milliseconds clock_{0};       ///< of the last step
  std::int64_t barges_ = 0;
  bool greeting_ = true;        ///< the first words of the callee are not over
  bool gone_ = false;
};

} // namespace ringmaster::telco
