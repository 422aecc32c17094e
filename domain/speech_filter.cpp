// Values that must not be said are held back, however they are spelled and wherever they are cut.

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "domain/speech.hpp"
#include "domain/speech_forms.hpp"
#include "domain/speech_letters.hpp"

namespace ringmaster::talk {

// -- the tree -------------------------------------------------------------------------------------

namespace {

constexpr int at_border = 256;
int key_of(char c, bool border) {
  return static_cast<int>(static_cast<unsigned char>(c)) + (border ? at_border : 0);
}

} // namespace

secret_forms::secret_forms(const std::vector<secret_value>& all) : nodes_(1) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    fields_.push_back(all[i].field);
    for (const auto& form : forms_of(all[i]))
      add(form, i);
  }
}

void secret_forms::add(const secret_form& form, std::size_t owner) {
  auto is_border = [&](std::size_t i) {
    return std::find(form.borders.begin(), form.borders.end(), i) != form.borders.end();
  };
  longest_ = std::max(longest_, form.letters.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.letters.size(); ++i) {
    auto key = key_of(form.letters[i], is_border(i));
    auto found = nodes_[at].next.find(key);
    if (found != nodes_[at].next.end()) {
      at = found->second;
      continue;
    }
    nodes_.emplace_back();
    nodes_[at].next[key] = nodes_.size() - 1;
    at = nodes_.size() - 1;
  }
  auto& last = nodes_[at];
  if (!last.ends && !last.ends_with_word)
    last.owner = owner;
  (is_border(form.letters.size()) ? last.ends_with_word : last.ends) = true;
}

// -- the search -----------------------------------------------------------------------------------

/// A text as a row of letters with shortcuts: a word may be taken letter by letter or by what it
/// stands for.
class secret_search {
public:
  secret_search(const secret_forms& forms, std::string_view text, bool is_final)
      : forms_(forms), text_(text), is_final_(is_final) {
    read();
    find_shortcuts();
  }

  std::optional<secret_forms::finding> first(std::size_t from) {
    for (std::size_t i = 0; i < letters_.size(); ++i) {
      seen_.clear();
      best_.reset();
      is_open_ = false;
      begin_ = i;
      from_ = from;
      walk(i, 0);
      if (best_)
        return secret_forms::finding{letters_[i].begin, best_->first, best_->second, false};
      if (is_open_ && !is_final_)
        return secret_forms::finding{letters_[i].begin, text_.size(), 0, true};
    }
    if (cut_at_ && !is_final_)
      return secret_forms::finding{*cut_at_, text_.size(), 0, true};
    return std::nullopt;
  }

private:
  struct letter {
    char c = 0;
    std::size_t begin = 0, end = 0; ///< in the text
    bool starts_word = false;
    bool is_digit = false;
  };
  struct word {
    std::size_t first = 0, last = 0; ///< letters, without `last`
    std::string text;
    bool is_done = true; ///< nothing can be added to it
  };
  struct shortcut {
    std::size_t to = 0;
    std::string means;
    bool is_open = false; ///< if the word becomes what it begins to be
  };

  void read() {
    bool inside = false, was_digit = false;
    for (std::size_t i = 0; i < text_.size();) {
      auto g = read_glyph(text_, i);
      if (g.is_cut) {
        cut_at_ = i;
        break;
      }
      auto end = i + g.length;
      if (is_invisible(g.code)) {
        i = end;
        continue;
      }
      bool is_apostrophe = g.code == '\'' || g.code == 0x2019;
      auto folded_form = is_apostrophe && inside ? std::string{} : folded(g.code);
      if (folded_form.empty()) {
        inside = inside && is_apostrophe;
      } else {
        for (std::size_t k = 0; k < folded_form.size(); ++k) {
          char c = folded_form[k];
          bool is_digit = c >= '0' && c <= '9';
          bool starts = !inside || is_digit != was_digit;
          if (starts)
            words_.push_back({letters_.size(), letters_.size(), {}, true});
          letters_.push_back({c, i, end, starts, is_digit});
          words_.back().text += c;
          words_.back().last = letters_.size();
          inside = true;
          was_digit = is_digit;
        }
      }
      i = end;
    }
    if (!words_.empty())
      words_.back().is_done = is_final_ || (!inside && !cut_at_);
  }

