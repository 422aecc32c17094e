// Gathers: what is heard of a callee, and what is posted of it.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "carrier/chance.hpp"
#include "carrier/player.hpp"

namespace ringmaster::telco {

namespace {

/// Between the last word and the decision that it was the last, where it is decided beforehand.
constexpr milliseconds end_of_speech{800};
constexpr milliseconds key_time{400};
/// Longer speech is cut.
constexpr milliseconds speech_max{60000};

/// The keys that count: up to the finish key, at most as many as asked for.
std::string keys_heard(const verb::gather& g, std::string keys) {
  if (!g.finish_key.empty())
    keys = keys.substr(0, keys.find(g.finish_key[0]));
  if (g.digits_max > 0 && keys.size() > g.digits_max)
    keys.resize(g.digits_max);
  return keys;
}

bool keys_complete(const verb::gather& g, const std::string& keys) {
  return (!g.finish_key.empty() && keys.find(g.finish_key[0]) != std::string::npos) ||
         (g.digits_max > 0 && keys.size() >= g.digits_max);
}

/// What reaches the carrier of what the callee does: words are not heard by a Gather for keys.
reply perceived(const verb::gather& g, reply said) {
  using kind = reply::kind;
  if (said.what == kind::digits)
    said.text = keys_heard(g, std::move(said.text));
  const bool lost = said.text.empty() || (said.what == kind::speech && !g.speech) ||
                    (said.what == kind::digits && !g.keys);
  return lost ? reply{} : said;
}

void append(std::string& to, std::string_view text) {
  if (!to.empty() && !text.empty())
    to += ' ';
  to += text;
}

} // namespace

player_wish player::gather(const verb::gather& g, instant now) {
  if (callee_) {
    listening_ = {};
    listening_.asked = g;
    // Who is talking when the prompts begin is heard instead of them.
    if (g.speech && g.barge_in && callee_->speaking()) {
      begin_talking(now);
      return rest();
    }
    return next_prompt(now);
  }
  now_ = activity::hearing;
  hearing_.emplace(
    hearing{g, perceived(g, reply_at(rules_, call_.order.to, call_.fate, gathers_++))});
  const auto& heard = hearing_->said;
  auto length = g.prompt_time();
  if (heard.what == reply::kind::silence)
    length += g.timeout;
  else if (heard.what == reply::kind::speech)
    length += speaking_time(heard.text) + end_of_speech;
  else
    length += key_time * static_cast<long>(heard.text.size());
  return wait(length, now);
}

player_wish player::heard(instant now) {
  auto done = *std::exchange(hearing_, std::nullopt);
  for (const auto& prompt : done.asked.prompts)
    said(prompt);
  return answer(done.asked, std::move(done.said), now);
}

// -- a callee who is there -------------------------------------------------------------------------

player_wish player::next_prompt(instant now) {
  auto& l = listening_;
  if (l.prompt < l.asked.prompts.size())
    return pass(l.asked.prompts[l.prompt], activity::prompting, now);
  now_ = activity::listening;
  if (l.asked.speech && callee_->speaking()) {
    begin_talking(now);
    return rest();
  }
  return wait(l.asked.timeout, now);
}

void player::begin_talking(instant now) {
  auto& l = listening_;
  now_ = activity::listening;
  const auto& speech = callee_->speaking();
  l.from_word = speech ? speech->words_until(phone_time(now)) : 0;
  l.talking = true;
  if (!l.speech_end)
    l.speech_end = now + rules_.scaled(speech_max);
  due_ = *l.speech_end;
}

std::optional<player_wish> player::gather_sound(const sound& s, instant now) {
  auto& l = listening_;
  const bool open = now_ == activity::listening || l.asked.barge_in;
  switch (s.what) {
    case sound::kind::begins:
      if (!open || !l.asked.speech || !l.keys.empty())
        return std::nullopt;
      stop_words(now);
      begin_talking(now);
      return std::nullopt;
    case sound::kind::goes_on:
      return std::nullopt;
    case sound::kind::ends:
      if (!l.talking || now_ != activity::listening) {
        lines_.push_back({spoken::kind::heard, s.text, {}, false});
        return std::nullopt;
      }
      if (l.from_word > 0)
        lines_.push_back({spoken::kind::heard, some_words(s.text, 0, l.from_word), {}, false});
      append(l.text, some_words(s.text, l.from_word, ~std::size_t{0}));
      l.from_word = 0;
      wait(l.asked.end_of_speech, now);
      return std::nullopt;
    case sound::kind::keys:
      if (!open || !l.asked.keys || l.talking) {
        lines_.push_back({spoken::kind::heard, {}, s.text, false});
        return std::nullopt;
      }
      stop_words(now);
      now_ = activity::listening;
      l.keys += s.text;
      if (keys_complete(l.asked, l.keys))
        return gathered(now);
      wait(l.asked.timeout, now);
      return std::nullopt;
    case sound::kind::hangs_up:
      break;
  }
  return std::nullopt;
}

/// The Gather has heard enough, or nothing.
player_wish player::gathered(instant now) {
  auto l = std::exchange(listening_, {});
  reply out;
  if (!l.keys.empty()) {
    out.what = reply::kind::digits;
    out.text = keys_heard(l.asked, std::move(l.keys));
  } else if (l.talking) {
    if (const auto& speech = callee_->speaking())
      append(l.text, some_words(speech->text, l.from_word, speech->words_until(phone_time(now))));
    out.what = reply::kind::speech;
    out.text = std::move(l.text);
    dice chance(sub_seed(call_.fate.seed, "confidence", {}, gathers_++));
    out.confidence = static_cast<double>(chance.between(7000, 9900)) / 10000.0;
  }
  if (out.text.empty())
    out = {};
  return answer(l.asked, std::move(out), now);
}

// -- what is told of it ----------------------------------------------------------------------------

player_wish player::answer(const verb::gather& asked, reply said, instant now) {
  now_ = activity::none;
  due_.reset();
  if (said.what == reply::kind::silence && !asked.action_on_empty)
    return run(now);
  auto url = asked.action.empty() ? base_ : resolve_url(base_, asked.action);
  if (url.empty())
    return trouble(11100, "<Gather> has no absolute action", now);
  wire::fields extra;
  if (said.what == reply::kind::speech) {
    lines_.push_back({spoken::kind::heard, said.text, {}, true});
    extra.emplace_back("SpeechResult", said.text);
    if (said.confidence) {
      char text[16];
      std::snprintf(text, sizeof text, "%.4f", *said.confidence);
      extra.emplace_back("Confidence", text);
    }
  } else if (said.what == reply::kind::digits) {
    lines_.push_back({spoken::kind::heard, {}, said.text, true});
    extra.emplace_back("Digits", said.text);
  }
  return fetch({std::move(url), asked.post}, std::move(extra));
}

} // namespace ringmaster::telco
