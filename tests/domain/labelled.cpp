#include "tests/domain/labelled.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "domain/text.hpp"
#include "tests/domain/instants.hpp"

namespace ringmaster::testing {

namespace {

using kind = talk::schema_field::kind;

[[noreturn]] void refuse(const std::string& where, const std::string& line) {
  std::fprintf(stderr, "%s: cannot read \"%s\"\n", where.c_str(), line.c_str());
  std::abort();
}

talk::schema_field read_field(const std::string& where, const std::string& text) {
  std::istringstream in{text};
  talk::schema_field f;
  std::string type;
  in >> f.name >> type;
  static const std::map<std::string, kind> kinds{
      {"string",   kind::text    },
      {"number",   kind::number  },
      {"integer",  kind::integer },
      {"boolean",  kind::boolean },
      {"date",     kind::date    },
      {"datetime", kind::datetime},
      {"choice",   kind::choice  },
      {"list",     kind::list    }
  };
  auto found = kinds.find(type);
  if (found == kinds.end())
    refuse(where, text);
  f.what = found->second;
  if (f.what == kind::choice) {
    std::string all, one;
    in >> all;
    for (std::istringstream choices{all}; std::getline(choices, one, '|');)
      f.choices.push_back(one);
  }
  std::getline(in, f.description);
  f.description = trimmed(f.description);
  return f;
}

/// The rest of a line behind `word`, or nothing.
std::optional<std::string> behind(const std::string& line, std::string_view word) {
  if (!line.starts_with(word))
    return std::nullopt;
  return std::string{trimmed(std::string_view{line}.substr(word.size()))};
}

bool read_line(labelled& l, const std::string& where, const std::string& line) {
  for (auto [word, who] : {
           std::pair{"a:", talk::speaker::assistant},
           std::pair{"h:", talk::speaker::human    },
           std::pair{"s:", talk::speaker::system   }
  })
    if (auto text = behind(line, word)) {
      talk::segment s;
      s.n = static_cast<std::int32_t>(l.call.transcript.size()) + 1;
      s.who = who;
      s.start_ms = s.n * 4000;
      s.end_ms = s.start_ms + 3000;
      s.text = *text;
      l.call.transcript.push_back(std::move(s));
      return true;
    }
  if (auto text = behind(line, "goal:"))
    l.call.about.about.instruction = *text;
  else if (auto who = behind(line, "who:")) {
    auto listener = talk::parse_listener(*who);
    if (!listener)
      return false;
    l.call.who = *listener;
  } else if (auto field = behind(line, "schema:"))
    l.call.schema.push_back(read_field(where, *field));
  else if (line == "campaign")
    l.call.about.of_task = false;
  else if (auto value = behind(line, "expect ")) {
    auto colon = value->find(':');
    if (colon == std::string::npos)
      return false;
    l.values.emplace_back(
        value->substr(0, colon), std::string{trimmed(std::string_view{*value}.substr(colon + 1))});
  } else if (auto key = behind(line, "contradicted:"))
    l.contradicted.push_back(*key);
  else if (auto verdict = behind(line, "achieved:")) {
    auto read = talk::parse_verdict(*verdict);
    if (!read)
      return false;
    l.achieved = *read;
  } else if (auto mood = behind(line, "mood:")) {
    l.mood = talk::parse_sentiment(*mood);
    return l.mood.has_value();
  } else if (auto when = behind(line, "follow_up:"))
    l.follow_ups.push_back(*when);
  else if (line == "opt_out")
    l.opt_out = true;
  else if (line == "wrong_number")
    l.wrong_number = true;
  else
    return false;
  return true;
}

std::vector<labelled> read_all() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::string{RINGMASTER_SOURCE_DIR} + "/tests/domain/transcripts"))
    if (entry.path().extension() == ".txt")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<labelled> out;
  for (const auto& path : files) {
    std::ifstream in{path};
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      auto where = path.filename().string() + ':' + std::to_string(number);
      if (line.empty() || line.starts_with('#'))
        continue;
      if (auto name = behind(line, "== ")) {
        labelled l;
        l.file = path.filename().string();
        l.name = *name;
        l.unseen = l.file == "unseen.txt";
        l.call.who = talk::listener::human;
        l.call.about.of_task = true;
        l.call.about.about.now = at("2026-11-18T15:00:00Z");
        l.call.about.about.timezone = "America/New_York";
        l.call.about.about.region = "US";
        out.push_back(std::move(l));
      } else if (out.empty() || !read_line(out.back(), where, line)) {
        refuse(where, line);
      }
    }
  }
  return out;
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return text;
}

/// A found text that holds the label's words is what the person meant.
bool same(const std::string& key, const std::string& label, const talk::value& v) {
  auto found = lowered(written(v)), wanted = lowered(label);
  if (v.kind == talk::value_kind::number)
    return parse_decimal(found) && parse_decimal(found) == parse_decimal(wanted);
  bool is_free =
      key == "instruction" || (key.starts_with("result.") && v.kind == talk::value_kind::text);
  return found == wanted || (is_free && found.find(wanted) != std::string::npos);
}

std::string row_of(const std::string& key) {
  return key.starts_with("result.") ? "result fields" : key;
}

class counter {
public:
  tally& row(const std::string& what) {
    for (auto& t : out.values)
      if (t.what == what)
        return t;
    out.values.push_back({what, 0, 0, 0});
    return out.values.back();
  }
  void miss(const labelled& l, const std::string& what) {
    out.misses.push_back(l.file + ": " + l.name + ": " + what);
  }

