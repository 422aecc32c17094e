// Which phrasings become one gap, in the database as it is used.

#define CAF_SUITE gap_merging

#include <caf/test/unit_test.hpp>

#include <fstream>
#include <iostream>
#include <map>

#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;

namespace {

struct phrasing {
  std::string group, words;
};

std::vector<phrasing> phrasings(const std::string& name) {
  std::ifstream file(std::string(RINGMASTER_SOURCE_DIR) + "/tests/domain/knowledge/" + name);
  std::vector<phrasing> all;
  for (std::string line; std::getline(file, line);)
    if (auto tab = line.find('\t'); !line.starts_with('#') && tab != std::string::npos)
      all.push_back({line.substr(0, tab), line.substr(tab + 1)});
  return all;
}

struct quality {
  double precision = 0, recall = 0;
  std::size_t gaps = 0;
};

/// By pairs: of those in one gap, how many mean the same; of those that mean the same, how many are
/// in one gap.
quality merge(home& h, const identity& who, const std::vector<phrasing>& all) {
  std::map<std::pair<std::string, gap_id>, std::int64_t> together;
  std::map<std::string, std::int64_t> groups;
  std::map<gap_id, std::int64_t> gaps;
  for (const auto& p : all) {
    auto logged = task_stage::must(h.at(who, [&](shelf& s) {
      return s.knowledge.log_gap(fresh<gap_id>(), asked(p.words, gap::source::call, call_id()));
    }));
    ++together[{p.group, logged.gap.id}];
    ++groups[p.group];
    ++gaps[logged.gap.id];
  }
  auto pairs = [](const auto& counts) {
    double n = 0;
    for (const auto& [key, count] : counts)
      n += static_cast<double>(count * (count - 1)) / 2;
    return n;
  };
  return {pairs(together) / pairs(gaps), pairs(together) / pairs(groups), gaps.size()};
}

void show(const char* what, const std::string& where, const quality& q) {
  std::cout << what << " in " << where << ": " << q.gaps << " gaps, precision " << q.precision
            << ", recall " << q.recall << "\n";
}

} // namespace

CAF_TEST(two hundred phrasings of forty questions become their gaps) {
  auto all = phrasings("phrasings.txt");
  CAF_REQUIRE_EQUAL(all.size(), 200u);
  quality of_memory;
  for (auto& h : homes()) {
    auto ann = h->person("ann");
    auto q = merge(*h, ann, all);
    show("200 phrasings", h->name(), q);
    CAF_CHECK(q.precision >= 0.97);
    CAF_CHECK(q.recall >= 0.85);
    auto listed = task_stage::must(h->at(ann, [](shelf& s) {
      return s.knowledge.list_gaps({.limit = 500, .offset = 0, .cursor = {}}, {});
    }));
    CAF_CHECK_EQUAL(listed.items.size(), q.gaps);
    std::int64_t times = 0;
    for (const auto& r : listed.items) {
      times += r.times_asked;
      CAF_CHECK_EQUAL(r.calls_affected, r.times_asked);
    }
    CAF_CHECK_EQUAL(times, 200);
    // The trigrams that go before lose nothing that the words would find.
    if (h->name() == "memory")
      of_memory = q;
    else
      CAF_CHECK_EQUAL(q.gaps, of_memory.gaps);
  }
}

CAF_TEST(phrasings that nothing was made for become their gaps as well) {
  auto all = phrasings("phrasings_unseen.txt");
  CAF_REQUIRE(!all.empty());
  postgres_home h;
  auto q = merge(h, h.s.ann, all);
  show("unseen phrasings", h.name(), q);
  CAF_CHECK(q.precision >= 0.9);
}
