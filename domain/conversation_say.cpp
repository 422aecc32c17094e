// What leaves the assistant's mouth: cleaned, filtered, held back where money is at stake.

#include <algorithm>
#include <set>
#include <utility>

#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

namespace {

/// The text without what follows `most` characters, ended at a sentence or a word.
std::string shortened(std::string text, std::size_t most) {
  auto count = count_characters(text);
  if (count && *count <= most)
    return text;
  std::size_t bytes = 0;
  for (std::size_t n = 0; n < most && bytes < text.size(); ++n)
    bytes += read_glyph(text, bytes).length;
  text.resize(std::min(bytes, text.size()));
  auto end = text.find_last_of(".!?");
  if (end == std::string::npos || end < text.size() / 2)
    end = text.find_last_of(' ');
  if (end != std::string::npos && end > 0)
    text.resize(text[end] == ' ' ? end : end + 1);
  return text;
}

/// The end of the first sentence in `text`, behind its sign; npos: it goes on.
std::size_t sentence_end(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if ((text[i] == '.' || text[i] == '!' || text[i] == '?') && text[i + 1] == ' ')
      return i + 1;
  return std::string_view::npos;
}

/// True if a price may be in the making: then the sentence is not begun before it is whole.
bool may_speak_of_money(std::string_view text) {
  if (text.find_first_of("0123456789$%") != std::string_view::npos)
    return true;
  for (auto c : text)
    if ((static_cast<unsigned char>(c) & 0x80) != 0)
      return true;
  static const std::set<std::string_view> telling{
      "one",       "two",      "three",    "four",    "five",     "six",      "seven",   "eight",
      "nine",      "ten",      "eleven",   "twelve",  "thirteen", "fourteen", "fifteen", "sixteen",
      "seventeen", "eighteen", "nineteen", "twenty",  "thirty",   "forty",    "fifty",   "sixty",
      "seventy",   "eighty",   "ninety",   "hundred", "thousand", "dozen",    "dollar",  "dollars",
      "bucks",     "euros",    "pounds",   "usd",     "eur",      "price",    "fee",     "cost"};
  auto words = spoken_words(text);
  return std::any_of(
      words.begin(), words.end(), [](const auto& w) { return telling.count(w) > 0; });
}

/// Up to where a text of a model can be cleaned: a word that may grow into an address waits.
std::size_t clean_up_to(std::string_view raw) {
  auto white = raw.find_last_of(" \t\r\n");
  auto begin = white == std::string_view::npos ? 0 : white + 1;
  auto word = raw.substr(begin);
  if (word.empty())
    return raw.size();
  auto low = letters_of(word);
  bool may_grow = word.find_first_of(".:/@<&*_`#[](){}|~\\") != std::string_view::npos ||
                  std::string_view{"https"}.starts_with(low) || low.starts_with("http") ||
                  std::string_view{"www"}.starts_with(low) || low.starts_with("www");
  constexpr std::size_t word_most = 200;
  return may_grow && word.size() < word_most ? begin : raw.size();
}

} // namespace

std::optional<money> may_accept(
    const std::optional<money>& max_price, const money& max_auto_approve,
    const std::optional<money>& approved) {
  std::optional<money> limit = approved;
  if (!limit && max_auto_approve.micros > 0)
    limit = max_auto_approve;
  if (!limit || !max_price)
    return limit;
  auto order = compare(*max_price, *limit);
  if (!order)
    return std::nullopt; // two currencies: neither says anything about the other
  return *order == std::strong_ordering::less ? max_price : limit;
}

milliseconds speaking_time(std::string_view text) {
  constexpr std::int64_t character = 62, digit = 150;
  std::int64_t time = 0;
  for (std::size_t i = 0; i < text.size();) {
    auto g = read_glyph(text, i);
    time += character + (g.code >= '0' && g.code <= '9' ? digit : 0);
    i += g.length;
  }
  return milliseconds{time};
}

void conversation::mind::new_turn() {
  ++known->turn;
  own_piece = 0;
}

void conversation::mind::utter(std::string text, bool last, bool interruptible) {
  auto id = turn.is_running ? turn.id : known->turn;
  if (own_piece == 0)
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  if (trimmed(text).empty()) {
    if (last && own_piece != 0)
      acts.push_back(say{id, {}, true, interruptible});
    return;
  }
  if (own_piece == 0) {
    add(speaker::assistant, {});
    auto& piece = pieces->back();
    own_piece = piece.n;
    // A voice speaks one thing after the other.
    auto begin = std::max({now, voice_until, milliseconds{piece.start_ms}});
    piece.start_ms = static_cast<std::int32_t>(begin.count());
    voice_until = begin;
  }
  auto& piece = (*pieces)[static_cast<std::size_t>(own_piece) - 1];
  piece.text += text;
  voice_until = std::max(voice_until, now) + speaking_time(text);
  piece.end_ms = static_cast<std::int32_t>(voice_until.count());
  changed.insert(piece.n);
  last_sound = std::max(last_sound, now);
  acts.push_back(say{id, std::move(text), last, interruptible});
}

