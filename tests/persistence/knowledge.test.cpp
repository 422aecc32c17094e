// The knowledge base: chunks, and what they and the profile have to a question.

#define CAF_SUITE knowledge_base

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;

namespace {

business_profile shop() {
  business_profile p;
  p.name = "Bright Barbers";
  p.description = "A barber shop for the whole family.";
  p.hours = "Monday to Friday 9 am to 6 pm";
  p.address = "12 Mill Lane, Springfield";
  p.facts = {
      {"parking",             "There are six free spaces behind the house."},
      {"cancellation policy", "Cancel a day before, it costs nothing."     },
  };
  return p;
}

result<knowledge::chunk>
add(home& h, const identity& who, const knowledge::checked_chunk& c,
    std::optional<gap_id> of = {}) {
  return h.at(who, [&](shelf& s) { return s.knowledge.add_chunk(fresh<chunk_id>(), c, of); });
}

std::vector<knowledge::passage>
consult(home& h, const identity& who, const std::string& question, std::size_t limit = 12) {
  auto read = knowledge::read(question);
  return task_stage::must(h.at(who, [&](shelf& s) { return s.knowledge.consult(read, limit); }));
}

std::vector<std::string> titles(const page<knowledge::chunk>& p) {
  std::vector<std::string> list;
  for (const auto& c : p.items)
    list.push_back(c.title);
  return list;
}

using words = std::vector<std::string>;

} // namespace

CAF_TEST(pieces are added and listed and changed and removed) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    auto first =
        add(*h, ann, piece("Prices", "A haircut costs 30 dollars.", knowledge::category::prices));
    auto second = add(*h, ann, piece("Tea", "Tea is on the house, 'always' \\ 100%."));
    CAF_REQUIRE(first.has_value());
    CAF_REQUIRE(second.has_value());
    CAF_CHECK_EQUAL(first->added_by, ann.actor);
    CAF_CHECK_EQUAL(first->version, 1);
    CAF_CHECK_EQUAL(second->text, "Tea is on the house, 'always' \\ 100%.");
    auto list = [&](const page_request& p, const std::string& q = {},
                    std::optional<knowledge::category> about = {}) {
      return task_stage::must(
          h->at(ann, [&](shelf& s) { return s.knowledge.list_chunks(p, q, about); }));
    };
    CAF_CHECK((titles(list({})) == words{"Tea", "Prices"}));
    CAF_CHECK((titles(list({}, "haircut")) == words{"Prices"}));
    CAF_CHECK((titles(list({}, "100%")) == words{"Tea"}));
    CAF_CHECK(list({}, "'; drop table knowledge_chunks; --").items.empty());
    CAF_CHECK((titles(list({}, "", knowledge::category::prices)) == words{"Prices"}));
    auto one = list({.limit = 1, .offset = 0, .cursor = {}});
    CAF_CHECK(one.total == 2);
    CAF_CHECK(!one.next_cursor.empty());
    CAF_CHECK(
        (titles(list({.limit = 1, .offset = 0, .cursor = one.next_cursor})) == words{"Prices"}));
    auto wrong = h->at(ann, [&](shelf& s) {
      return s.knowledge.list_chunks({.limit = 1, .offset = 0, .cursor = "x!"}, "", {});
    });
    CAF_CHECK(!wrong && wrong.error().code == errc::invalid);

    auto changed = h->at(ann, [&](shelf& s) {
      return s.knowledge.replace_chunk(
          first->id, piece("Prices", "A haircut costs 35 dollars."), 1);
    });
    CAF_REQUIRE(changed.has_value());
    CAF_CHECK_EQUAL(changed->version, 2);
    CAF_CHECK_EQUAL(changed->text, "A haircut costs 35 dollars.");
    auto late = h->at(ann, [&](shelf& s) {
      return s.knowledge.replace_chunk(first->id, piece("Prices", "Free."), 1);
    });
    CAF_CHECK(!late && late.error().code == errc::conflict);

    // Another user finds nothing of it, to read, to change or to remove.
    auto foreign = h->at(bob, [&](shelf& s) { return s.knowledge.find_chunk(first->id); });
    CAF_CHECK(!foreign && foreign.error().code == errc::not_found);
    auto theirs = h->at(bob, [&](shelf& s) { return s.knowledge.list_chunks({}, "haircut", {}); });
    CAF_CHECK(theirs->items.empty() && theirs->total == 0);
    auto taken = h->at(
        bob, [&](shelf& s) { return s.knowledge.replace_chunk(first->id, piece("x", "y"), {}); });
    CAF_CHECK(!taken && taken.error().code == errc::not_found);
    auto removed = h->at(bob, [&](shelf& s) { return s.knowledge.remove_chunk(first->id); });
    CAF_CHECK(!removed && removed.error().code == errc::not_found);

    CAF_CHECK(
        h->at(ann, [&](shelf& s) { return s.knowledge.remove_chunk(first->id); }).has_value());
    CAF_CHECK((titles(list({})) == words{"Tea"}));
    CAF_CHECK(
        (h->trail(ann) ==
         words{"knowledge.add:>", "knowledge.add:>", "knowledge.update:>", "knowledge.delete:>"}));
  }
}

