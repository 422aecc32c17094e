// Personas as people write them.
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "carrier/persona.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// Reads one file and gathers what is wrong with it.
class reader {
 public:
  persona read(const toml::table& file) {
    persona out;
    expect(file, {"name", "description", "detected", "greeting", "timing", "values", "always", "state"});
    take(file, "name", out.name);
    take(file, "description", out.description);
    take(file, "detected", out.detected);
    out.greeting = lines(file, "greeting");
    if (const auto* timing = table(file, "timing"))
      read_timing(*timing, out.timing);
    if (const auto* values = table(file, "values"))
      for (const auto& [name, choice] : *values)
        out.values[std::string(name.str())] = texts(choice);
    for (const auto* rule : tables(file, "always"))
      out.always.push_back(read_rule(*rule, true));
    for (const auto* state : tables(file, "state"))
      out.states.push_back(read_state(*state));
    check(file, out);
    return out;
  }

  std::string wrong; ///< a sentence for each mistake

 private:
  void complain(const toml::node& where, const std::string& what) {
    wrong += (wrong.empty() ? "line " : "; line ") + std::to_string(where.source().begin.line) + ": " + what;
  }

  void expect(const toml::table& in, const std::set<std::string_view>& known) {
    for (const auto& [name, node] : in)
      if (!known.contains(name.str()))
        complain(node, "'" + std::string(name.str()) + "' is not known here");
  }

  void take(const toml::table& in, std::string_view name, std::string& into) {
    if (const auto* node = in.get(name)) {
      if (const auto* text = node->as_string())
        into = text->get();
      else
        complain(*node, "'" + std::string(name) + "' is a text");
    }
  }
  void take(const toml::table& in, std::string_view name, bool& into) {
    if (const auto* node = in.get(name)) {
      if (const auto* flag = node->as_boolean())
        into = flag->get();
      else
        complain(*node, "'" + std::string(name) + "' is true or false");
    }
  }
  void take_number(
    const toml::table& in, std::string_view name, std::int64_t min, std::int64_t max, auto set) {
    const auto* node = in.get(name);
    if (!node)
      return;
    const auto* number = node->as_integer();
    if (number && number->get() >= min && number->get() <= max)
      set(number->get());
    else
      complain(*node, "'" + std::string(name) + "' is " + std::to_string(min) + " to " + std::to_string(max));
  }
  void take_time(const toml::table& in, std::string_view name, milliseconds& into) {
    take_number(in, name, 0, day_ms, [&](std::int64_t v) { into = milliseconds(v); });
  }

  const toml::table* table(const toml::table& in, std::string_view name) {
    const auto* node = in.get(name);
    if (!node)
      return nullptr;
    if (!node->as_table())
      complain(*node, "'" + std::string(name) + "' is a table");
    return node->as_table();
  }
  std::vector<const toml::table*> tables(const toml::table& in, std::string_view name) {
    std::vector<const toml::table*> out;
    const auto* node = in.get(name);
    if (!node)
      return out;
    const auto* list = node->as_array();
    if (!list)
      complain(*node, "'" + std::string(name) + "' is a list of tables: [[...]]");
    else
      for (const auto& one : *list) {
        if (const auto* entry = one.as_table())
          out.push_back(entry);
        else
          complain(one, "'" + std::string(name) + "' is a list of tables: [[...]]");
      }
    return out;
  }

  /// One text, or a list of them.
  std::vector<std::string> texts(const toml::node& from) {
    std::vector<std::string> out;
    if (const auto* one = from.as_string())
      return {one->get()};
    if (const auto* list = from.as_array()) {
      for (const auto& item : *list) {
        if (const auto* text = item.as_string())
          out.push_back(text->get());
        else
          complain(item, "a text is expected");
      }
    }
    if (out.empty())
      complain(from, "a text or a list of texts is expected");
    return out;
  }
  std::vector<std::string> texts(const toml::table& in, std::string_view name) {
    const auto* node = in.get(name);
    return node ? texts(*node) : std::vector<std::string>();
  }
  std::vector<phrase> phrases(const toml::table& in, std::string_view name) {
    std::vector<phrase> out;
    for (auto& text : texts(in, name)) {
      if (auto read = phrase::read(std::move(text)))
        out.push_back(*std::move(read));
      else
        complain(*in.get(name), read.error().detail);
    }
    return out;
  }
  std::string keys(const toml::table& in, std::string_view name) {
    std::string out;
    take(in, name, out);
    if (out.find_first_not_of("0123456789*#w") != std::string::npos)
      complain(*in.get(name), "'" + std::string(name) + "' are keys: 0-9 * # w");
    return out;
  }

  std::vector<persona_line> lines(const toml::table& in, std::string_view name) {
    std::vector<persona_line> out;
    const auto* node = in.get(name);
    if (!node)
      return out;
    auto one = [&](const toml::node& item) {
      persona_line line;
      if (const auto* text = item.as_string()) {
        line.say = text->get();
      } else if (const auto* entry = item.as_table()) {
        expect(*entry, {"pause_ms", "say", "press"});
        take_time(*entry, "pause_ms", line.pause);
        take(*entry, "say", line.say);
        line.press = keys(*entry, "press");
      } else {
        complain(item, "a text or {pause_ms, say, press} is expected");
      }
      out.push_back(std::move(line));
    };
    if (const auto* list = node->as_array())
      for (const auto& item : *list)
        one(item);
    else
      one(*node);
    return out;
  }

