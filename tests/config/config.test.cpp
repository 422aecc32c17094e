#define CAF_SUITE config
#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include "config/config.hpp"
#include "config/options.hpp"

using namespace ringmaster;
using namespace ringmaster::config;
using namespace std::chrono_literals;

namespace {

const std::string example = RINGMASTER_SOURCE_DIR "/config/example.toml";

/// A settings file that goes away with its scope.
class settings_file {
 public:
  explicit settings_file(const std::string& content) {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("ringmaster-config-" + std::to_string(getpid()) + "-" + std::to_string(++count));
    std::ofstream(path_) << content;
  }
  ~settings_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

result<settings> load_text(
  const std::string& content, const std::map<std::string, std::string>& environment = {}) {
  settings_file file(content);
  return load(file.path(), environment);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string complaint(const result<settings>& r) { return r ? "" : r.error().detail; }

} // namespace

CAF_TEST(the example names every option with its default) {
  auto read = load(example, {});
  CAF_REQUIRE(read.has_value());
  auto from_example = describe(*read, example, {});
  auto defaults = describe(settings{}, "", {});
  CAF_REQUIRE_EQUAL(from_example.size(), defaults.size());
  for (std::size_t i = 0; i < defaults.size(); ++i) {
    CAF_CHECK_EQUAL(from_example[i].name, defaults[i].name);
    CAF_CHECK_EQUAL(from_example[i].value, defaults[i].value);
    CAF_CHECK_EQUAL(from_example[i].origin, "file");
    CAF_CHECK_EQUAL(defaults[i].origin, "default");
  }
}

CAF_TEST(the example has a comment above every option and gives its bounds) {
  std::ifstream in(example);
  std::string before, line;
  std::map<std::string, std::string> comments;
  std::string section;
  while (std::getline(in, line)) {
    if (!line.empty() && line[0] == '[')
      section = line.substr(1, line.find(']') - 1);
    else if (has(line, " = ") && line[0] != '#')
      comments[section + "." + line.substr(0, line.find(' '))] = before;
    before = line;
  }
  settings s;
  each_option(s, [&]<class Value, class Bound>(std::string_view name, Value&, const Bound& bound) {
    auto comment = comments[std::string{name}];
    CAF_CHECK(comment.size() > 12 && comment[0] == '#' && comment.back() == '.');
    if constexpr (std::is_same_v<Bound, bounds<std::size_t>>)
      CAF_CHECK(has(comment, std::to_string(bound.low) + " to " + std::to_string(bound.high) + "."));
    if constexpr (std::is_same_v<Bound, bounds<std::chrono::milliseconds>>)
      CAF_CHECK(
        has(comment, format_duration(bound.low) + " to " + format_duration(bound.high) + "."));
  });
}

CAF_TEST(without a file and an environment there are the defaults) {
  auto s = load("", {});
  CAF_REQUIRE(s.has_value());
  CAF_CHECK_EQUAL(s->http.listen, "127.0.0.1:8080");
  CAF_CHECK_EQUAL(s->carrier.calls_per_second, 1.0);
  CAF_CHECK(s->carrier.reconcile_after == 60s);
}

CAF_TEST(the environment wins over the file and the file over the defaults) {
  auto s = load_text(
    "[carrier]\ncalls_per_second = 2\nring_timeout = \"20s\"\n[log]\nlevel = \"warn\"\n",
    {{"RINGMASTER_CARRIER_CALLS_PER_SECOND", "0.5"}});
  CAF_REQUIRE(s.has_value());
  CAF_CHECK_EQUAL(s->carrier.calls_per_second, 0.5);
  CAF_CHECK(s->carrier.ring_timeout == 20s);
  CAF_CHECK_EQUAL(s->log.level, "warn");
}

CAF_TEST(every kind of value is read from the environment) {
  auto s = load(
    "", {{"RINGMASTER_HTTP_LISTEN", "[::1]:0"},
         {"RINGMASTER_HTTP_THREADS", "3"},
         {"RINGMASTER_CARRIER_FROM", "+14155550100, +14155550101"},
         {"RINGMASTER_CARRIER_RECONCILE_AFTER", "1500ms"},
         {"RINGMASTER_CARRIER_RECONCILE_AGAIN", "7"},
         {"RINGMASTER_CARRIER_ACCOUNT_SID", "AC0"},
         {"RINGMASTER_CARRIER_AUTH_TOKEN", "hidden"},
         {"RINGMASTER_CARRIER_CALLS_PER_SECOND", "0"}});
  CAF_REQUIRE(s.has_value());
  CAF_CHECK_EQUAL(s->http.listen, "[::1]:0");
  CAF_CHECK_EQUAL(s->http.threads, 3u);
  CAF_REQUIRE_EQUAL(s->carrier.from.size(), 2u);
  CAF_CHECK_EQUAL(s->carrier.from[1], "+14155550101");
  CAF_CHECK(s->carrier.reconcile_after == 1500ms);
  CAF_CHECK(s->carrier.reconcile_again == 7s);
  CAF_CHECK_EQUAL(s->carrier.auth_token.reveal(), "hidden");
  CAF_CHECK_EQUAL(s->carrier.calls_per_second, 0.0);
}

CAF_TEST(a secret may stand in a file of its own) {
  settings_file token("from-a-file\n");
  std::map<std::string, std::string> environment{
    {"RINGMASTER_CARRIER_ACCOUNT_SID", "AC0"},
    {"RINGMASTER_CARRIER_AUTH_TOKEN_FILE", token.path()}};
  auto s = load("", environment);
  CAF_REQUIRE(s.has_value());
  CAF_CHECK_EQUAL(s->carrier.auth_token.reveal(), "from-a-file");
  environment["RINGMASTER_CARRIER_AUTH_TOKEN"] = "also";
  CAF_CHECK(has(complaint(load("", environment)), "both set"));
  environment.erase("RINGMASTER_CARRIER_AUTH_TOKEN");
  environment["RINGMASTER_CARRIER_AUTH_TOKEN_FILE"] = "/nonexistent/token";
  CAF_CHECK(has(complaint(load("", environment)), "cannot be read"));
  CAF_CHECK(has(
    complaint(load("", {{"RINGMASTER_HTTP_LISTEN_FILE", token.path()}})), "is not an option"));
}

CAF_TEST(a secret is described without its value) {
  std::map<std::string, std::string> environment{{"RINGMASTER_DATABASE_URL", "postgresql://u:pw@h/d"}};
  auto s = load("", environment);
  CAF_REQUIRE(s.has_value());
  for (const auto& o : describe(*s, "", environment)) {
    CAF_CHECK(!has(o.value, "pw"));
    if (o.name == "database.url") {
      CAF_CHECK_EQUAL(o.value, "***");
      CAF_CHECK_EQUAL(o.origin, "environment");
    }
  }
}

CAF_TEST(all mistakes are told together with their places) {
  auto text = complaint(load_text(
    "[http]\nlistn = \"127.0.0.1:1\"\nthreads = \"two\"\n"
    "[carrier]\ncalls_per_second = -1\nring_timeout = \"fast\"\nfrom = [\"415\"]\n"
    "[lag]\nlevel = \"info\"\n",
    {{"RINGMASTER_LOG_LEVEL", "loud"}, {"RINGMASTER_HTTP_LISTN", "x"}}));
  CAF_CHECK(has(text, "8 mistakes"));
  CAF_CHECK(has(text, ":2: http.listn is not an option; did you mean http.listen?"));
  CAF_CHECK(has(text, ":3: http.threads must be a whole number"));
  CAF_CHECK(has(text, ":5: carrier.calls_per_second must be from 0 to 10000"));
  CAF_CHECK(has(text, ":6: carrier.ring_timeout must be a duration"));
  CAF_CHECK(has(text, ":7: carrier.from must be numbers in E.164"));
  CAF_CHECK(has(text, "lag.level is not an option; did you mean log.level?"));
  CAF_CHECK(has(text, "RINGMASTER_LOG_LEVEL must be one of trace, debug"));
  CAF_CHECK(has(text, "RINGMASTER_HTTP_LISTN is not an option; did you mean RINGMASTER_HTTP_LISTEN?"));
}

CAF_TEST(a name far from all others gets no suggestion) {
  auto text = complaint(load_text("[zzzzzzzzzz]\nqqqqqqqqqqq = 1\n"));
  CAF_CHECK(has(text, "is not an option"));
  CAF_CHECK(!has(text, "did you mean"));
}

CAF_TEST(a missing file and a broken file are refused) {
  auto missing = load("/nonexistent/ringmaster.toml", {});
  CAF_REQUIRE(!missing.has_value());
  CAF_CHECK(missing.error().code == errc::not_found);
  auto broken = load_text("[http\nlisten = 1\n");
  CAF_REQUIRE(!broken.has_value());
  CAF_CHECK(broken.error().code == errc::malformed);
  CAF_CHECK(has(broken.error().detail, "line 1"));
}

CAF_TEST(both ends of every bound are accepted and what lies beyond is not) {
  settings s;
  each_option(s, [&]<class Value, class Bound>(std::string_view name, Value&, const Bound& bound) {
    auto dot = name.find('.');
    auto try_value = [&](const std::string& value) {
      auto text = "[" + std::string{name.substr(0, dot)} + "]\n" +
                  std::string{name.substr(dot + 1)} + " = " + value + "\n";
      return load_text(text).has_value();
    };
    if constexpr (std::is_same_v<Bound, bounds<std::size_t>>) {
      CAF_CHECK(try_value(std::to_string(bound.low)));
      CAF_CHECK(try_value(std::to_string(bound.high)));
      CAF_CHECK(!try_value(std::to_string(bound.high + 1)));
      CAF_CHECK(!try_value(bound.low == 0 ? "-1" : std::to_string(bound.low - 1)));
      CAF_CHECK(!try_value("\"1\""));
    } else if constexpr (std::is_same_v<Bound, bounds<std::chrono::milliseconds>>) {
      CAF_CHECK(try_value('"' + format_duration(bound.low) + '"'));
      CAF_CHECK(try_value('"' + format_duration(bound.high) + '"'));
      CAF_CHECK(!try_value('"' + format_duration(bound.high + 1ms) + '"'));
      CAF_CHECK(
        !try_value(bound.low == 0ms ? "-1" : '"' + format_duration(bound.low - 1ms) + '"'));
      CAF_CHECK(!try_value("true"));
    }
  });
}

CAF_TEST(an engine that others can reach needs https and a token for signatures) {
  auto text = complaint(load("", {{"RINGMASTER_HTTP_LISTEN", "0.0.0.0:8080"}}));
  CAF_CHECK(has(text, "http.public_url must begin with https://"));
  CAF_CHECK(has(text, "carrier.auth_token is needed"));
  text = complaint(load("", {{"RINGMASTER_HTTP_WEBHOOKS_LISTEN", "[::]:8081"}}));
  CAF_CHECK(has(text, "http.public_url must begin with https://"));
  text = complaint(load("", {{"RINGMASTER_HTTP_ADMIN_LISTEN", "192.0.2.1:8081"}}));
  CAF_CHECK(has(text, "http.admin_listen must be a loopback address"));
  CAF_CHECK(load("", {{"RINGMASTER_HTTP_LISTEN", "0.0.0.0:8080"},
                      {"RINGMASTER_HTTP_PUBLIC_URL", "https://calls.example.com"},
                      {"RINGMASTER_CARRIER_ACCOUNT_SID", "AC0"},
                      {"RINGMASTER_CARRIER_AUTH_TOKEN", "t"}})
              .has_value());
}

CAF_TEST(credentials come in pairs and leave this machine by https only) {
  CAF_CHECK(has(
    complaint(load("", {{"RINGMASTER_CARRIER_ACCOUNT_SID", "AC0"}})), "belong together"));
  CAF_CHECK(has(
    complaint(load("", {{"RINGMASTER_CARRIER_API_KEY_SECRET", "x"}})), "belong together"));
  CAF_CHECK(has(
    complaint(load("", {{"RINGMASTER_CARRIER_BASE_URL", "http://carrier.example.com:80"}})),
    "must begin with https://"));
  CAF_CHECK(has(
    complaint(load("", {{"RINGMASTER_CARRIER_BASE_URL", "http://127.0.0.1.example.com:80"}})),
    "must begin with https://"));
  CAF_CHECK(load("", {{"RINGMASTER_CARRIER_BASE_URL", "http://127.0.0.1:9"}}).has_value());
  CAF_CHECK(load("", {{"RINGMASTER_CARRIER_BASE_URL", "http://localhost"}}).has_value());
  CAF_CHECK(load("", {{"RINGMASTER_CARRIER_BASE_URL", "http://[::1]:9"}}).has_value());
}

CAF_TEST(an address has a host and a port) {
  for (auto good : {"127.0.0.1:0", "localhost:8080", "[::1]:65535", "0.0.0.0:1"})
    CAF_CHECK(!check_listen(good));
  for (auto bad : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                   "host:80x", "a b:80", "http://h:80"})
    CAF_CHECK(check_listen(bad).has_value());
  for (auto yes : {"127.0.0.1", "127.9.9.9", "localhost", "::1"})
    CAF_CHECK(is_loopback(yes));
  for (auto no : {"0.0.0.0", "::", "127.example.com", "127.0.0.1.example.com", "10.0.0.1"})
    CAF_CHECK(!is_loopback(no));
}

CAF_TEST(a public url is scheme and host and perhaps a path) {
  for (auto good : {"https://a.example", "http://127.0.0.1:8080", "https://a.example/calls"})
    CAF_CHECK(!check_url(good));
  for (auto bad : {"", "a.example", "ftp://a", "https://", "https://a/", "https://u:p@a",
                   "https://a?x", "https://a#f", "https://a b"})
    CAF_CHECK(check_url(bad).has_value());
}

CAF_TEST(a base path is a path that is none of the engines own) {
  for (auto good : {"", "/ringmaster", "/a/b-c/d_e.f~g", "/apis", "/v1.2"})
    CAF_CHECK(!check_base_path(good));
  for (auto bad : {"/", "ringmaster", "/ringmaster/", "/a//b", "/a/../b", "/.", "/a b", "/a%20b", "/a?b", "/a\"b", "/api",
                   "/api/x", "/assets", "/docs", "/healthz/x"})
    CAF_CHECK(check_base_path(bad).has_value());
}

CAF_TEST(proxies are trusted by address or range) {
  for (auto good : {"127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"})
    CAF_CHECK(!check_network(good));
  for (auto bad : {"", "localhost", "10.0.0.1/8", "10.0.0.0/33", "10.0.0", "fd00::/129", "*"})
    CAF_CHECK(check_network(bad).has_value());
}

CAF_TEST(a duration needs a number and perhaps a unit) {
  CAF_CHECK(parse_duration("500ms").value() == 500ms);
  CAF_CHECK(parse_duration("2d").value() == 48h);
  CAF_CHECK(parse_duration("90").value() == 90s);
  CAF_CHECK(parse_duration("0").value() == 0s);
  for (auto bad : {"", "s", "-1s", "+1s", "1.5s", "1 s", "1S", "1min", "99999999999999999d", "1s "})
    CAF_CHECK(!parse_duration(bad).has_value());
}

CAF_TEST(every duration is read back from its text) {
  CAF_CHECK(rc::check("format and parse are inverse", [] {
    auto ms = std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 10'000'000'000));
    auto back = parse_duration(format_duration(ms));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == ms);
  }));
}

