#include "carrier/relay.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace ringmaster::telco {

namespace {

using nlohmann::json;

/// Silence that ends a sentence.
constexpr milliseconds end_of_speech{500};
constexpr milliseconds key_time{500};
constexpr milliseconds play_time{3000};

std::string text_of(const json& from, const char* name) {
  auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_of(const json& from, const char* name, bool otherwise) {
  auto found = from.find(name);
  return found != from.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string written(const json& frame) {
  // Cut words may end within a character.
  return frame.dump(-1, ' ', false, json::error_handler_t::replace);
}

void join(std::string& to, std::string_view text) {
  if (!to.empty() && !text.empty() && to.back() != ' ' && text.front() != ' ')
    to += ' ';
  to += text;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

} // namespace

relay_session::relay_session(verb::relay asked, std::string id, callee& phone)
  : asked_(std::move(asked)), id_(std::move(id)), phone_(phone) {}

void relay_session::opened(milliseconds at, const relay_call& about) {
  open_ = true;
  opened_at_ = at;
  json parameters = json::object();
  for (const auto& [name, value] : asked_.parameters)
    parameters[name] = value;
  frames.push_back(written({
    {"type", "setup"},
    {"sessionId", id_},
    {"accountSid", about.account},
    {"callSid", about.sid},
    {"parentCallSid", ""},
    {"from", about.from},
    {"to", about.to},
    {"forwardedFrom", ""},
    {"callerName", ""},
    {"callType", "PSTN"},
    {"direction", "outbound-api"},
    {"callStatus", "IN-PROGRESS"},
    {"customParameters", std::move(parameters)},
  }));
  if (phone_.speaking())
    begin_hearing(at);
  if (!asked_.greeting.empty()) {
    piece greeting;
    greeting.text = asked_.greeting;
    greeting.interruptible = asked_.greeting_interruptible;
    queue(at, std::move(greeting));
  }
}

// -- what the socket says --------------------------------------------------------------------------

void relay_session::unreadable(std::string why) {
  ++unreadable_;
  notices.push_back({64107, std::move(why)});
}

void relay_session::take(milliseconds at, std::string_view message) {
  if (handoff_)
    return;
  const auto frame = json::parse(message, nullptr, false);
  const auto type = frame.is_object() ? text_of(frame, "type") : std::string();
  if (type == "text") {
    const auto token = frame.find("token");
    if (token == frame.end() || !token->is_string())
      return unreadable("a text message has a token that is a text");
    add_text(
      at, token->get<std::string>(), flag_of(frame, "last", false),
      flag_of(frame, "interruptible", asked_.interruptible));
  } else if (type == "sendDigits") {
    piece digits;
    digits.what = piece::kind::digits;
    digits.text = text_of(frame, "digits");
    if (digits.text.empty() || digits.text.find_first_not_of("0123456789w#*") != std::string::npos)
      return unreadable("digits are 0-9 w # *");
    close_turn();
    queue(at, std::move(digits));
  } else if (type == "play") {
    piece sound;
    sound.what = piece::kind::sound;
    sound.interruptible = flag_of(frame, "interruptible", asked_.interruptible);
    queue(at, std::move(sound));
  } else if (type == "end") {
    close_turn();
    piece end;
    end.what = piece::kind::end;
    end.text = text_of(frame, "handoffData");
    end.interruptible = false;
    queue(at, std::move(end));
  } else if (type != "language") {
    return unreadable("a message of type '" + type.substr(0, 40) + "' is not known");
  }
  unreadable_ = 0;
}

void relay_session::add_text(milliseconds at, std::string token, bool last, bool interruptible) {
  if (turn_.empty() || turn_.back().interruptible != interruptible) {
    piece p;
    p.interruptible = interruptible;
    turn_.push_back(std::move(p));
  }
  turn_.back().text += token;
  if (!last)
    return;
  close_turn();
  play(at);
}

void relay_session::close_turn() {
  for (auto& p : turn_) {
    p.text = trimmed(p.text);
    if (!p.text.empty())
      queue_.push_back(std::move(p));
  }
  turn_.clear();
}

void relay_session::queue(milliseconds at, piece p) {
  queue_.push_back(std::move(p));
  play(at);
}

void relay_session::play(milliseconds at) {
  while (!playing_ && !queue_.empty() && !handoff_) {
    playing now;
    now.what = std::move(queue_.front());
    queue_.pop_front();
    now.begin = now.end = at;
    switch (now.what.what) {
      case piece::kind::text:
        now.end += speaking_time(now.what.text);
        if (turn_said_.empty())
          turn_began_ = at;
        // Whoever is talking already is spoken into only where that cannot be helped.
        phone_.hear(at, now.what.text, now.end - now.begin);
        break;
      case piece::kind::digits:
        now.end += key_time * static_cast<std::int64_t>(now.what.text.size());
        break;
      case piece::kind::sound:
        now.end += play_time;
        break;
      case piece::kind::end:
        handoff_ = std::move(now.what.text);
        return;
    }
    playing_ = std::move(now);
  }
}

// -- time ------------------------------------------------------------------------------------------

std::optional<milliseconds> relay_session::next_due() const {
  if (playing_ && prompt_at_)
    return std::min(playing_->end, *prompt_at_);
  return playing_ ? std::optional(playing_->end) : prompt_at_;
}

void relay_session::advance() {
  if (prompt_at_ && (!playing_ || *prompt_at_ <= playing_->end)) {
    prompt_at_.reset();
    hearing_ = false;
    auto text = std::exchange(prompt_, {});
    if (text.empty())
      return;
    frames.push_back(
      written({{"type", "prompt"}, {"voicePrompt", text}, {"lang", asked_.language}, {"last", true}}));
    lines.push_back({spoken::kind::heard, std::move(text), {}, true});
    return;
  }
  if (!playing_)
    return;
  const auto at = playing_->end;
  auto done = std::move(playing_->what);
  playing_.reset();
  if (done.what == piece::kind::text) {
    join(turn_said_, done.text);
    lines.push_back({spoken::kind::said, std::move(done.text), {}, true});
  } else if (done.what == piece::kind::digits) {
    phone_.press(at, done.text);
    lines.push_back({spoken::kind::said, {}, std::move(done.text), true});
  }
  if (queue_.empty())
    turn_said_.clear();
  play(at);
  // Who spoke into what could not be interrupted is heard from here.
  if (!hearing_ && phone_.speaking() && !deaf())
    begin_hearing(at);
}

void relay_session::stop(milliseconds at) {
  if (playing_ && playing_->what.what == piece::kind::text) {
    phone_.cut(at);
    const auto span = std::max<std::int64_t>((playing_->end - playing_->begin).count(), 1);
    const auto words = split_words(playing_->what.text).size();
    const auto heard = static_cast<std::size_t>((at - playing_->begin).count()) * words / static_cast<std::size_t>(span);
    lines.push_back({spoken::kind::said, some_words(playing_->what.text, 0, heard), {}, false});
  }
  playing_.reset();
  queue_.clear();
  prompt_at_.reset();
  open_ = false;
}

// -- what the callee does --------------------------------------------------------------------------

bool relay_session::deaf() const {
  return playing_ && !playing_->what.interruptible && !asked_.reports_during;
}

void relay_session::begin_hearing(milliseconds at) {
  hearing_ = true;
  from_word_ = phone_.speaking() ? phone_.speaking()->words_until(at) : 0;
  prompt_at_.reset();
}

void relay_session::interrupt(milliseconds at) {
  std::string heard;
  if (playing_->what.what == piece::kind::text) {
    const auto words = split_words(playing_->what.text).size();
    const auto span = std::max<std::int64_t>((playing_->end - playing_->begin).count(), 1);
    const auto until =
      static_cast<std::size_t>((at - playing_->begin).count()) * words / static_cast<std::size_t>(span);
    heard = some_words(playing_->what.text, 0, until);
    phone_.cut(at);
    lines.push_back({spoken::kind::said, heard, {}, false});
  }
  join(turn_said_, heard);
  frames.push_back(written({
    {"type", "interrupt"},
    {"utteranceUntilInterrupt", turn_said_},
    {"durationUntilInterruptMs", (at - turn_began_).count()},
  }));
  turn_said_.clear();
  playing_.reset();
  turn_.clear();
  std::erase_if(queue_, [](const piece& p) { return p.interruptible && p.what != piece::kind::digits; });
}

std::string relay_session::so_far(std::string_view text, std::size_t to) const {
  auto out = prompt_;
  join(out, some_words(text, from_word_, to));
  return out;
}

void relay_session::take(const sound& s) {
  if (!open_) { // the socket is not there yet
    if (s.what == sound::kind::ends)
      lines.push_back({spoken::kind::heard, s.text, {}, false});
    else if (s.what == sound::kind::keys)
      lines.push_back({spoken::kind::heard, {}, s.text, false});
    return;
  }
  switch (s.what) {
    case sound::kind::begins:
      if (deaf())
        return;
      if (playing_ && playing_->what.interruptible && playing_->what.what != piece::kind::digits)
        interrupt(s.at);
      begin_hearing(s.at);
      return play(s.at);
    case sound::kind::goes_on:
      // A sentence that was begun before the carrier's: it is noticed with its next words.
      if (playing_ && playing_->what.interruptible && playing_->what.what != piece::kind::digits) {
        interrupt(s.at);
        if (!hearing_)
          begin_hearing(s.at);
      }
      if (hearing_ && asked_.partial_prompts && split_words(s.text).size() > from_word_)
        frames.push_back(written(
          {{"type", "prompt"}, {"voicePrompt", so_far(s.text, ~std::size_t{0})}, {"lang", asked_.language}, {"last", false}}));
      return;
    case sound::kind::ends:
      if (!hearing_) {
        lines.push_back({spoken::kind::heard, s.text, {}, false});
        return;
      }
      if (from_word_ > 0)
        lines.push_back({spoken::kind::heard, some_words(s.text, 0, from_word_), {}, false});
      prompt_ = so_far(s.text, ~std::size_t{0});
      from_word_ = 0;
      prompt_at_ = s.at + end_of_speech;
      return;
    case sound::kind::keys:
      lines.push_back({spoken::kind::heard, {}, s.text, asked_.keys});
      if (asked_.keys)
        for (char key : s.text)
          if (key != 'w')
            frames.push_back(written({{"type", "dtmf"}, {"digit", std::string(1, key)}}));
      return;
    case sound::kind::hangs_up:
      return;
  }
}

} // namespace ringmaster::telco