  void find_shortcuts() {
    shortcuts_.resize(letters_.size());
    for (std::size_t w = 0; w < words_.size(); ++w) {
      const auto& word = words_[w];
      if (letters_[word.first].is_digit)
        continue;
      auto& to = shortcuts_[word.first];
      if (!word.is_done) {
        for (const auto& m : meanings_of_words_with(word.text))
          to.push_back({word.last, m, true});
        if (!word.text.empty() && std::string_view{"and"}.starts_with(word.text) &&
            follows_hundred(w))
          to.push_back({word.last, {}, true});
        if (w > 0)
          add_repeated(w, true);
        continue;
      }
      for (const auto& m : meanings_of(word.text)) {
        to.push_back({word.last, m, false});
        if (m.size() == 2 && m[0] == '1')
          starts_within_[word.first] = {word.last, m.substr(1), false};
      }
      if (word.text == "and" && follows_hundred(w))
        to.push_back({word.last, {}, false});
      if ((word.text == "double" || word.text == "triple") && may_be_repeated(w + 1))
        to.push_back({word.last, {}, false});
      add_repeated(w, false);
    }
    // "Double 5"
    for (std::size_t w = 1; w < words_.size(); ++w)
      if (letters_[words_[w].first].is_digit && words_[w].text.size() == 1)
        if (auto times = repeats(w))
          shortcuts_[words_[w].first].push_back(
              {words_[w].last, std::string(times, words_[w].text[0]), false});
  }

  std::size_t repeats(std::size_t w) const {
    if (w == 0)
      return 0;
    return words_[w - 1].text == "double" ? 2 : words_[w - 1].text == "triple" ? 3 : 0;
  }

  bool may_be_repeated(std::size_t w) const {
    if (w >= words_.size() || !words_[w].is_done || words_[w].text.size() == 1)
      return true;
    const auto& all = meanings_of(words_[w].text);
    return std::any_of(all.begin(), all.end(), [](const auto& m) { return m.size() == 1; });
  }

  void add_repeated(std::size_t w, bool is_open) {
    auto times = repeats(w);
    if (times == 0)
      return;
    const auto& word = words_[w];
    for (const auto& m : is_open ? meanings_of_words_with(word.text) : meanings_of(word.text))
      if (m.size() == 1)
        shortcuts_[word.first].push_back({word.last, std::string(times, m[0]), is_open});
    constexpr std::size_t single = 1;
    if (word.text.size() == single)
      shortcuts_[word.first].push_back({word.last, std::string(times, word.text[0]), is_open});
  }

  bool follows_hundred(std::size_t w) const {
    return w > 0 && (words_[w - 1].text == "hundred" || words_[w - 1].text == "thousand");
  }

  bool ends_word(std::size_t i) const {
    return i == letters_.size() ? words_.back().is_done : letters_[i].starts_word;
  }

  void found(std::size_t to, const secret_forms::node& n) {
    auto end = letters_[to - 1].end;
    if (end > from_ && (!best_ || end > best_->first))
      best_ = {end, n.owner};
  }

  /// At letter `i` with `node` of the tree reached.
  void arrive(std::size_t i, std::size_t node) {
    const auto& n = forms_.nodes_[node];
    bool at_end = i == letters_.size();
    if (n.ends || (n.ends_with_word && ends_word(i)))
      found(i, n);
    if (at_end && (!n.next.empty() || (n.ends_with_word && !ends_word(i))))
      is_open_ = true;
    if (!at_end && seen_.insert({i, node}).second)
      walk(i, node);
  }

  void walk(std::size_t i, std::size_t node) {
    const auto& l = letters_[i];
    const auto& next = forms_.nodes_[node].next;
    for (bool border : {false, true})
      if (!border || l.starts_word)
        if (auto step = next.find(key_of(l.c, border)); step != next.end())
          arrive(i + 1, step->second);
    if (!l.starts_word)
      return;
    for (const auto& s : shortcuts_[i])
      take(s, node);
    if (node == 0)
      if (auto within = starts_within_.find(i); within != starts_within_.end())
        take(within->second, node);
  }

  void take(const shortcut& s, std::size_t node) {
    if (s.means.empty()) {
      // Words between the parts of a value; before the first they mean nothing.
      if (node == 0)
        return;
      if (s.is_open)
        is_open_ = true;
      else
        arrive(s.to, node);
      return;
    }
    spell(s, 0, node);
  }