CAF_TEST(the distance of words counts letters) {
  CAF_CHECK_EQUAL(distance("listen", "listen"), 0u);
  CAF_CHECK_EQUAL(distance("listn", "listen"), 1u);
  CAF_CHECK_EQUAL(distance("", "abc"), 3u);
  CAF_CHECK_EQUAL(distance("kitten", "sitting"), 3u);
}

CAF_TEST(the environment of this process is read by prefix) {
  setenv("RINGMASTER_LOG_LEVEL", "debug", 1);
  setenv("RINGMASTERED", "no", 1);
  auto found = environment();
  CAF_CHECK_EQUAL(found["RINGMASTER_LOG_LEVEL"], "debug");
  CAF_CHECK_EQUAL(found.count("RINGMASTERED"), 0u);
  unsetenv("RINGMASTER_LOG_LEVEL");
  unsetenv("RINGMASTERED");
}

// -- model providers ---------------------------------------------------------------------------------

namespace {

/// The commented section of the example, as a section of its own.
std::string example_provider() {
  std::ifstream in(example);
  std::string line, text;
  bool inside = false;
  while (std::getline(in, line)) {
    inside = inside || line == "#[ai.NAME]";
    if (inside && (line.empty() || line[0] != '#'))
      break;
    if (inside)
      text += (line == "#[ai.NAME]" ? "[ai.own]" : line.substr(1)) + "\n";
  }
  return text;
}

const ai_provider* provider(const result<settings>& s, const std::string& name) {
  if (s)
    for (const auto& p : s->ai.named)
      if (p.name == name)
        return &p;
  return nullptr;
}

} // namespace

