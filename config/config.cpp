#include "config/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <type_traits>
#include <utility>

#include <unistd.h>

#include "config/options.hpp"
#include "config/values.hpp"

namespace ringmaster::config {

namespace {

using milliseconds = std::chrono::milliseconds;

using config::take; // the one below would hide it

// -- one value from the file -----------------------------------------------------------------------

template <class T, class Bound>
mistake take(const toml::node& node, T& into, const Bound& b) {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, secret>) {
    const auto* text = node.as_string();
    return text ? take(std::string_view{text->get()}, into, b) : mistake{"must be a text"};
  } else if constexpr (std::is_same_v<T, std::size_t>) {
    const auto* number = node.as_integer();
    if (!number || number->get() < 0)
      return "must be a whole number from " + show(b.low) + " to " + show(b.high);
    auto x = static_cast<std::size_t>(number->get());
    auto wrong = within(x, b);
    if (!wrong)
      into = x;
    return wrong;
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto* flag = node.as_boolean();
    if (flag)
      into = flag->get();
    return flag ? std::nullopt : mistake{"must be true or false"};
  } else if constexpr (std::is_same_v<T, double>) {
    auto x = node.value<double>();
    if (!x || !std::isfinite(*x))
      return "must be a number from " + show(b.low) + " to " + show(b.high);
    auto wrong = within(*x, b);
    if (!wrong)
      into = *x;
    return wrong;
  } else if constexpr (std::is_same_v<T, milliseconds>) {
    if (const auto* number = node.as_integer())
      return take(std::string_view{std::to_string(number->get())}, into, b);
    const auto* text = node.as_string();
    return text ? take(std::string_view{text->get()}, into, b)
                : mistake{"must be a duration such as \"30s\", or a number of seconds"};
  } else {
    static_assert(std::is_same_v<T, std::vector<std::string>>);
    const auto* list = node.as_array();
    if (!list)
      return "must be a list of texts";
    std::vector<std::string> members;
    for (const auto& member : *list) {
      const auto* text = member.as_string();
      if (!text)
        return "must be a list of texts";
      if (auto wrong = b(text->get()))
        return wrong;
      members.push_back(text->get());
    }
    into = std::move(members);
    return std::nullopt;
  }
}

// -- names -------------------------------------------------------------------------------------------

constexpr std::string_view prefix = "RINGMASTER_";
constexpr std::string_view file_suffix = "_FILE";

std::string environment_name(std::string_view option) {
  std::string name{prefix};
  for (auto c : option)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

/// RINGMASTER_CONFIG names the file for the commands; the other two belong to tests and benches.
bool is_foreign(std::string_view name) {
  return name == "RINGMASTER_CONFIG" || name.substr(0, 16) == "RINGMASTER_TEST_" ||
         name.substr(0, 17) == "RINGMASTER_BENCH_";
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  auto nearest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return distance(name, a) < distance(name, b);
  });
  if (nearest == known.end() || distance(name, *nearest) > std::max<std::size_t>(3, name.size() / 3))
    return "is not an option";
  return "is not an option; did you mean " + *nearest + "?";
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  settings defaults;
  each_option(defaults, [&](std::string_view name, auto&, const auto&) { names.emplace_back(name); });
  return names;
}

/// `section` is "ai.NAME".
std::vector<std::string> provider_option_names(const std::string& section) {
  std::vector<std::string> names;
  ai_provider defaults;
  each_provider_option(
    defaults, [&](std::string_view name, auto&, const auto&) { names.push_back(section + "." + std::string{name}); });
  return names;
}

/// The providers that have a section, and those that are only listed: the environment may tell
/// all about them.
std::set<std::string> provider_names(const settings& s, const toml::table* file) {
  std::set<std::string> names;
  for (const auto& name : s.ai.providers)
    names.insert(name);
  if (const auto* section = file ? file->get_as<toml::table>("ai") : nullptr)
    for (const auto& [key, node] : *section)
      if (node.is_table() && !check_provider_name(key.str()))
        names.emplace(key.str());
  names.erase("rules");
  return names;
}

// -- sources -----------------------------------------------------------------------------------------

result<toml::table> read_file(const std::string& file) {
  if (file.empty())
    return toml::table{};
  std::ifstream in(file);
  if (!in)
    return fail(errc::not_found, "cannot read the settings file " + file);
  try {
    return toml::parse(in, file);
  } catch (const toml::parse_error& why) {
    return fail(
      errc::malformed, file + ", line " + std::to_string(why.source().begin.line) + ": " +
                         std::string{why.description()});
  }
}