CAF_TEST(an agent writes no piece of knowledge) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto known = task_stage::must(add(*h, ann, piece("Prices", "A haircut costs 30 dollars.")));
    auto engine = as_engine(ann);
    auto refused = [](const auto& answer) {
      return !answer && answer.error().code == errc::forbidden;
    };
    CAF_CHECK(refused(add(*h, engine, piece("Prices", "All is free."))));
    CAF_CHECK(refused(h->at(engine, [&](shelf& s) {
      return s.knowledge.replace_chunk(known.id, piece("Prices", "All is free."), {});
    })));
    CAF_CHECK(refused(h->at(engine, [&](shelf& s) { return s.knowledge.remove_chunk(known.id); })));
    CAF_CHECK(!consult(*h, engine, "How much is a haircut?").empty());
  }
}

CAF_TEST(a question finds what profile and pieces have to it and the best comes first) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    h->write_profile(ann, shop());
    for (int i = 0; i < 20; ++i)
      CAF_REQUIRE(add(*h, ann,
                      piece(
                          "Note " + std::to_string(i),
                          "The shop has a mirror of kind " + std::to_string(i)))
                      .has_value());
    CAF_REQUIRE(add(*h, ann, piece("Beard trims", "A beard trim costs 15 dollars.")).has_value());
    CAF_REQUIRE(add(*h, bob, piece("Beard trims", "Not of Ann.")).has_value());

    auto beard = consult(*h, ann, "How much is a beard trim?");
    CAF_REQUIRE(!beard.empty());
    CAF_CHECK(beard[0].reference.starts_with("chunk:"));
    CAF_CHECK_EQUAL(beard[0].text, "A beard trim costs 15 dollars.");
    CAF_CHECK(std::is_sorted(
        beard.begin(), beard.end(), [](const auto& a, const auto& b) { return a.rank > b.rank; }));
    CAF_CHECK(std::none_of(
        beard.begin(), beard.end(), [](const auto& p) { return p.text == "Not of Ann."; }));
    auto parking = consult(*h, ann, "Do you have parking?");
    CAF_REQUIRE(!parking.empty());
    CAF_CHECK_EQUAL(parking[0].reference, "profile:facts/parking");
    // All of the profile is there, and no more chunks than were wanted.
    auto mirrors = consult(*h, ann, "Which mirror does the shop have?", 3);
    auto chunks = std::count_if(mirrors.begin(), mirrors.end(), [](const auto& p) {
      return p.reference.starts_with("chunk:");
    });
    CAF_CHECK_EQUAL(chunks, 3);
    CAF_CHECK_EQUAL(mirrors.size() - 3, knowledge::passages_of(shop()).size());
    // Nobody else's, and nothing at all where nothing is known.
    auto eve = h->person("eve");
    CAF_CHECK(consult(*h, eve, "How much is a beard trim?").empty());
  }
}

CAF_TEST(a piece that answered a question says which) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto question = asked("Do you have a wheelchair ramp?");
    auto gap = task_stage::must(h->at(ann, [&](shelf& s) {
                 return s.knowledge.log_gap(fresh<gap_id>(), question);
               })).gap;
    auto c = add(*h, ann, piece("Getting in", "Yes, at the side door."), gap.id);
    CAF_REQUIRE(c.has_value());
    CAF_CHECK(c->gap == gap.id);
    auto found = consult(*h, ann, "Do you have a wheelchair ramp?");
    CAF_REQUIRE(!found.empty());
    CAF_CHECK_EQUAL(found[0].text, "Yes, at the side door.");
    CAF_CHECK_EQUAL(found[0].answers, gap.asks);
    auto none = add(*h, ann, piece("x", "y"), fresh<gap_id>());
    CAF_CHECK(!none && none.error().code == errc::not_found);
  }
}

