// Who may know whom: the table of layers, held by reading every include.

#define CAF_SUITE layers
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

using namespace ringmaster::tidy;

namespace {

using words = std::set<std::string>;

/// What one folder may include.
struct layer {
  words folders;   ///< folders of the project; a name with a slash is one header
  words libraries; ///< in headers and sources
  words in_cpp;    ///< in sources only
  std::map<std::string, words> only_in; ///< library to the files that may name it
};

const std::map<std::string, layer>& table() {
  static const words rules{"domain"};
  static const words log{"spdlog", "fmt"};
  static const auto with = [](words a, const words& b) {
    a.insert(b.begin(), b.end());
    return a;
  };
  static const std::map<std::string, layer> all{
    {"domain",
     {{"domain"},
      {"expected"},
      {},
      {{"date", {"domain/zone.cpp"}}, {"phonenumber", {"domain/phone_number.cpp"}}}}},
    {"config", {{"config", "domain"}, {"expected"}, {"toml", "posix"}, {}}},
    {"wire", {{"wire", "domain"}, {"expected"}, {"openssl", "nlohmann"}, {}}},
    {"http",
     {{"http", "wire", "domain"}, with(log, {"expected", "asio", "beast", "openssl", "posix"}), {}, {}}},
    {"persistence",
     {{"persistence", "domain", "config", "wire"},
      with(log, {"expected", "pqxx", "posix"}),
      {"nlohmann", "sodium", "openssl"},
      {}}},
    {"gateways",
     {{"gateways", "domain", "config", "wire", "http"},
      with(log, {"expected", "asio"}),
      {"simdjson", "nlohmann", "posix"},
      {}}},
    {"actors", {{"actors", "domain", "config"}, with(log, {"expected", "caf"}), {}, {}}},
    {"net",
     {{"net", "domain", "config", "wire", "http", "actors/messages.hpp", "actors/interfaces.hpp",
       "actors/actor_board.hpp"},
      with(log, {"expected", "asio"}),
      {"simdjson", "nlohmann", "prometheus", "posix"},
      {{"caf", {"net/ask.hpp", "net/ask.cpp"}}}}},
    {"carrier",
     {{"carrier", "domain", "config", "wire", "http"},
      with(log, {"expected", "asio"}),
      {"simdjson", "nlohmann", "posix"},
      {{"toml", {"carrier/persona_toml.cpp"}}}}},
  };
  return all;
}

/// main, bench and tests: they may know everything that is ours; tests below `tests/x` know what x
/// may, the helpers, and the test frameworks.
bool knows_everything(const std::string& folder) { return folder == "main" || folder == "bench"; }

/// The library that an include belongs to; empty for the standard library, "?" for one that
/// nobody may use.
std::string library_of(const std::string& name) {
  static const std::vector<std::pair<std::string, std::string>> prefixes{
    {"caf/test/",     "caf test"   },
    {"caf/",          "caf"        },
    {"boost/asio",    "asio"       },
    {"boost/beast",   "beast"      },
    {"openssl/",      "openssl"    },
    {"pqxx/",         "pqxx"       },
    {"libpq-fe.h",    "pqxx"       },
    {"nlohmann/json_fwd.hpp", ""     },
    {"nlohmann/",     "nlohmann"   },
    {"simdjson",      "simdjson"   },
    {"spdlog/",       "spdlog"     },
    {"fmt/",          "fmt"        },
    {"toml++/",       "toml"       },
    {"CLI/",          "cli"        },
    {"phonenumbers/", "phonenumber"},
    {"date/",         "date"       },
    {"sodium",        "sodium"     },
    {"tl/expected",   "expected"   },
    {"prometheus/",   "prometheus" },
    {"rapidcheck",    "rapidcheck" },
    {"benchmark/",    "benchmark"  },
    {"sys/",          "posix"      },
    {"netinet/",      "posix"      },
    {"arpa/",         "posix"      },
  };
  for (const auto& [prefix, library] : prefixes)
    if (name.compare(0, prefix.size(), prefix) == 0)
      return library;
  if (name.find('/') != std::string::npos)
    return "?";
  // <vector> is the standard library's; <unistd.h> is the system's.
  return name.find('.') == std::string::npos ? "" : "posix";
}

bool may_use(const layer& l, const source_file& file, const std::string& library) {
  if (library.empty() || l.libraries.count(library) || (file.is_cpp() && l.in_cpp.count(library)))
    return true;
  auto only = l.only_in.find(library);
  return only != l.only_in.end() && only->second.count(file.path) > 0;
}

bool may_know(const words& folders, const std::string& header) {
  return folders.count(header) > 0 || folders.count(header.substr(0, header.find('/'))) > 0;
}

/// The second part of "tests/net/x.test.cpp".
std::string tested_folder(const source_file& file) {
  auto rest = file.path.substr(std::string{"tests/"}.size());
  auto slash = rest.find('/');
  return slash == std::string::npos ? "" : rest.substr(0, slash);
}

void check_test(const source_file& file, const include& i, findings& wrong) {
  auto subject = tested_folder(file);
  auto known = table().find(subject);
  // System tests, helpers, tests of main and of the tree itself stand beside the layers.
  bool free = known == table().end();
  if (i.angle) {
    auto library = library_of(i.name);
    static const words for_tests{"caf test", "rapidcheck", "posix", "expected"};
    // The fixture of a store must be able to look at what was stored, whoever is tested.
    bool fine = free ? library != "?"
                     : for_tests.count(library) > 0 ||
                         may_use(known->second, {"x.cpp", ""}, library) || library == "date" ||
                         library == "nlohmann" || ((subject == "actors" || subject == "net") && library == "caf");
    if (!fine)
      wrong.add(file.path, i.line, "a test of " + subject + " must not name <" + i.name + ">");
    return;
  }
  if (free || i.name.compare(0, 14, "tests/support/") == 0 ||
      i.name.compare(0, 7 + subject.size(), "tests/" + subject + "/") == 0)
    return;
  // Toys stand for the engine's actors there.
  if (subject == "net" && i.name == "actors/watched.hpp")
    return;
  if (!may_know(known->second.folders, i.name))
    wrong.add(file.path, i.line, "a test of " + subject + " must not know \"" + i.name + "\"");
}

void check_layer(const source_file& file, const layer& l, const include& i, findings& wrong) {
  if (i.angle) {
    if (auto library = library_of(i.name); !may_use(l, file, library))
      wrong.add(file.path, i.line, file.folder() + " must not name <" + i.name + ">");
  } else if (!may_know(l.folders, i.name)) {
    wrong.add(file.path, i.line, file.folder() + " must not know \"" + i.name + "\"");
  }
}

} // namespace

