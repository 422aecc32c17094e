#define CAF_SUITE speech
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include "domain/speech.hpp"
#include "domain/speech_parts.hpp"

using namespace ringmaster;
using namespace ringmaster::talk;

namespace {

/// Letters and digits in lower case; written here anew, so that it judges the filter's own.
std::string only_letters(const std::string& text) {
  std::string out;
  for (unsigned char c : text)
    if (std::isalnum(c))
      out += static_cast<char>(std::tolower(c));
  return out;
}

std::string
through(const std::vector<secret_value>& secrets, const std::vector<std::string>& pieces) {
  speech_filter f{secrets};
  std::string out;
  for (const auto& p : pieces)
    out += f.push(p);
  return out + f.finish();
}

std::vector<std::string> cut_into(const std::string& text, std::size_t length) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size(); i += length)
    out.push_back(text.substr(i, length));
  return out;
}

const std::vector<secret_value>& secrets() {
  static const std::vector<secret_value> all{
      {"date_of_birth",     "1980-02-01"                       },
      {"phone_number",      "+1 415 555 0123"                  },
      {"account_number",    "AB-48213"                         },
      {"address",           "12 Main Street, Springfield 94110"},
      {"email",             "jane.roe@example.com"             },
      {"last_four_of_card", "4242"                             },
      {"name",              "Jane Roe"                         },
      {"zip_code",          "94110"                            },
      {"member_id",         "Z99 100 7"                        },
  };
  return all;
}

} // namespace

CAF_TEST(values are held back in every spelling and wherever they are cut) {
  const std::vector<std::string> spellings{
      "1980-02-01",
      "February 1st 1980",
      "february first, nineteen eighty",
      "1/2/80",
      "2/1/1980",
      "01.02.1980",
      "the 1st of February 1980",
      "first of february nineteen-eighty",
      "Feb. 1, 1980",
      "1980, February 1",
      "two one eighty",
      "February the first nineteen hundred and eighty",
      "0 2 0 1 1 9 8 0",
      "19800201",
      "4155550123",
      "(415) 555-0123",
      "+1-415-555-0123",
      "four one five five five five oh one two three",
      "four one five, triple five, zero one two three",
      "four fifteen five fifty-five zero one twenty-three",
      "415 . 555 . 01 23",
      "4-1-5-5-5-5-0-1-2-3",
      "A B 4 8 2 1 3",
      "ab48213",
      "a-b forty-eight two thirteen",
      "AB, four eight two one three",
      "12 Main St",
      "12 main street",
      "twelve Main Street",
      "1 2 M a i n S t r e e t",
      "jane.roe@example.com",
      "jane dot roe at example dot com",
      "J-A-N-E R-O-E",
      "JANE ROE",
      "jane_roe",
      "Roe, Jane",
      "four two four two",
      "forty-two forty-two",
      "double four... no: 4 2 4 2",
      "94110",
      "nine four one one oh",
      "9 4 double 1 0",
      "ninety-four one ten",
      "z 9 9 1 0 0 7",
      "Z ninety-nine one hundred seven",
      "Z99-100-7",
      "Já\xcc\x81ne R\xc3\xb6"
      "e",
      "\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92",
      "4\xe2\x80\x8b"
      "2\xe2\x80\x8b"
      "4\xe2\x80\x8b"
      "2",
      "fo\xc2\xad"
      "ur two four two",
      "nineteen eighty, February first",
      "four, um, two, then four, two"};
  for (const auto& spelled : spellings)
    for (std::size_t length : {1000u, 1u, 2u, 3u, 5u, 7u}) {
      auto out = through(secrets(), cut_into("It is " + spelled + ", I believe.", length));
      if (out.find("that I may not share") == std::string::npos)
        CAF_ERROR("passed: " << spelled << " cut by " << length << ": " << out);
      CAF_CHECK(out.starts_with("It is "));
      CAF_CHECK(out.ends_with("I believe."));
    }
}

CAF_TEST(a value told in two turns is held back in the second) {
  speech_filter f{secrets()};
  auto said = f.push("It begins with 424");
  said += f.finish();
  CAF_CHECK_EQUAL(said, "It begins with 424");
  auto rest = f.push("2, and that is all.") + f.finish();
  CAF_CHECK(only_letters(said + rest).find("4242") == std::string::npos);
  CAF_CHECK_EQUAL(f.caught().size(), 1u);
}

CAF_TEST(texts without values come out unchanged and nearly at once) {
  for (const std::string text :
       {"Hello, I am calling to book a table for two on the first of March at 4:15 pm.",
        "Could we do Tuesday the 24th, or February 2nd? I cannot plan it otherwise.",
        "That is forty-two dollars, four people, and 1980s music.",
        "Thirty-four, fifty-five, one hundred and eighty; Jane is here. The main street is closed.",
        "   spaces   stay,\tand so do signs: $%&/()=?*~#'<>", ""}) {
    for (std::size_t length : {1000u, 1u, 3u, 8u}) {
      auto out = through(secrets(), cut_into(text, length));
      CAF_CHECK_EQUAL(out, text);
    }
  }
  speech_filter f{secrets()};
  CAF_CHECK_EQUAL(f.push("Hello there."), "Hello there.");
  CAF_CHECK_EQUAL(f.push(" How are you"), " How are you");
  // "four" could be the beginning of a card's number.
  CAF_CHECK_EQUAL(f.push(" fo"), " ");
  CAF_CHECK_EQUAL(f.push("r you"), "for you");
  CAF_CHECK(f.caught().empty());
}