void conversation::mind::speak(std::string_view text, bool interruptible) {
  stop_thinking();
  new_turn();
  auto said = filter.push(clean_for_speech(text));
  said += filter.finish();
  utter(std::move(said), true, interruptible);
  opening_is_spoken = false;
}

std::string conversation::mind::opening() const {
  const auto& b = brief();
  constexpr std::size_t script_most = 600;
  auto words = b.words.introduction;
  if (trimmed(words).empty() && !b.of_task)
    words = shortened(clean_for_speech(b.about.instruction), script_most);
  if (trimmed(words).empty() && b.disclosure.empty())
    words = "Hello.";
  if (!b.disclosure.empty() && words.find(b.disclosure) == std::string::npos)
    words = words.empty() ? b.disclosure : b.disclosure + " " + words;
  return words;
}

void conversation::mind::greet() {
  speak(opening(), false);
  known->disclosed = true;
  must_meet = false;
  opening_is_spoken = true;
}

void conversation::mind::hand_over() {
  at = phase::listening;
  closing = listen{about->numbers.silence_after};
}

void conversation::mind::end(std::string_view goodbye, std::string why) {
  stop_thinking();
  if (at == phase::holding)
    count_hold();
  close_open_question();
  if (!goodbye.empty())
    speak(goodbye);
  known->ended = why;
  at = phase::ending;
  closing = hang_up{std::move(why)};
}

// -- the model's words ----------------------------------------------------------------------------

void conversation::mind::on(const thought& e) {
  if (!turn.is_running || e.turn != turn.id || e.text.empty() || turn.is_full)
    return;
  turn.has_text = true;
  turn.last_text = now;
  // What cannot become speech any more (markup without end) is not kept either.
  constexpr std::size_t raw_most = 16'384;
  if (turn.raw.size() + e.text.size() > raw_most) {
    turn.is_full = true;
  } else {
    turn.raw += e.text;
    if (!in_turns())
      flow(false);
    else if (turn.raw.size() > about->numbers.text_most * 4)
      turn.is_full = true;
  }
  if (!turn.is_full || !turn.is_running)
    return;
  // It would never end by itself.
  flow(true);
  if (!turn.is_running)
    return;
  acts.push_back(forget{});
  end_turn(false);
}

void conversation::mind::flow(bool is_end) {
  auto ready = is_end ? turn.raw.size() : clean_up_to(turn.raw);
  auto text = clean_for_speech(std::string_view{turn.raw}.substr(0, ready));
  turn.raw.erase(0, ready);
  text = filter.push(text);
  if (is_end)
    text += filter.finish();
  // Only now: between this piece and the last one a letter may have been held back.
  if (turn.sentence.ends_with(' ') && text.starts_with(' '))
    text.erase(0, 1);
  auto length = count_characters(text).value_or(text.size());
  const auto most = about->numbers.text_most;
  if (turn.length + length > most) {
    text = shortened(std::move(text), most - std::min(most, turn.length));
    turn.is_full = true;
    is_end = true;
  }
  turn.length += length;
  turn.sentence += text;
  release(is_end);
}

void conversation::mind::release(bool is_end) {
  while (turn.is_running) {
    auto end = sentence_end(turn.sentence);
    if (end == std::string::npos)
      break;
    say_sentence(std::string_view{turn.sentence}.substr(0, end));
    turn.sentence.erase(0, end);
    turn.emitted = 0;
  }
  if (!turn.is_running)
    return;
  bool at_once = !is_end && !in_turns() && !may_speak_of_money(turn.sentence) &&
                 (!table || is_covered(*table)) && !turn.own_price && !turn.is_uncovered;
  if (is_end && !trimmed(turn.sentence).empty()) {
    auto rest = std::exchange(turn.sentence, {});
    say_sentence(rest);
  } else if (at_once && turn.emitted < turn.sentence.size()) {
    auto part = turn.sentence.substr(turn.emitted);
    turn.emitted = turn.sentence.size();
    if (!trimmed(part).empty())
      turn.has_said = true;
    utter(std::move(part), false);
  }
}

void conversation::mind::say_sentence(std::string_view whole) {
  if (is_withheld(whole)) {
    auto price = at_stake(whole).value_or(money{});
    return withhold(price);
  }
  if (is_invented(whole))
    return admit_ignorance();
  auto prices = prices_in(whole);
  for (const auto& p : prices)
    if (!turn.own_price || compare(p, *turn.own_price) != std::strong_ordering::less)
      turn.own_price = p;
  if (is_commitment(whole) && !is_offer(whole))
    if (auto price = at_stake(whole); price && is_covered(*price)) {
      auto bigger = known->agreed ? compare(*price, *known->agreed) : std::nullopt;
      if (!known->agreed || !bigger || *bigger == std::strong_ordering::greater)
        known->agreed = price;
    }
  if (whole.ends_with('?') && !prices.empty())
    countered = prices.back();
  auto part = std::string{whole.substr(std::min(turn.emitted, whole.size()))};
  turn.emitted = 0;
  if (part.empty())
    return;
  turn.has_said = true;
  utter(std::move(part), false);
}