CAF_TEST(every include keeps to the table of layers) {
  findings wrong;
  std::size_t seen = 0;
  for (const auto& file : all_files()) {
    if (!file.is_code())
      continue;
    for (const auto& i : includes(file.text)) {
      ++seen;
      if (i.angle && library_of(i.name) == "?")
        wrong.add(file.path, i.line, "nobody may name <" + i.name + ">");
      else if (file.folder() == "tests")
        check_test(file, i, wrong);
      else if (auto l = table().find(file.folder()); l != table().end())
        check_layer(file, l->second, i, wrong);
      else if (!knows_everything(file.folder()))
        wrong.add(file.path, "stands in a folder that the table of layers does not know");
    }
  }
  CAF_CHECK(seen > 100);
  if (wrong.count() > 0)
    CAF_ERROR("includes:" << wrong.text());
}

CAF_TEST(beast is named in http and its tests alone and nothing of ours is included by angle) {
  findings wrong;
  static const words ours{"domain", "config", "wire",    "http", "persistence", "gateways",
                          "actors", "net",    "carrier", "main", "bench",       "tests"};
  for (const auto& file : all_files())
    if (file.is_code())
      for (const auto& i : includes(file.text)) {
        if (library_of(i.name) == "beast" && !file.below("http") && !file.below("tests/http"))
          wrong.add(file.path, i.line, "only http may name Beast");
        if (i.angle && ours.count(i.name.substr(0, i.name.find('/'))) && i.name.find('/') != std::string::npos &&
            library_of(i.name) == "?")
          wrong.add(file.path, i.line, "our own headers are included with quotes");
      }
  if (wrong.count() > 0)
    CAF_ERROR("includes:" << wrong.text());
}

CAF_TEST(the scan tells a forbidden include) {
  findings wrong;
  check_layer({"domain/x.cpp", ""}, table().at("domain"), {1, "net/router.hpp", false}, wrong);
  check_layer({"domain/x.cpp", ""}, table().at("domain"), {2, "boost/asio.hpp", true}, wrong);
  check_layer({"net/x.cpp", ""}, table().at("net"), {3, "actors/call.hpp", false}, wrong);
  check_layer({"net/x.hpp", ""}, table().at("net"), {4, "nlohmann/json.hpp", true}, wrong);
  check_layer({"actors/x.cpp", ""}, table().at("actors"), {5, "unistd.h", true}, wrong);
  CAF_CHECK_EQUAL(wrong.count(), 5u);
  check_layer({"net/x.cpp", ""}, table().at("net"), {6, "actors/messages.hpp", false}, wrong);
  check_layer({"net/ask.cpp", ""}, table().at("net"), {7, "caf/all.hpp", true}, wrong);
  check_layer({"domain/x.cpp", ""}, table().at("domain"), {8, "vector", true}, wrong);
  CAF_CHECK_EQUAL(wrong.count(), 5u);
}