  void spell(const shortcut& s, std::size_t k, std::size_t node) {
    const auto& next = forms_.nodes_[node].next;
    for (bool border : {false, true}) {
      if (border && k > 0)
        continue;
      auto step = next.find(key_of(s.means[k], border));
      if (step == next.end())
        continue;
      const auto& n = forms_.nodes_[step->second];
      bool is_last = k + 1 == s.means.size();
      if (s.is_open && (is_last || n.ends)) {
        is_open_ = true;
      } else if (is_last) {
        arrive(s.to, step->second);
      } else {
        if (n.ends)
          found(s.to, n);
        spell(s, k + 1, step->second);
      }
    }
  }

  const secret_forms& forms_;
  std::string_view text_;
  bool is_final_;
  std::vector<letter> letters_;
  std::vector<word> words_;
  std::vector<std::vector<shortcut>> shortcuts_;
  std::map<std::size_t, shortcut> starts_within_;
  std::optional<std::size_t> cut_at_;

  std::size_t begin_ = 0, from_ = 0;
  std::set<std::pair<std::size_t, std::size_t>> seen_;
  std::optional<std::pair<std::size_t, std::size_t>> best_;
  bool is_open_ = false;
};

std::optional<secret_forms::finding>
secret_forms::find(std::string_view text, std::size_t from, bool is_final) const {
  return secret_search{*this, text, is_final}.first(from);
}

// -- the filter -----------------------------------------------------------------------------------

namespace {

constexpr std::size_t held_most = 4'096;

bool is_wordlike(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

} // namespace

speech_filter::speech_filter(std::vector<secret_value> forbidden) {
  auto forms = std::make_shared<secret_forms>(forbidden);
  if (!forms->empty())
    forms_ = std::move(forms);
}

std::string speech_filter::push(std::string_view piece) {
  if (!forms_)
    return std::string{piece};
  held_ += piece;
  return work(false);
}

std::string speech_filter::finish() {
  if (!forms_)
    return {};
  auto out = work(true);
  // The next turn begins with a word of its own.
  if (!tail_.empty() && tail_.back() != ' ')
    tail_ += ' ';
  return out;
}

void speech_filter::emit(std::string_view text, std::string& out) {
  out += text;
  tail_ += text;
  const auto kept = forms_->longest() * 8 + 64;
  if (tail_.size() <= 2 * kept)
    return;
  auto begin = tail_.find(' ', tail_.size() - kept);
  tail_.erase(0, begin == std::string::npos ? tail_.size() - kept : begin);
}

/// Words for the place of a value that do not become a part of one themselves.
std::string_view speech_filter::excuse() const {
  constexpr auto excuses = std::to_array<std::string_view>(
      {"that I may not share", "a private detail", "something I keep to myself", "no comment"});
  for (auto words : excuses) {
    auto text = tail_ + ' ' + std::string{words};
    if (!forms_->find(text, tail_.size(), true))
      return words;
  }
  return {};
}

std::string speech_filter::work(bool is_final) {
  std::string out;
  while (!held_.empty()) {
    auto text = tail_ + held_;
    auto found = forms_->find(text, tail_.size(), is_final);
    if (!found) {
      emit(held_, out);
      held_.clear();
      break;
    }
    auto before = found->begin - std::min(found->begin, tail_.size());
    if (found->is_open) {
      emit(held_.substr(0, before), out);
      held_.erase(0, before);
      if (held_.size() <= held_most)
        break;
      // Nobody speaks like this; it is not said.
      held_.clear();
      break;
    }
    auto length = found->end - tail_.size() - before;
    emit(held_.substr(0, before), out);
    held_.erase(0, before + length);
    const auto& field = forms_->field(found->owner);
    if (std::find(caught_.begin(), caught_.end(), field) == caught_.end())
      caught_.push_back(field);
    auto words = std::string{excuse()};
    if (words.empty())
      continue;
    if (!tail_.empty() && is_wordlike(tail_.back()))
      words.insert(0, " ");
    if (!held_.empty() && is_wordlike(held_.front()))
      words += ' ';
    emit(words, out);
  }
  return out;
}

} // namespace ringmaster::talk