CAF_TEST(the example shows every option of a model provider with its default and its bounds) {
  auto text = example_provider();
  auto whole = text;
  auto put = [&](const std::string& from, const std::string& to) {
    CAF_REQUIRE(has(whole, from));
    whole.replace(whole.find(from), from.size(), to);
  };
  put("kind = \"\"", "kind = \"openai\"");
  put("model = \"\"", "model = \"m\"");
  auto s = load_text(whole);
  CAF_CHECK_EQUAL(complaint(s), "");
  const auto* read = provider(s, "own");
  CAF_REQUIRE(read != nullptr);
  settings mine;
  mine.ai.named.push_back(ai_provider{});
  mine.ai.named.back().name = "own";
  std::map<std::string, std::string> defaults;
  for (const auto& o : describe(mine, "", {}))
    defaults[o.name] = o.value;
  for (const auto& o : describe(*s, "", {}))
    if (has(o.name, "ai.own.") && !has(o.name, "kind") && !has(o.name, "model") && !has(o.name, "base_url"))
      CAF_CHECK_EQUAL(o.value, defaults[o.name]);
  each_provider_option(
    mine.ai.named.back(), [&]<class Value, class Bound>(std::string_view name, Value&, const Bound& bound) {
      auto at = text.find("\n" + std::string{name} + " = ");
      CAF_REQUIRE(at != std::string::npos);
      auto begin = text.rfind('\n', at - 1) + 1;
      auto comment = text.substr(begin, at - begin);
      CAF_CHECK(comment.size() > 12 && comment[0] == '#' && comment.back() == '.');
      if constexpr (std::is_same_v<Bound, bounds<std::size_t>>)
        CAF_CHECK(has(comment, std::to_string(bound.low) + " to " + std::to_string(bound.high) + "."));
      if constexpr (std::is_same_v<Bound, bounds<std::chrono::milliseconds>>)
        CAF_CHECK(has(comment, format_duration(bound.low) + " to " + format_duration(bound.high) + "."));
    });
}

