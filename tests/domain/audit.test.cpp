#define CAF_SUITE audit

#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/audit.hpp"

using namespace ringmaster;

namespace {

/// Good enough to tell texts apart.
std::string digest(std::string_view text) {
  std::uint64_t h = 1469598103934665603ULL, g = text.size();
  for (unsigned char c : text) {
    h = (h ^ c) * 1099511628211ULL;
    g = g * 31 + h;
  }
  char out[80];
  std::snprintf(out, sizeof out, "%016llx%016llx%032x", static_cast<unsigned long long>(h),
                static_cast<unsigned long long>(g), 0u);
  return out;
}

const user_id ann{uuid{{1}}};

audit_view row(std::int64_t seq, std::string reason = "") {
  audit_view a;
  a.seq = seq;
  a.at = instant(std::chrono::seconds(1'780'000'000 + seq));
  a.actor = "user:ann";
  a.action = "campaign.start";
  a.subject_kind = "campaign";
  a.reason = std::move(reason);
  return a;
}

struct chain {
  std::vector<std::pair<audit_seal, std::vector<audit_view>>> links;
  void add(std::vector<audit_view> rows) {
    auto before = links.empty() ? audit_seal{} : links.back().first;
    links.emplace_back(audit::seal(ann, before, rows, digest), rows);
  }
  audit_verdict check(const std::vector<audit_head>& heads = {}, const user_id& of = ann) const {
    audit::checker c(of, digest);
    for (const auto& [link, rows] : links)
      c.take(link, rows);
    c.compare(heads);
    return c.verdict();
  }
};

chain three() {
  chain c;
  c.add({row(1), row(2)});
  c.add({row(5)});
  c.add({row(6), row(9), row(10)});
  return c;
}

} // namespace

CAF_TEST(a chain that nobody touched is valid) {
  auto c = three();
  auto v = c.check();
  CAF_CHECK(v.valid);
  CAF_CHECK_EQUAL(v.checked, 6);
  CAF_CHECK_EQUAL(v.head.to_seq, 10);
  CAF_CHECK_EQUAL(c.links[1].first.from_seq, 3);
  CAF_CHECK(chain{}.check().valid);
}

CAF_TEST(every field of a row is sealed) {
  auto changes = std::vector<void (*)(audit_view&)>{
    [](audit_view& a) { a.seq = 4; }, [](audit_view& a) { a.at += std::chrono::microseconds(1); },
    [](audit_view& a) { a.actor += "x"; }, [](audit_view& a) { a.action += "x"; },
    [](audit_view& a) { a.subject_kind += "x"; }, [](audit_view& a) { a.subject_id += "x"; },
    [](audit_view& a) { a.from_status += "x"; }, [](audit_view& a) { a.to_status += "x"; },
    [](audit_view& a) { a.reason += "x"; }, [](audit_view& a) { a.request_id += "x"; },
    [](audit_view& a) { std::swap(a.subject_kind, a.subject_id); }};
  for (auto change : changes) {
    auto c = three();
    change(c.links[1].second[0]);
    auto v = c.check();
    CAF_CHECK(!v.valid);
    CAF_CHECK(v.first_broken == std::optional<std::int64_t>(3));
    CAF_CHECK_EQUAL(v.checked, 2);
  }
}

CAF_TEST(rows that were added or removed are found) {
  auto removed = three();
  removed.links[2].second.erase(removed.links[2].second.begin() + 1);
  CAF_CHECK(removed.check().first_broken == std::optional<std::int64_t>(6));
  auto added = three();
  added.links[2].second.insert(added.links[2].second.begin() + 1, row(7));
  CAF_CHECK(!added.check().valid);
  auto unsealed = three();
  unsealed.links.erase(unsealed.links.begin() + 1);
  CAF_CHECK(unsealed.check().first_broken == std::optional<std::int64_t>(3));
}

CAF_TEST(the seal of one user is none of another) {
  CAF_CHECK(!three().check({}, user_id{uuid{{2}}}).valid);
}

CAF_TEST(a chain that was cut is found by a head that was written down) {
  auto c = three();
  audit_head head{ann, 10, c.links[2].first.hash, {}};
  CAF_CHECK(c.check({head}).valid);
  auto other = head;
  other.user = user_id{uuid{{2}}};
  other.seq = 99;
  CAF_CHECK(c.check({head, other}).valid);
  c.links.pop_back();
  CAF_CHECK(c.check().valid); // nothing in the chain itself tells
  auto v = c.check({head});
  CAF_CHECK(!v.valid);
  CAF_CHECK(v.first_broken == std::optional<std::int64_t>(10));
}

CAF_TEST(a chain that was made anew is found by a head that was written down) {
  auto c = three();
  audit_head head{ann, 5, c.links[1].first.hash, {}};
  chain forged;
  forged.add({row(1), row(2, "another story")});
  forged.add({row(5)});
  forged.add({row(6), row(9), row(10)});
  CAF_CHECK(forged.check().valid);
  CAF_CHECK(forged.check({head}).first_broken == std::optional<std::int64_t>(5));
}

CAF_TEST(no two rows read alike) {
  CAF_CHECK(rc::check("canonical", [] {
    auto texts = *rc::gen::container<std::vector<std::string>>(8, rc::gen::container<std::string>(rc::gen::element('1', ':', '2', 'a')));
    auto others = *rc::gen::container<std::vector<std::string>>(8, rc::gen::container<std::string>(rc::gen::element('1', ':', '2', 'a')));
    auto build = [](const std::vector<std::string>& t) {
      auto a = row(1);
      a.actor = t[0], a.action = t[1], a.subject_kind = t[2], a.subject_id = t[3];
      a.from_status = t[4], a.to_status = t[5], a.reason = t[6], a.request_id = t[7];
      return audit::canonical(a);
    };
    RC_ASSERT((texts == others) == (build(texts) == build(others)));
  }));
}