CAF_TEST(short names are words of their own and too short values are none) {
  const std::vector<secret_value> short_ones{
      {"name",     "Ann"},
      {"zip_code", "12" }
  };
  CAF_CHECK_EQUAL(
      through(short_ones, {"I cannot plan an annual visit; 12 is fine."}),
      "I cannot plan an annual visit; 12 is fine.");
  CAF_CHECK_EQUAL(through(short_ones, {"This is An", "n."}), "This is that I may not share.");
  CAF_CHECK_EQUAL(through(short_ones, {"A-n-n it is"}), "that I may not share it is");
}

CAF_TEST(no value comes out of any text cut anywhere) {
  CAF_CHECK(rc::check("values are never in the output", [] {
    // Values and texts of few letters meet often.
    auto value = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"abm1244 "}));
    auto other = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"thaismyne1"}));
    std::vector<secret_value> all{
        {"member_id",      value + "7a1b"},
        {"account_number", other + "24"  }
    };
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string{"abm1247 -.,t"})),
        rc::gen::element<std::string>(
            "seven ", "four", "one two", "double ", "7a1b", "24", "hare")));
    if (*rc::gen::arbitrary<bool>())
      pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(pieces.size() / 2), value + "7a");
    speech_filter f{all};
    std::string out;
    for (const auto& p : pieces) {
      out += f.push(p);
      if (*rc::gen::weightedElement<bool>({
              {9, false},
              {1, true }
      }))
        out += f.finish();
    }
    out += f.finish();
    auto letters = only_letters(out);
    for (const auto& s : all)
      if (auto form = only_letters(s.value); form.size() >= 3)
        RC_ASSERT(letters.find(form) == std::string::npos);
  }));
  CAF_CHECK(rc::check("any bytes are taken, and the cut does not matter", [] {
    auto text = *rc::gen::arbitrary<std::string>();
    text += *rc::gen::element<std::string>("", "4242", "four two four two", "forty two");
    auto whole = through(secrets(), {text});
    auto length = *rc::gen::inRange<std::size_t>(1, 6);
    auto cut = through(secrets(), cut_into(text, length));
    RC_ASSERT(whole == cut);
  }));
}

CAF_TEST(texts of ordinary words pass unchanged whatever the cut) {
  CAF_CHECK(rc::check("unchanged", [] {
    auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "hello", "I", "would", "like", "to", "book", "a", "table", "for", "three", "on", "friday",
        "at", "the", "first", "street", "twenty", "dollars", "please", "thank", "you,", "jane.",
        "double", "roe!", "main", "june", "o'clock", "february", "oh", "example", "dot"));
    std::string text;
    for (const auto& w : words)
      text += w + ' ';
    // Words that may stand between the parts of a value, or before one: "jane at roe" is the value.
    std::string letters;
    for (const auto& w : words)
      if (w != "double" && w != "at" && w != "the" && w != "dot")
        letters += only_letters(w);
    RC_PRE(letters.find("janeroe") == std::string::npos);
    RC_PRE(letters.find("roejane") == std::string::npos);
    auto length = *rc::gen::inRange<std::size_t>(1, 9);
    RC_ASSERT(through(secrets(), cut_into(text, length)) == text);
  }));
}

CAF_TEST(markup and signs without a sound are taken out) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"Hello **world**",                       "Hello world"                          },
      {"# Title\n- one\n- two",                 " Title one two"                       },
      {"<break time=\"3s\"/>Hi",                " Hi"                                  },
      {"a < b > c",                             "a b c"                                },
      {"See https://evil.example/x?y=1. Bye",   "See . Bye"                            },
      {"[our page](https://a.example) is up",   "our page is up"                       },
      {"www.example.com now",                   " now"                                 },
      {"example.com/path here",                 " here"                                },
      {"call me \xf0\x9f\x93\x9e please",       "call me please"                       },
      {"Tom & Jerry &lt;b&gt; &#60;",           "Tom and Jerry b "                     },
      {"tab\tand\x01 null\x7f",                 "tab and null "                        },
      {" lead and trail ",                      " lead and trail "                     },
      {"caf\xc3\xa9 na\xc3\xafve",              "caf\xc3\xa9 na\xc3\xafve"             },
      {"\xef\xbc\x91\xef\xbc\x92",              "12"                                   },
      {"It costs $95.50, ok? \"Yes!\" (maybe)", "It costs $95.50, ok? \"Yes!\" (maybe)"},
      {"`code` snake_case #5",                  "code snake case number 5"             },
      {"bad \xff\xc3 bytes",                    "bad bytes"                            },
      {"",                                      ""                                     },
      {"well-known 3/4, and/or",                "well-known 3/4, and/or"               }
  };
  for (const auto& [text, wanted] : rows)
    CAF_CHECK_EQUAL(clean_for_speech(text), wanted);
  CAF_CHECK(rc::check("cleaning is done after one time and leaves no markup", [] {
    auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string{"ab<>&;*_#[]()`/:. \n\t\x01\xc3\xa9ltg"}));
    auto once = clean_for_speech(text);
    RC_ASSERT(once.find_first_of("<>*`\n\t\x01[]{}") == std::string::npos);
    RC_ASSERT(once.find("  ") == std::string::npos);
  }));
}