const toml::node* find(const toml::table& file, std::string_view option) {
  const auto* section = &file;
  for (auto dot = option.find('.'); section && dot != std::string_view::npos; dot = option.find('.')) {
    section = section->get_as<toml::table>(option.substr(0, dot));
    option.remove_prefix(dot + 1);
  }
  return section ? section->get(option) : nullptr;
}

/// All mistakes, each with the place where it was made.
class complaints {
 public:
  void add(const std::string& option, const std::string& where, const std::string& what) {
    fields_.push_back({.pointer = "/" + option, .code = "setting", .message = where + " " + what});
  }
  std::optional<error> all() && {
    if (fields_.empty())
      return std::nullopt;
    auto text = std::to_string(fields_.size()) +
                (fields_.size() == 1 ? " mistake in the settings:" : " mistakes in the settings:");
    for (const auto& f : fields_)
      text += "\n  " + f.message;
    return error{.code = errc::invalid, .detail = std::move(text), .fields = std::move(fields_)};
  }

 private:
  std::vector<field_error> fields_;
};

void report_unknown(const toml::table& file, const std::string& path, complaints& wrong) {
  const auto known = option_names();
  auto at = [&](const toml::node& node) {
    return path + ":" + std::to_string(node.source().begin.line) + ":";
  };
  auto complain = [&](const std::string& name, const toml::node& node) {
    wrong.add(name, at(node) + " " + name, did_you_mean(name, known));
  };
  for (const auto& [section_key, section_node] : file) {
    std::string section{section_key.str()};
    const auto* section_table = section_node.as_table();
    if (!section_table) {
      complain(section, section_node);
      continue;
    }
    bool known_section = std::any_of(known.begin(), known.end(), [&](const std::string& name) {
      return name.compare(0, section.size() + 1, section + ".") == 0;
    });
    if (!known_section && section_table->empty())
      complain(section, section_node);
    for (const auto& [key, node] : *section_table) {
      auto name = section + "." + std::string{key.str()};
      if (const auto* provider = section == "ai" ? node.as_table() : nullptr) {
        // A section [ai.NAME] is read later, by its own table of options.
        if (auto bad = check_provider_name(key.str()))
          wrong.add(name, at(node) + " " + name, *bad);
        else if (key.str() == "rules")
          wrong.add(name, at(node) + " " + name, "is built in and has no settings");
        const auto options = provider_option_names(name);
        for (const auto& [inner, value] : *provider)
          if (auto full = name + "." + std::string{inner.str()};
              std::find(options.begin(), options.end(), full) == options.end())
            wrong.add(full, at(value) + " " + full, did_you_mean(full, options));
        continue;
      }
      if (std::find(known.begin(), known.end(), name) == known.end())
        complain(name, node);
    }
  }
}

/// The value of a secret that stands in a file of its own: the first line's end does not count.
std::optional<std::string> read_secret(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

/// What no single option can tell by itself.
void check_together(const settings& s, complaints& wrong) {
  auto open_to_others = [](const std::string& listen) {
    auto where = read_address(listen);
    return where && !is_loopback(where->host);
  };
  if (open_to_others(s.http.listen) || open_to_others(s.http.webhooks_listen)) {
    if (s.http.public_url.compare(0, 8, "https://") != 0)
      wrong.add(
        "http.public_url", "http.public_url",
        "must begin with https:// when http.listen or http.webhooks_listen is not loopback");
    if (s.carrier.auth_token.empty())
      wrong.add(
        "carrier.auth_token", "carrier.auth_token",
        "is needed to check webhooks when http.listen or http.webhooks_listen is not loopback");
  }
  if (open_to_others(s.http.admin_listen))
    wrong.add("http.admin_listen", "http.admin_listen", "must be a loopback address");
  if (s.carrier.account_sid.empty() != s.carrier.auth_token.empty())
    wrong.add(
      "carrier.account_sid", "carrier.account_sid", "and carrier.auth_token belong together");
  if (s.carrier.api_key_sid.empty() != s.carrier.api_key_secret.empty())
    wrong.add(
      "carrier.api_key_sid", "carrier.api_key_sid", "and carrier.api_key_secret belong together");
  if (!keeps_secrets(s.carrier.base_url))
    wrong.add(
      "carrier.base_url", "carrier.base_url",
      "must begin with https://; http:// is for a carrier on this machine only");
}

/// Fills in what a provider's name says, and tells what is missing.
void complete_providers(settings& s, complaints& wrong) {
  if (s.ai.providers.empty())
    wrong.add("ai.providers", "ai.providers", "must name a provider; \"rules\" is built in");
  for (auto one = s.ai.providers.begin(); one != s.ai.providers.end(); ++one)
    if (std::find(s.ai.providers.begin(), one, *one) != one)
      wrong.add("ai.providers", "ai.providers", "names " + *one + " twice");
  for (auto& p : s.ai.named) {
    auto option = "ai." + p.name + ".";
    if (p.kind.empty() && !check_provider_kind(p.name))
      p.kind = p.name;
    if (p.kind.empty() && !p.base_url.empty())
      p.kind = "openai";
    if (p.kind.empty()) {
      wrong.add(option + "kind", option + "kind", "or " + option + "base_url is needed");
      continue;
    }
    if (p.kind == "rules")
      continue;
    if (p.base_url.empty())
      p.base_url = p.kind == "gemini" ? "https://generativelanguage.googleapis.com/v1beta" : "https://api.openai.com/v1";
    if (p.model.empty())
      wrong.add(option + "model", option + "model", "is needed");
    if (!p.api_key.empty() && !keeps_secrets(p.base_url))
      wrong.add(
        option + "base_url", option + "base_url",
        "must begin with https:// to be sent a key; http:// takes a key on this machine only");
  }
}

} // namespace