CAF_TEST(a title that is spelled otherwise is found by its letters) {
  postgres_home h;
  auto ann = h.person("ann");
  CAF_REQUIRE(add(h, ann, piece("Balayage", "It takes three hours.")).has_value());
  auto found = consult(h, ann, "Do you do balyage?");
  CAF_REQUIRE(!found.empty());
  CAF_CHECK_EQUAL(found[0].title, "Balayage");
  auto listed = h.at(ann, [](shelf& s) { return s.knowledge.list_chunks({}, "balyage", {}); });
  CAF_CHECK((titles(*listed) == words{"Balayage"}));
}

CAF_TEST(hostile words are data wherever they stand) {
  postgres_home h;
  auto ann = h.person("ann");
  CAF_REQUIRE(add(h, ann, piece("Tea", "Tea is on the house.")).has_value());
  for (const std::string bad :
       {"'", "\\", "tea' | '", "a:*", "!tea", "(", "&", "<->", "\xc3\xa9t\xc3\xa9", "\"", "%",
        "null", ""}) {
    knowledge::reading r;
    r.text = bad;
    r.asks = bad;
    r.terms = {bad, "tea", bad};
    auto found = h.at(ann, [&](shelf& s) { return s.knowledge.consult(r, 12); });
    CAF_REQUIRE(found.has_value());
    CAF_CHECK(!found->empty());
    CAF_CHECK(h.at(ann, [&](shelf& s) {
                 return s.knowledge.list_chunks({}, bad + "x", {});
               }).has_value());
  }
  CAF_CHECK(h.at(ann, [&](shelf& s) { return s.knowledge.consult({}, 12); })->empty());
}

CAF_TEST(the largest knowledge base is full and still answers at once) {
  postgres_home h;
  auto ann = h.person("ann");
  auto admin = test_cluster::get().connect_admin(h.s.name);
  admin.execute(
      "insert into ringmaster.knowledge_chunks (user_id, id, title, text, source, category, "
      "added_by) "
      "select '" +
      to_string(ann.user) +
      "', gen_random_uuid(), 'Service ' || i || ' of the house', "
      "'Service number ' || i || ' costs ' || i % 300 || ' dollars and takes ' || i % 90 || ' "
      "minutes. ' || "
      "repeat('It is done by people who have learned it, on every day but Sunday, and may be "
      "cancelled. ', 4), "
      "'price list', 'services', 'user' from generate_series(1, 10000) i");
  admin.execute("update ringmaster.knowledge_chunks set title = 'Balayage', text = 'Balayage costs "
                "180 dollars.' "
                "where title = 'Service 5000 of the house'");
  // One that has only its rare word among thousands that have all the others.
  admin.execute("update ringmaster.knowledge_chunks set title = 'Getting in', text = 'The entrance "
                "for a wheelchair is in the yard.' "
                "where title = 'Service 6000 of the house'");
  admin.execute("vacuum analyze ringmaster.knowledge_chunks");
  auto full = add(h, ann, piece("x", "y"));
  CAF_REQUIRE(!full);
  CAF_CHECK(full.error().code == errc::invalid);
  std::vector<double> took;
  for (const std::string question :
       {"How much is balayage?", "What does service number 77 cost?", "Are you open on Sunday?",
        "Do you have parking?", "May I cancel my service, and how many minutes does it take?"}) {
    for (int i = 0; i < 4; ++i) {
      auto begun = std::chrono::steady_clock::now();
      auto found = consult(h, ann, question);
      took.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
              .count());
      if (question.find("balayage") != std::string::npos) {
        CAF_REQUIRE(!found.empty());
        CAF_CHECK_EQUAL(found[0].title, "Balayage");
      }
    }
  }
  auto rare = consult(
      h, ann,
      "What does the wheelchair service of the house cost, and how many minutes does it take?");
  CAF_CHECK(
      std::any_of(rare.begin(), rare.end(), [](const auto& p) { return p.title == "Getting in"; }));
  std::sort(took.begin(), took.end());
  std::cout << "consult over 10,000 chunks: median " << took[took.size() / 2] << " ms, most "
            << took.back() << " ms\n";
  // A conversation waits 300 ms for it; most of that is for a machine that has other work.
  CAF_CHECK(took[took.size() / 2] < 300);
}