CAF_TEST(prices are read in digits and in words) {
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> rows{
      {"It is $95.",                        {95'000'000}            },
      {"ninety-five dollars",               {95'000'000}            },
      {"that's 1,250.50 dollars",           {1'250'500'000}         },
      {"one twenty dollars",                {120'000'000}           },
      {"twelve fifty dollars",              {1'250'000'000}         },
      {"a hundred and twenty bucks",        {120'000'000}           },
      {"It was 95 dollars, now 80 dollars", {95'000'000, 80'000'000}},
      {"fifteen hundred dollars",           {1'500'000'000}         },
      {"Tuesday at 3 pm for two people",    {}                      },
      {"",                                  {}                      }
  };
  for (const auto& [text, wanted] : rows) {
    std::vector<std::int64_t> got;
    for (const auto& p : prices_in(text))
      got.push_back(p.micros);
    if (got != wanted)
      CAF_ERROR(
          "misread: " << text << " gives " << got.size() << " " << (got.empty() ? 0 : got.front()));
  }
  auto euros = prices_in("80 euros");
  CAF_REQUIRE_EQUAL(euros.size(), 1u);
  CAF_CHECK_EQUAL(euros[0].currency, "EUR");
  const std::vector<std::pair<std::string, std::int64_t>> bare{
      {"It's ninety-five",  95 },
      {"95",                95 },
      {"one twenty",        120},
      {"that would be 110", 110},
      {"at 3 pm",           0  },
      {"at 3",              0  },
      {"ten minutes",       0  },
      {"two people",        0  },
      {"around 80 I think", 80 },
      {"nothing at all",    0  },
      {"one moment",        0  }
  };
  for (const auto& [text, wanted] : bare) {
    auto got = bare_price_in(text, "USD");
    if ((got ? got->micros / 1'000'000 : 0) != wanted)
      CAF_ERROR("misread: " << text);
  }
}

CAF_TEST(sentences that agree are told from those that do not ) {
  for (auto text :
       {"That works.",
        "Yes, please book it.",
        "Deal!",
        "Go ahead.",
        "We will take it.",
        "I'll take it.",
        "Sounds good.",
        "Okay, let's do it.",
        "Perfect, book it.",
        "I accept.",
        "Agreed.",
        "We have a deal.",
        "Put me down for Tuesday.",
        "Fine with me.",
        "Yes.",
        "Sure.",
        "Okay.",
        "95 dollars is fine.",
        "Please proceed.",
        "No problem, 95 it is.",
        "Could you book it for Tuesday?",
        "Yes please, could you reserve it?",
        "I can live with that.",
        "Great.",
        "Perfect.",
        "If you insist, deal.",
        "I don't mind paying that, go ahead.",
        "I cannot say no to that.",
        "Why not.",
        "All right then.",
        "You've got yourself a deal.",
        "I am happy to pay that.",
        "Charge it to the card.",
        "Count us in.",
        "Lock it in, please.",
        "It's a yes from me.",
        "Yes, Tuesday at three for 95 dollars.",
        "Consider it done.",
        "Let's go with that.",
        "I agree to the price.",
        "My client accepts.",
        "Alright, confirmed.",
        "That will do.",
        "Yes, that's right.",
        "We're good to go.",
        "I would be more than happy to accept.",
        "Absolutely!",
        "Schedule it, and send the invoice.",
        "There is no reason not to accept."})
    if (!is_commitment(text))
      CAF_ERROR("agrees, but was not seen: " << text);
  for (auto text :
       {"That is more than I can agree to.",
        "I cannot accept that.",
        "No, thank you.",
        "No deal.",
        "Is that the best you can do?",
        "Would Tuesday work?",
        "Let me ask my client.",
        "I have to ask the person I am calling for.",
        "If you can do 80, that works.",
        "Unless it includes parts, that works.",
        "Yes, I am an automated assistant.",
        "Okay, I understand.",
        "Thank you for the information.",
        "That is too expensive.",
        "I don't think that works for us.",
        "What times do you have?",
        "I will pass it on.",
        "Great, thank you!",
        "Perfect, thanks so much.",
        "I see.",
        "Hello.",
        "",
        "Shall I go ahead?",
        "We can't do that.",
        "I am not able to agree to that price.",
        "So that is 95 dollars.",
        "Could you do it for less?",
        "I am sorry, I do not know.",
        "What could be left out to make it less?",
        "I will check with my client and confirm with you."})
    if (is_commitment(text))
      CAF_ERROR("does not agree, but was taken for it: " << text);
}