bool conversation::mind::is_covered(const money& price) const {
  auto holds = [&](const std::optional<money>& limit) {
    auto order = limit ? compare(price, *limit) : std::nullopt;
    return order && *order != std::strong_ordering::greater;
  };
  if (holds(brief().may_accept))
    return true;
  return std::any_of(known->questions.begin(), known->questions.end(), [&](const auto& q) {
    return q.now == owner_question::state::yes && holds(q.amount);
  });
}

std::optional<money> conversation::mind::at_stake(std::string_view sentence) const {
  auto all = prices_in(sentence);
  // An offer of our own stands for itself, whatever was asked before.
  if (all.empty() || !is_offer(sentence)) {
    if (table)
      all.push_back(*table);
    if (turn.own_price)
      all.push_back(*turn.own_price);
  }
  std::optional<money> most;
  for (const auto& p : all) {
    if (!is_covered(p))
      return p;
    if (!most || compare(p, *most) == std::strong_ordering::greater)
      most = p;
  }
  return most;
}

bool conversation::mind::is_withheld(std::string_view sentence) {
  auto price = at_stake(sentence);
  return price && !is_covered(*price) && is_commitment(sentence);
}

void conversation::mind::withhold(const money& price) {
  // The rest of the turn builds on a yes that was not given.
  stop_thinking();
  (void)filter.finish();
  auto is_refused = [&](const owner_question& q) {
    return q.now != owner_question::state::yes && q.now != owner_question::state::open &&
           q.amount && compare(*q.amount, price) != std::strong_ordering::greater &&
           q.amount->currency == price.currency;
  };
  bool was_refused =
      std::any_of(known->questions.begin(), known->questions.end(), is_refused) || !may_ask();
  if (was_refused)
    return decline();
  speak("I have to ask the person I am calling for. One moment, please.");
  auto said = last_heard.empty() ? std::string{} : " They said: \"" + plain(last_heard, 200) + "\"";
  ask("The price is " + spoken(price) + ". May I agree to it?" + said, price);
}

bool conversation::mind::repeats_itself() {
  if (own_piece == 0)
    return false;
  auto text = letters_of((*pieces)[static_cast<std::size_t>(own_piece) - 1].text);
  said_again = text == last_said ? said_again + 1 : 1;
  last_said = std::move(text);
  return said_again >= about->numbers.repeats_most;
}

// -- interrupted ----------------------------------------------------------------------------------

void conversation::mind::shorten_to_what_was_heard(const cut& e) {
  auto piece = std::find_if(
      pieces->rbegin(), pieces->rend(), [](const auto& p) { return p.who == speaker::assistant; });
  if (piece == pieces->rend())
    return;
  auto whole = piece->text;
  auto spoken_part = plain(e.heard, 4'000);
  std::string left;
  if (auto found = spoken_part.empty() ? std::string::npos : whole.rfind(spoken_part);
      found != std::string::npos) {
    left = whole.substr(0, found + spoken_part.size());
  } else if (auto wanted = letters_of(spoken_part); !wanted.empty()) {
    // The voice writes it in its own way; letters and digits are the same.
    auto letters = letters_of(whole);
    if (auto at_letter = letters.rfind(wanted); at_letter != std::string::npos) {
      auto count = at_letter + wanted.size();
      std::size_t i = 0;
      for (std::size_t seen = 0; i < whole.size() && seen < count;) {
        auto g = read_glyph(whole, i);
        seen += is_invisible(g.code) ? 0 : folded(g.code).size();
        i += g.length;
      }
      left = whole.substr(0, i);
    } else {
      left = whole; // words that we never said: believe our own
    }
  } else if (e.spoken.count() > 0) {
    auto end = whole.size();
    while (end > 0 && speaking_time(std::string_view{whole}.substr(0, end)) > e.spoken) {
      auto space = whole.find_last_of(' ', end - 1);
      end = space == std::string::npos ? 0 : space;
    }
    left = whole.substr(0, end);
  }
  if (known->disclosed && opening_is_spoken && piece->n == own_piece) {
    const auto disclosure = letters_of(brief().disclosure);
    if (!disclosure.empty() && letters_of(left).find(disclosure) == std::string::npos) {
      // It counts only when it was heard.
      known->disclosed = false;
      must_meet = true;
    }
  }
  piece->text = left.empty() ? "…" : std::string{trimmed(left)};
  auto start = milliseconds{piece->start_ms};
  auto until = std::min(milliseconds{piece->end_ms}, std::max(now, start));
  piece->end_ms = static_cast<std::int32_t>(until.count());
  changed.insert(piece->n);
}

void conversation::mind::on(const cut& e) {
  shorten_to_what_was_heard(e);
  voice_until = now;
  last_sound = now;
  own_piece = 0;
  if (turn.is_running) {
    acts.push_back(forget{});
    turn.is_running = false;
    (void)filter.finish();
  }
  if (at == phase::thinking)
    hand_over();
  if (!known->disclosed && at == phase::listening)
    must_meet = true;
}

} // namespace ringmaster::talk