  void count_values(const labelled& l, const talk::findings& f) {
    auto open = l.values;
    for (const auto& [key, label] : open)
      ++row(row_of(key)).labelled;
    for (const auto& v : f.values) {
      if (!v.known())
        continue;
      ++row(row_of(v.key)).found;
      auto hit = std::find_if(open.begin(), open.end(), [&](const auto& e) {
        return e.first == v.key && same(v.key, e.second, v);
      });
      if (hit == open.end()) {
        miss(l, v.key + " " + written(v) + " is not in the labels");
        continue;
      }
      ++row(row_of(v.key)).right;
      open.erase(hit);
    }
    for (const auto& [key, label] : open)
      miss(l, key + " " + label + " was missed");
  }

  void count_list(
      const labelled& l, const std::string& what, std::vector<std::string> wanted,
      const std::vector<std::string>& found) {
    auto& t = row(what);
    t.labelled += wanted.size();
    t.found += found.size();
    for (const auto& one : found) {
      auto hit = std::find(wanted.begin(), wanted.end(), one);
      if (hit == wanted.end()) {
        miss(l, what + " " + one + " is not in the labels");
        continue;
      }
      ++t.right;
      wanted.erase(hit);
    }
    for (const auto& one : wanted)
      miss(l, what + " " + one + " was missed");
  }

  figures out;
};

std::string percent(double part) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", part * 100);
  return text;
}

} // namespace

const std::vector<labelled>& labelled_calls() {
  static const auto all = read_all();
  return all;
}

std::string written(const talk::value& v) {
  auto part = [&](std::string_view name) {
    for (const auto& [key, text] : v.parts)
      if (key == name)
        return text;
    return std::string{};
  };
  if (v.kind != talk::value_kind::json)
    return v.text;
  if (v.key == "price")
    return part("amount") + ' ' + part("currency");
  std::string out;
  if (v.key == "appointment") {
    for (auto name : {"date", "time", "status"})
      if (auto text = part(name); !text.empty())
        out += (out.empty() ? "" : " ") + text;
    return out;
  }
  for (const auto& [key, text] : v.parts)
    out += (out.empty() ? "" : "|") + text;
  return out;
}

figures measure(talk::findings (*answer)(const labelled&), bool unseen) {
  counter c;
  for (auto key :
       {"price", "appointment", "confirmation_number", "business_name", "person_name",
        "instruction", "callback_time", "phone_number", "result fields"})
    c.row(key);
  tally all{"all values", 0, 0, 0};
  std::vector<std::pair<const labelled*, talk::findings>> found;
  for (const auto& l : labelled_calls())
    if (l.unseen == unseen)
      found.emplace_back(&l, answer(l));
  for (const auto& [l, f] : found)
    c.count_values(*l, f);
  for (const auto& t : c.out.values) {
    all.labelled += t.labelled;
    all.found += t.found;
    all.right += t.right;
  }
  c.out.values.push_back(all);
  for (const auto& [l, f] : found) {
    ++c.out.calls;
    std::vector<std::string> whens, keys;
    for (const auto& follow : f.follow_ups)
      whens.push_back(follow.when.empty() ? "open" : follow.when);
    for (const auto& v : f.values)
      if (!v.contradiction.empty())
        keys.push_back(v.key);
    c.count_list(*l, "contradictions", l->contradicted, keys);
    c.count_list(*l, "follow-ups", l->follow_ups, whens);
    auto flag = [&](const char* what, bool wanted, bool is) {
      c.count_list(
          *l, what, wanted ? std::vector<std::string>{"yes"} : std::vector<std::string>{},
          is ? std::vector<std::string>{"yes"} : std::vector<std::string>{});
    };
    flag("opt-out", l->opt_out, f.opt_out);
    flag("wrong number", l->wrong_number, f.wrong_number);
    ++c.out.outcomes[static_cast<int>(l->achieved)][static_cast<int>(f.goal_achieved)];
    if (l->achieved != f.goal_achieved)
      c.miss(
          *l, "goal " + std::string{to_string(f.goal_achieved)} + " but labelled " +
                  std::string{to_string(l->achieved)});
    if (l->mood) {
      ++c.out.moods;
      c.out.moods_right += f.mood == *l->mood ? 1 : 0;
      if (f.mood != *l->mood)
        c.miss(*l, "mood " + std::string{to_string(f.mood)});
    }
  }
  return c.out;
}

std::string figures_page(const figures& f) {
  std::ostringstream out;
  out << f.calls << " calls.\n\n"
      << "| what | labelled | found | right | precision | recall |\n|---|---|---|---|---|---|\n";
  for (const auto& t : f.values)
    out << "| " << t.what << " | " << t.labelled << " | " << t.found << " | " << t.right << " | "
        << percent(t.precision()) << " | " << percent(t.recall()) << " |\n";
  out << "\nWhether the goal was reached (rows: the label; columns: what was found):\n\n"
      << "|  | unknown | no | yes |\n|---|---|---|---|\n";
  for (auto label : {talk::verdict::unknown, talk::verdict::no, talk::verdict::yes}) {
    out << "| **" << to_string(label) << "** |";
    for (auto n : f.outcomes[static_cast<int>(label)])
      out << ' ' << n << " |";
    out << '\n';
  }
  out << "\nMood: right in " << f.moods_right << " of the " << f.moods
      << " calls whose mood is labelled.\n";
  return out.str();
}

} // namespace ringmaster::testing