  persona_rule read_rule(const toml::table& from, bool conditional) {
    persona_rule out;
    expect(from, {"when", "unless", "keys", "pause_ms", "say", "press", "then", "hang_up", "go"});
    out.when = phrases(from, "when");
    out.unless = phrases(from, "unless");
    out.keys = keys(from, "keys");
    take_time(from, "pause_ms", out.pause);
    out.say = texts(from, "say");
    out.press = keys(from, "press");
    out.then = lines(from, "then");
    take(from, "hang_up", out.hang_up);
    take(from, "go", out.go);
    if (conditional == (out.when.empty() && out.keys.empty()))
      complain(from, conditional ? "a rule has 'when' or 'keys'" : "this one is done without 'when' or 'keys'");
    return out;
  }

  persona_state read_state(const toml::table& from) {
    persona_state out;
    expect(from, {"name", "barge_in", "expects_keys", "rule", "default", "silence"});
    take(from, "name", out.name);
    take_number(from, "barge_in", 0, 1000, [&](std::int64_t v) { out.barge_in = static_cast<std::size_t>(v); });
    take(from, "expects_keys", out.expects_keys);
    for (const auto* rule : tables(from, "rule"))
      out.rules.push_back(read_rule(*rule, true));
    if (const auto* rule = table(from, "default"))
      out.otherwise = read_rule(*rule, false);
    if (const auto* rule = table(from, "silence"))
      out.silence = read_rule(*rule, false);
    return out;
  }

  void read_timing(const toml::table& from, persona_timing& out) {
    expect(
      from, {"answer_ms", "reaction_ms", "word_ms", "silence_ms", "patience_ms", "longest_ms", "turns_most",
             "barges_most"});
    take_time(from, "answer_ms", out.answer);
    take_time(from, "reaction_ms", out.reaction);
    take_number(from, "silence_ms", 100, day_ms, [&](std::int64_t v) { out.silence = milliseconds(v); });
    take_time(from, "patience_ms", out.patience);
    take_time(from, "longest_ms", out.longest);
    take_number(from, "word_ms", 1, 10000, [&](std::int64_t v) { out.word = milliseconds(v); });
    take_number(from, "turns_most", 1, 10000, [&](std::int64_t v) { out.turns_most = v; });
    take_number(from, "barges_most", 0, 10000, [&](std::int64_t v) { out.barges_most = v; });
  }

  void check(const toml::table& file, const persona& p) {
    auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (p.name.empty() || !std::all_of(p.name.begin(), p.name.end(), lower))
      complain(file, "a persona has a name of a-z, 0-9 and -");
    if (!is_detection_word(p.detected))
      complain(file, "'detected' is a word of the carrier: human, machine_start, fax, unknown, ...");
    if (p.states.empty())
      complain(file, "a persona has a state");
    std::set<std::string> names;
    for (const auto& s : p.states)
      if (s.name.empty() || !names.insert(s.name).second)
        complain(file, "states have names, each its own; '" + s.name + "' is not one");
    auto check_rule = [&](const persona_rule& r) {
      if (!r.go.empty() && !names.contains(r.go))
        complain(file, "there is no state '" + r.go + "'");
      for (const auto& text : r.say)
        check_values(file, p, text);
      for (const auto& line : r.then)
        check_values(file, p, line.say);
    };
    for (const auto& line : p.greeting)
      check_values(file, p, line.say);
    std::for_each(p.always.begin(), p.always.end(), check_rule);
    for (const auto& s : p.states) {
      std::for_each(s.rules.begin(), s.rules.end(), check_rule);
      if (s.otherwise)
        check_rule(*s.otherwise);
      if (s.silence)
        check_rule(*s.silence);
    }
  }

  void check_values(const toml::table& file, const persona& p, const std::string& text) {
    for (auto at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
      const auto name = text.substr(at + 1, text.find('}', at) - at - 1);
      if (!p.values.contains(name))
        complain(file, "'{" + name + "}' is not among the values");
    }
  }
};

} // namespace

result<persona> parse_persona(const std::string& text, const std::string& file) {
  try {
    const auto parsed = toml::parse(std::string_view(text), std::string_view(file));
    reader r;
    auto out = r.read(parsed);
    if (!r.wrong.empty())
      return fail(errc::invalid, file + ": " + r.wrong);
    return out;
  } catch (const toml::parse_error& why) {
    return fail(
      errc::invalid, file + ": line " + std::to_string(why.source().begin.line) + ": " +
                       std::string(why.description()));
  }
}

result<void> read_personas(const std::string& folder, persona_set& into) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
    if (entry.path().extension() == ".toml")
      files.push_back(entry.path());
  if (failure)
    return fail(errc::invalid, "cannot read the folder " + folder + ": " + failure.message());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in)
      return fail(errc::invalid, "cannot read " + path.string());
    auto read = parse_persona(text, path.filename().string());
    if (!read)
      return fail(read.error());
    auto who = std::make_shared<const persona>(*std::move(read));
    into[who->name] = who;
  }
  return {};
}

} // namespace ringmaster::telco