CAF_TEST(without settings the built in rules are the only provider) {
  auto s = load("", {});
  CAF_REQUIRE(s.has_value());
  CAF_CHECK(s->ai.providers == std::vector<std::string>{"rules"});
  CAF_CHECK(s->ai.named.empty());
}

CAF_TEST(a provider may be told by the environment alone) {
  settings_file key("sk-secret\n");
  auto s = load(
    "", {{"RINGMASTER_AI_PROVIDERS", "openai, house,rules"},
         {"RINGMASTER_AI_OPENAI_API_KEY_FILE", key.path()},
         {"RINGMASTER_AI_OPENAI_MODEL", "m-1"},
         {"RINGMASTER_AI_OPENAI_PROMPT_PRICE", "0.15"},
         {"RINGMASTER_AI_HOUSE_BASE_URL", "http://127.0.0.1:11434/v1"},
         {"RINGMASTER_AI_HOUSE_MODEL", "m-2"},
         {"RINGMASTER_AI_HOUSE_TOOLS", "false"}});
  CAF_CHECK_EQUAL(complaint(s), "");
  CAF_REQUIRE(s.has_value());
  CAF_CHECK_EQUAL(s->ai.providers.size(), 3u);
  const auto* first = provider(s, "openai");
  CAF_REQUIRE(first != nullptr);
  CAF_CHECK_EQUAL(first->kind, "openai");
  CAF_CHECK_EQUAL(first->base_url, "https://api.openai.com/v1");
  CAF_CHECK_EQUAL(first->api_key.reveal(), "sk-secret");
  CAF_CHECK_EQUAL(first->prompt_price, 0.15);
  CAF_CHECK(first->tools);
  const auto* second = provider(s, "house");
  CAF_REQUIRE(second != nullptr);
  CAF_CHECK_EQUAL(second->kind, "openai");
  CAF_CHECK(!second->tools);
  CAF_CHECK(provider(s, "rules") == nullptr);
  for (const auto& o : describe(*s, "", {{"RINGMASTER_AI_OPENAI_API_KEY_FILE", key.path()}}))
    if (o.name == "ai.openai.api_key") {
      CAF_CHECK_EQUAL(o.value, "***");
      CAF_CHECK_EQUAL(o.origin, "environment");
    }
}

