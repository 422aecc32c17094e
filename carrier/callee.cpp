#include "carrier/callee.hpp"

#include <algorithm>
#include <utility>

namespace ringmaster::telco {

namespace {

/// Between the last word and the click.
constexpr milliseconds before_click{400};
/// A piece of a sentence shorter than this is no reason to say something.
constexpr std::size_t noticed_words = 4;
/// So many words between two reports of an unfinished sentence.
constexpr std::size_t report_words = 4;

void append(std::string& to, std::string_view text) {
  if (!to.empty() && !text.empty())
    to += ' ';
  to += text;
}

} // namespace

std::size_t callee::speech::words_until(milliseconds t) const {
  if (t >= end)
    return words;
  if (t <= begin || end <= begin)
    return 0;
  return static_cast<std::size_t>((t - begin).count()) * words / static_cast<std::size_t>((end - begin).count());
}

callee::callee(std::unique_ptr<mind> who) : mind_(std::move(who)), timing_(mind_->timing()) {}

void callee::answer() { enqueue(mind_->answered(), milliseconds(0), timing_.answer); }

// -- the caller ------------------------------------------------------------------------------------

void callee::hear(milliseconds at, std::string_view text, milliseconds length) {
  if (theirs_)
    cut(at);
  speech s;
  s.begin = at;
  s.end = at + length;
  s.text = std::string(text);
  s.words = split_words(text).size();
  theirs_ = std::move(s);
  taken_ = 0;
  react_at_.reset(); // whoever is spoken to goes on listening
}

void callee::cut(milliseconds at) {
  if (!theirs_)
    return;
  const auto words = theirs_->words_until(at);
  if (words >= taken_ + noticed_words || words == theirs_->words) {
    append(heard_, some_words(theirs_->text, taken_, words));
    if (!heard_.empty() || !keys_.empty())
      react_at_ = at + timing_.reaction;
  }
  theirs_.reset();
  last_sound_ = last_caller_ = at;
}

void callee::press(milliseconds at, std::string_view keys) {
  for (char c : keys)
    if (c != 'w' && c != 'W')
      keys_ += c;
  last_sound_ = last_caller_ = at;
  if (mind_->expects_keys()) {
    lines_.clear();
    if (mine_ && mine_->end > at) {
      mine_->text = some_words(mine_->text, 0, mine_->words_until(at));
      mine_->words = split_words(mine_->text).size();
      mine_->end = at;
    }
  }
  if (!theirs_)
    react_at_ = at + timing_.reaction;
}

// -- time ------------------------------------------------------------------------------------------

milliseconds callee::barge_at() const {
  const auto n = static_cast<std::int64_t>(mind_->barge_in());
  return theirs_->begin + (theirs_->end - theirs_->begin) * n / static_cast<std::int64_t>(theirs_->words);
}

std::optional<callee::due> callee::next() const {
  if (gone_)
    return std::nullopt;
  std::optional<due> out;
  auto consider = [&](milliseconds at, step what) {
    if (!out || at < out->at)
      out = due{at, what};
  };
  if (hang_up_at_)
    consider(*hang_up_at_, step::hang_up);
  if (theirs_)
    consider(theirs_->end, step::heard);
  if (mine_) {
    consider(mine_->end, step::spoken);
    if (const auto at = mine_->told + report_words; at < mine_->words)
      consider(
        mine_->begin + (mine_->end - mine_->begin) * static_cast<std::int64_t>(at) /
                         static_cast<std::int64_t>(mine_->words) + milliseconds(1),
        step::told);
  } else if (!lines_.empty()) {
    consider(line_at_, step::line);
  } else if (theirs_ && !hang_up_at_) {
    const auto n = mind_->barge_in();
    if (n > 0 && taken_ == 0 && barges_ < timing_.barges_most && theirs_->words > n + 1)
      consider(barge_at(), step::barge);
  }
  if (idle()) {
    if (react_at_)
      consider(*react_at_, step::react);
    else
      consider(last_sound_ + timing_.silence, step::silence);
    consider(last_caller_ + timing_.patience, step::patience);
  }
  return out;
}

std::optional<milliseconds> callee::next_due() const {
  const auto d = next();
  return d ? std::optional(d->at) : std::nullopt;
}

std::optional<sound> callee::advance(milliseconds now) {
  while (auto d = next()) {
    if (d->at > now)
      break;
    // What had to wait for something else comes now, not then.
    clock_ = d->at = std::max(d->at, clock_);
    if (auto out = run(*d))
      return out;
  }
  return std::nullopt;
}

std::optional<sound> callee::run(const due& d) {
  switch (d.what) {
    case step::heard:
      append(heard_, some_words(theirs_->text, taken_, theirs_->words));
      theirs_.reset();
      last_sound_ = last_caller_ = d.at;
      if (!heard_.empty() || !keys_.empty())
        react_at_ = d.at + timing_.reaction;
      return std::nullopt;
    case step::told:
      mine_->told += report_words;
      return sound{sound::kind::goes_on, d.at, some_words(mine_->text, 0, mine_->told)};
    case step::spoken: {
      auto text = std::move(mine_->text);
      mine_.reset();
      last_sound_ = d.at;
      // Nobody is expected to speak into a greeting: patience begins behind it.
      if (lines_.empty() && std::exchange(greeting_, false))
        last_caller_ = d.at;
      if (!lines_.empty())
        line_at_ = d.at + lines_.front().pause;
      else if (ends_after_)
        hang_up_at_ = d.at + before_click;
      else if (react_at_ && keys_.empty())
        // Whoever spoke over the other's words waits for an answer to the own ones; what was said
        // meanwhile counts when more comes.
        react_at_.reset();
      else if (react_at_)
        react_at_ = std::max(*react_at_, d.at + timing_.reaction);
      return sound{sound::kind::ends, d.at, std::move(text)};
    }
    case step::line:
      return say_next(d.at);
    case step::barge: {
      taken_ = std::max<std::size_t>(theirs_->words_until(d.at), 1);
      ++barges_;
      append(heard_, some_words(theirs_->text, 0, taken_));
      enqueue(mind_->hears(std::exchange(heard_, {}), std::exchange(keys_, {})), d.at, milliseconds(0));
      return std::nullopt;
    }
    case step::react: {
      react_at_.reset();
      // The reaction time has passed; what the rule asks for comes on top.
      enqueue(mind_->hears(std::exchange(heard_, {}), std::exchange(keys_, {})), d.at, milliseconds(0));
      last_sound_ = std::max(last_sound_, d.at);
      return std::nullopt;
    }
    case step::silence:
      last_sound_ = d.at;
      enqueue(mind_->silence(), d.at, milliseconds(0));
      return std::nullopt;
    case step::patience:
    case step::hang_up:
      gone_ = true;
      return sound{sound::kind::hangs_up, d.at, {}};
  }
  return std::nullopt;
}

void callee::enqueue(reaction r, milliseconds at, milliseconds first) {
  ends_after_ = ends_after_ || r.hang_up;
  for (auto& line : r.lines)
    lines_.push_back(std::move(line));
  if (!lines_.empty())
    line_at_ = at + first + lines_.front().pause;
  else if (ends_after_)
    hang_up_at_ = at + before_click;
}

std::optional<sound> callee::say_next(milliseconds at) {
  auto line = std::move(lines_.front());
  lines_.pop_front();
  const auto words = split_words(line.say).size();
  if (!line.press.empty()) {
    last_sound_ = at;
    // Words that belong to the keys come right behind them.
    if (words > 0)
      lines_.push_front({{}, std::move(line.say), {}});
    if (!lines_.empty())
      line_at_ = at + lines_.front().pause;
    else if (ends_after_)
      hang_up_at_ = at + before_click;
    return sound{sound::kind::keys, at, std::move(line.press)};
  }
  if (words == 0) { // a pause
    if (!lines_.empty())
      line_at_ = at + lines_.front().pause;
    else if (ends_after_)
      hang_up_at_ = at + before_click;
    return std::nullopt;
  }
  speech s;
  s.begin = at;
  s.end = at + timing_.word * static_cast<std::int64_t>(words);
  s.text = std::move(line.say);
  s.words = words;
  mine_ = std::move(s);
  return sound{sound::kind::begins, at, mine_->text};
}

} // namespace ringmaster::telco
