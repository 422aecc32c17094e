#define CAF_SUITE transcript
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/transcript.hpp"

using namespace ringmaster::talk;

CAF_TEST(the words of transcripts can be read back) {
  for (auto s : {speaker::assistant, speaker::human, speaker::system})
    CAF_CHECK(parse_speaker(to_string(s)) == s);
  for (auto s : {sentiment::neutral, sentiment::positive, sentiment::negative})
    CAF_CHECK(parse_sentiment(to_string(s)) == s);
  CAF_CHECK(!parse_speaker("callee") && !parse_sentiment(""));
}

CAF_TEST(a transcript is written line by line) {
  std::vector<segment> all{
      {1, speaker::assistant, 0,    900,  "Hello.",    {}},
      {2, speaker::system,    900,  900,  "pressed 1", {}},
      {3, speaker::human,     1000, 1500, "Hi there.", {}}
  };
  CAF_CHECK_EQUAL(write_transcript(all), "assistant: Hello.\n[pressed 1]\nhuman: Hi there.\n");
  CAF_CHECK_EQUAL(write_transcript({}), "");
}

CAF_TEST(sentences sound as people mean them) {
  struct line {
    const char* text;
    sentiment mood;
  };
  using enum sentiment;
  for (const auto& l : std::vector<line>{
           {"Perfect, thank you so much!",      positive},
           {"Sure, no problem.",                positive},
           {"That's not bad.",                  positive},
           {"We are happy to help.",            positive},
           {"I can't wait to see you.",         positive},
           {"This is ridiculous.",              negative},
           {"I'm not happy about this.",        negative},
           {"That is not good.",                negative},
           {"Stop calling me!",                 negative},
           {"Don't call here again.",           negative},
           {"I am not interested.",             negative},
           {"You people are scammers.",         negative},
           {"Unfortunately we have a problem.", negative},
           {"It is Tuesday at 3 pm.",           neutral },
           {"I am not angry.",                  neutral },
           {"Hello?",                           neutral },
           {"",                                 neutral },
           {"Please hold the line.",            neutral }
  }) {
    auto mood = read_sentiment(l.text);
    if (mood != l.mood)
      CAF_ERROR(l.text << " sounds " << std::string{to_string(mood)});
  }
}