result<settings>
load(const std::string& file, const std::map<std::string, std::string>& environment) {
  auto document = read_file(file);
  if (!document)
    return fail(document.error());

  settings s;
  complaints wrong;
  report_unknown(*document, file, wrong);
  std::set<std::string> used;
  std::vector<std::string> variables;

  auto read = [&]<class T>(std::string_view option, T& into, const auto& bound) {
    std::string name{option};
    if (const auto* node = find(*document, option))
      if (auto what = take(*node, into, bound))
        wrong.add(
          name, file + ":" + std::to_string(node->source().begin.line) + ": " + name, *what);
    auto variable = environment_name(option);
    variables.push_back(variable);
    used.insert(variable);
    auto given = environment.find(variable);
    if (given != environment.end())
      if (auto what = take(std::string_view{given->second}, into, bound))
        wrong.add(name, variable, *what);
    if constexpr (std::is_same_v<T, secret>) {
      auto from_file = variable + std::string{file_suffix};
      used.insert(from_file);
      auto path = environment.find(from_file);
      if (path == environment.end())
        return;
      auto content = read_secret(path->second);
      if (given != environment.end())
        wrong.add(name, from_file, "and " + variable + " are both set; keep one");
      else if (!content)
        wrong.add(name, from_file, "names a file that cannot be read: " + path->second);
      else if (auto what = take(std::string_view{*content}, into, bound))
        wrong.add(name, from_file, *what);
    }
  };
  each_option(s, read);
  for (const auto& name : provider_names(s, &*document)) {
    ai_provider p;
    p.name = name;
    each_provider_option(p, [&](std::string_view option, auto& into, const auto& bound) {
      read("ai." + name + "." + std::string{option}, into, bound);
    });
    s.ai.named.push_back(std::move(p));
  }

  for (const auto& [name, value] : environment)
    if (!used.count(name) && !is_foreign(name)) {
      auto what = did_you_mean(name, variables);
      if (name.compare(0, 14, "RINGMASTER_AI_") == 0 && what == "is not an option")
        what += "; is its provider named in ai.providers?";
      wrong.add(name, name, what);
    }

  check_together(s, wrong);
  complete_providers(s, wrong);
  if (auto all = std::move(wrong).all())
    return fail(std::move(*all));
  return s;
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry && *entry; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (text.substr(0, prefix.size()) == prefix && equals != std::string_view::npos)
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

std::vector<option> describe(
  const settings& s, const std::string& file,
  const std::map<std::string, std::string>& environment) {
  auto document = read_file(file);
  std::vector<option> all;
  auto add = [&](std::string_view name, const auto& value, const auto&) {
    auto variable = environment_name(name);
    std::string origin = "default";
    if (document && find(*document, name))
      origin = "file";
    if (environment.count(variable) || environment.count(variable + std::string{file_suffix}))
      origin = "environment";
    all.push_back({std::string{name}, tell(value), std::move(origin)});
  };
  each_option(s, add);
  for (const auto& p : s.ai.named)
    each_provider_option(p, [&](std::string_view option, const auto& value, const auto& bound) {
      add("ai." + p.name + "." + std::string{option}, value, bound);
    });
  return all;
}

} // namespace ringmaster::config