CAF_TEST(mistakes about providers are told together) {
  auto text = complaint(load_text(
    "[ai]\nproviders = [\"a\", \"b\", \"a\"]\n"
    "[ai.a]\nkind = \"openai\"\nmodle = \"m\"\njson_schema = \"yes\"\n"
    "[ai.b]\nmodel = \"m\"\n"
    "[ai.c]\nbase_url = \"http://models.example.com/v1\"\napi_key = \"k\"\nmodel = \"m\"\n"
    "[ai.Bad]\nmodel = \"m\"\n[ai.rules]\nmodel = \"m\"\n",
    {{"RINGMASTER_AI_ELSEWHERE_SOMETHING_VERY_FAR", "x"}, {"RINGMASTER_AI_A_QUEUE", "-1"}}));
  CAF_CHECK(has(text, "10 mistakes"));
  CAF_CHECK(has(text, "ai.providers names a twice"));
  CAF_CHECK(has(text, "ai.a.modle is not an option; did you mean ai.a.model?"));
  CAF_CHECK(has(text, "ai.a.json_schema must be true or false"));
  CAF_CHECK(has(text, "ai.a.model is needed"));
  CAF_CHECK(has(text, "ai.b.kind or ai.b.base_url is needed"));
  CAF_CHECK(has(text, "ai.c.base_url must begin with https://"));
  CAF_CHECK(has(text, "ai.Bad must be names of"));
  CAF_CHECK(has(text, "ai.rules is built in"));
  CAF_CHECK(has(text, "is its provider named in ai.providers?"));
  CAF_CHECK(has(text, "RINGMASTER_AI_A_QUEUE must be a whole number"));
  CAF_CHECK(!has(text, "sk-"));
  CAF_CHECK(has(complaint(load("", {{"RINGMASTER_AI_PROVIDERS", ""}})), "must name a provider"));
}

CAF_TEST(a key is sent over http to this machine only) {
  auto with = [](const std::string& url) {
    return load_text("[ai.a]\nmodel = \"m\"\napi_key = \"k\"\nbase_url = \"" + url + "\"\n").has_value();
  };
  CAF_CHECK(with("http://127.0.0.1:8000/v1"));
  CAF_CHECK(with("http://localhost/v1"));
  CAF_CHECK(with("https://models.example.com/v1"));
  CAF_CHECK(!with("http://models.example.com/v1"));
  CAF_CHECK(!with("http://127.0.0.1.example.com/v1"));
  CAF_CHECK(load_text("[ai.a]\nmodel = \"m\"\nbase_url = \"http://vllm:8000/v1\"\n").has_value());
}
