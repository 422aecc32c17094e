#define CAF_SUITE listener
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/listener.hpp"

using namespace ringmaster;
using talk::listener;

namespace {

struct sentence {
  const char* text;
  bool expected;
};

template <class Judge>
void hold_against(const std::vector<sentence>& table, Judge judge, const char* what) {
  std::string wrong;
  for (const auto& s : table)
    if (judge(s.text) != s.expected)
      wrong += std::string{"\n  "} + what + (s.expected ? " misses: " : " is wrongly found in: ") +
               s.text;
  CAF_CHECK_EQUAL(wrong, "");
}

listener judged(std::vector<std::string> heard, const char* detected = "", int silent_ms = 0) {
  return talk::judge({detected, heard, std::chrono::milliseconds{silent_ms}});
}

} // namespace

CAF_TEST(words of listeners read back) {
  for (auto l :
       {listener::unknown, listener::human, listener::voicemail, listener::menu,
        listener::screening, listener::fax, listener::silence})
    CAF_CHECK(talk::parse_listener(talk::to_string(l)) == l);
  CAF_CHECK(!talk::parse_listener("robot"));
}

CAF_TEST(a wish not to be called is found and nothing like it is) {
  hold_against(
      {
          {"Stop calling me.",                                    true },
          {"Please stop calling this number!",                    true },
          {"Could you stop calling us",                           true },
          {"Take me off your list.",                              true },
          {"take us off this calling list please",                true },
          {"Remove my number from your system.",                  true },
          {"Please remove me from your list",                     true },
          {"Don't call me again.",                                true },
          {"Don\xe2\x80\x99t ever call here again",               true },
          {"do not call this number any more",                    true },
          {"Never call me again, do you hear?",                   true },
          {"Put me on the do not call list.",                     true },
          {"We are on the do-not-call list.",                     true },
          {"I don't want any more calls from you.",               true },
          {"I do not want you to call here.",                     true },
          {"No more calls, please.",                              true },
          {"Quit bothering me.",                                  true },
          {"Lose my number.",                                     true },
          {"Leave me alone!",                                     true },
          {"I want to opt out.",                                  true },
          {"Unsubscribe.",                                        true },
          {"Stop.",                                               true },
          {"If you don't stop calling I will call the police.",   true },
          {"I told you people not to call me.",                   true },
          {"Why don't you stop calling me?",                      true },
          {"Don't call me at work.",                              true },
          {"Uh, just, um, please stop phoning us.",               true },
          {"Would you please not ring this number any more?",     true },
          {"Could you not call me again?",                        true },
          {"Can you not call here, please?",                      true },
          {"Would you kindly never phone us again.",              true },
          {"I'd rather you did not call this number.",            true },
          {"We would prefer if you didn't ring here.",            true },
          {"Please ring this number.",                            false},
          {"Would you please ring this number?",                  false},
          {"Would you ring this number again later?",             false},
          {"Could you not call me back?",                         false},
          {"Can you not call before nine?",                       false},
          {"Could you not call us before nine?",                  false},
          {"Can't you call this number?",                         false},
          {"Would you not call this number for reservations?",    false},
          {"I would rather you called this number.",              false},
          {"Please don't stop.",                                  false},
          {"Don't stop calling me back until somebody picks up.", false},
          {"Please do not call us before nine.",                  false},
          {"Don't call tomorrow, we are closed.",                 false},
          {"If you do not call me by five, the table is gone.",   false},
          {"I do not call people back.",                          false},
          {"You don't need to call back.",                        false},
          {"Could you stop by on Tuesday?",                       false},
          {"The bus stop is right outside.",                      false},
          {"Can I take you off hold now?",                        false},
          {"Let me take your name and number.",                   false},
          {"I can take my name down for you.",                    false},
          {"Shall I remove you from the waiting list?",           false},
          {"We will call you back.",                              false},
          {"He is not interested.",                               false},
          {"Call me back on Monday.",                             false},
          {"We had to stop taking new patients.",                 false},
          {"",                                                    false},
  },
      talk::asks_to_stop, "asks_to_stop");
}

CAF_TEST(a wish to wait is found and nothing like it is) {
  hold_against(
      {
          {"Please hold.",                                 true },
          {"Hold on, please.",                             true },
          {"One moment, please.",                          true },
          {"Just a moment.",                               true },
          {"One second, let me check the calendar.",       true },
          {"Hang on a sec",                                true },
          {"Can you hold?",                                true },
          {"Could you hold for a moment?",                 true },
          {"Hold the line.",                               true },
          {"Please stay on the line.",                     true },
          {"Give me a minute.",                            true },
          {"Bear with me.",                                true },
          {"I will put you on hold.",                      true },
          {"Let me transfer you.",                         true },
          {"Wait a second.",                               true },
          {"I'll be right back.",                          true },
          {"All of our agents are busy at the moment.",    true },
          {"Let me check.",                                true },
          {"Okay, one moment while I look that up.",       true },
          {"Wait, please.",                                true },
          {"Let me connect you.",                          true },
          {"I can't hold.",                                false},
          {"Hold the pickles.",                            false},
          {"We can hold the table until seven.",           false},
          {"Can you hold the reservation under a name?",   false},
          {"Do you have a minute?",                        false},
          {"One moment... okay, we have Tuesday at 3.",    false},
          {"Hold on, who is this?",                        false},
          {"He is not available at the moment.",           false},
          {"Get a second opinion.",                        false},
          {"He left just a minute ago.",                   false},
          {"It takes a minute.",                           false},
          {"We are on the second floor.",                  false},
          {"Don't hold your breath.",                      false},
          {"Let me check. Yes, we have a table for four.", false},
          {"We put a hold on the account.",                false},
          {"Yes, that works.",                             false},
          {"",                                             false},
  },
      talk::asks_to_hold, "asks_to_hold");
}

CAF_TEST(a wrong number is found and nothing like it is) {
  hold_against(
      {
          {"You have the wrong number.",                  true },
          {"Wrong number.",                               true },
          {"Sorry, I think you've got the wrong number",  true },
          {"There's nobody by that name here.",           true },
          {"No one by that name lives here.",             true },
          {"You must have dialed wrong.",                 true },
          {"I think you misdialed.",                      true },
          {"There is no such person here.",               true },
          {"He doesn't live here.",                       true },
          {"She no longer works here.",                   true },
          {"This is the wrong number.",                   true },
          {"Wrong person, mate.",                         true },
          {"You called the wrong place.",                 true },
          {"There is nobody called Miller.",              true },
          {"Nobody of that name, sorry.",                 true },
          {"This is not the wrong number.",               false},
          {"No, it isn't a wrong number.",                false},
          {"Sorry, I gave you the wrong number earlier.", false},
          {"Is this the wrong number?",                   false},
          {"Do I have the wrong number?",                 false},
          {"Not any more, she moved out last year.",      true },
          {"No, they moved away years ago.",              true },
          {"He has moved out.",                           true },
          {"We moved out last year, come to Mill Lane.",  false},
          {"They moved out of that building last year.",  false},
          {"She moved the appointment to Friday.",        false},
          {"Call us when they have moved out.",           false},
          {"Not any more today, we are full.",            false},
          {"Nobody is free today.",                       false},
          {"What is wrong with the car?",                 false},
          {"What number are you calling from?",           false},
          {"That is the right number.",                   false},
          {"He does not work on Mondays.",                false},
          {"",                                            false},
  },
      talk::says_wrong_number, "says_wrong_number");
}

CAF_TEST(a goodbye is found at the end and nowhere else) {
  hold_against(
      {
          {"Goodbye.",                                               true },
          {"Bye bye.",                                               true },
          {"Okay, bye!",                                             true },
          {"Have a nice day.",                                       true },
          {"Thanks, have a great weekend",                           true },
          {"Alright, see you then.",                                 true },
          {"Take care.",                                             true },
          {"You have a good one.",                                   true },
          {"Talk to you soon.",                                      true },
          {"Good night.",                                            true },
          {"See you on Tuesday, bye now.",                           true },
          {"Enjoy your evening!",                                    true },
          {"See you tomorrow.",                                      true },
          {"Thank you, goodbye, sir.",                               true },
          {"Before you say goodbye, what was your name?",            false},
          {"Have a nice day out with our family ticket for twenty.", false},
          {"You can buy it here.",                                   false},
          {"We have a good table by the window.",                    false},
          {"I take care of the bookings here at the desk.",          false},
          {"Let me see you in the system.",                          false},
          {"Hello?",                                                 false},
          {"Did she have a nice day?",                               false},
          {"",                                                       false},
  },
      talk::says_goodbye, "says_goodbye");
}

CAF_TEST(the words tell who picked up) {
  struct row {
    std::vector<std::string> heard;
    const char* detected;
    listener expected;
  };
  const std::vector<row> table{
      {{},                                                                                       "",                 listener::unknown  },
      {{},                                                                                       "human",            listener::human    },
      {{},                                                                                       "machine_start",    listener::voicemail},
      {{},                                                                                       "machine_end_beep", listener::voicemail},
      {{},                                                                                       "fax",              listener::fax      },
      {{},                                                                                       "unknown",          listener::unknown  },
      {{"Hello?"},                                                                               "",                 listener::human    },
      {{"Hello?"},                                                                               "machine_start",    listener::human    },
      {{"Harbor Dental, this is Kim, how can I help you?"},                                      "machine_start",    listener::human    },
      {{"Yes?"},                                                                                 "fax",              listener::human    },
      {{"Hi, you have reached Ann. Leave a message after the beep."},                            "",                 listener::voicemail},
      {{"Hi, you have reached Ann. Please leave a message after the tone."},
       "human",                                                                                                      listener::voicemail},
      {{"I can't come to the phone right now."},                                                 "",                 listener::voicemail},
      {{"Your call has been forwarded to an automated voice messaging system."},
       "",                                                                                                           listener::voicemail},
      {{"The mailbox is full."},                                                                 "",                 listener::voicemail},
      {{"You have reached Harbor Dental."},                                                      "machine_start",    listener::voicemail},
      {{"You have reached Harbor Dental."},                                                      "",                 listener::human    },
      {{"Leave your name and number, and we will call you back."},                               "",                 listener::voicemail},
      {{"At the tone, record your message. When you are done, hang up or press pound."},
       "",                                                                                                           listener::voicemail},
      {{"He is not in. Would you like to leave a message?"},                                     "",                 listener::human    },
      {{"The doctor is not available right now, can I take a message?"},
       "machine_start",                                                                                              listener::human    },
      {{"Press 1 for appointments, 2 for billing."},                                             "",                 listener::menu     },
      {{"For sales, press two."},                                                                "human",            listener::menu     },
      {{"Please listen carefully as our menu options have changed."},                            "",                 listener::menu     },
      {{"To leave a message, press 3. To speak to someone, press zero."},                        "",                 listener::menu     },
      {{"Please state your name and the reason for your call."},                                 "",                 listener::screening},
      {{"The person you are calling is using a screening service."},                             "",                 listener::screening},
      {{"Record your name and reason for calling, and I will see if this person is available."},
       "",                                                                                                           listener::screening},
      {{"Say your name after the tone, and we will try to connect you."},
       "machine_start",                                                                                              listener::screening},
      {{"Leave a message after the tone.", "Hello? Sorry, I was in the garden."},
       "machine_start",                                                                                              listener::human    },
      {{"Please state your name.", "Kim here, what is it about?"},                               "",                 listener::human    },
      {{"Please state your name.", "Thank you, please hold."},                                   "",                 listener::screening},
      {{"Press 1 for appointments.", "Harbor Dental, how can I help you?"},                      "",                 listener::human    },
      {{"Leave a message after the tone.", "We are closed on Sundays and on holidays"},
       "",                                                                                                           listener::voicemail},
      {{"Hello, Joe's Garage."},                                                                 "",                 listener::human    },
      {{"A party of two for dinner?"},                                                           "",                 listener::human    },
      {{"  ", "..."},                                                                            "human",            listener::human    },
  };
  std::string wrong;
  for (const auto& r : table) {
    auto found = judged(r.heard, r.detected);
    if (found != r.expected)
      wrong += "\n  " + (r.heard.empty() ? std::string{r.detected} : r.heard.back()) + ": " +
               std::string{talk::to_string(found)};
  }
  CAF_CHECK_EQUAL(wrong, "");
}

CAF_TEST(nobody who spoke is silent and silence needs its time) {
  CAF_CHECK(judged({}, "", 7'999) == listener::unknown);
  CAF_CHECK(judged({}, "", 8'000) == listener::silence);
  CAF_CHECK(judged({"Hello?"}, "", 60'000) == listener::human);
  CAF_CHECK(judged({}, "machine_start", 60'000) == listener::voicemail);
}

CAF_TEST(a message may be left only when the greeting has ended) {
  for (auto word : {"machine_end_beep", "machine_end_silence", "machine_end_other"})
    CAF_CHECK(talk::may_leave_message(word));
  for (auto word : {"machine_start", "human", "fax", "unknown", ""})
    CAF_CHECK(!talk::may_leave_message(word));
}

CAF_TEST(the key that fits is chosen in every usual order) {
  struct row {
    const char* menu;
    const char* purpose;
    char expected; ///< 0: none
  };
  const auto* clinic = "Press 1 for appointments, 2 for billing, or 0 for the operator.";
  const auto* before =
      "For sales, press two. For billing, press three. To speak to someone, press zero.";
  const auto* flat = "for sales press two for billing press three to speak to someone press zero";
  const std::vector<row> table{
      {clinic,                                                                        "appointments",                         '1'},
      {clinic,                                                                        "Book an appointment with the dentist", '1'},
      {clinic,                                                                        "schedule a check-up",                  '1'},
      {clinic,                                                                        "question about an invoice",            '2'},
      {clinic,                                                                        "ask whether the car is ready",         '0'},
      {clinic,                                                                        "",                                     '0'},
      {before,                                                                        "sales",                                '2'},
      {before,                                                                        "my bill",                              '3'},
      {before,                                                                        "speak to someone",                     '0'},
      {before,                                                                        "the weather",                          '0'},
      {flat,                                                                          "sales",                                '2'},
      {flat,                                                                          "billing",                              '3'},
      {flat,                                                                          "talk to a person",                     '0'},
      {"To make a reservation, say or press 1. For directions, say or press 2.",
       "book a table for four",                                                                                               '1'},
      {"To make a reservation, say or press 1. For directions, say or press 2.",
       "what is your address",                                                                                                '2'},
      {"To cancel an appointment press 1, to schedule an appointment press 2.",
       "book an appointment",                                                                                                 '2'},
      {"To cancel an appointment press 1, to schedule an appointment press 2.",
       "cancel my appointment",                                                                                               '1'},
      {"Press one to hear our opening hours or press two to place an order.",
       "ask for the opening hours",                                                                                           '1'},
      {"Press one to hear our opening hours or press two to place an order.",         "order a cake",                         '2'},
      {"If you want to refill a prescription, press 4. To hear this again, press 9.",
       "refill my prescription",                                                                                              '4'},
      {"If you want to refill a prescription, press 4. To hear this again, press 9.",
       "complain about noise",                                                                                                0  },
      {"For English, press 1. For Spanish, press 2.",                                 "book an appointment",                  '1'},
      {"Dial star for the front desk.",                                               "speak to someone",                     '*'},
      {"Press pound to reach an agent.",                                              "anything",                             '#'},
      {"Thank you for calling Harbor Dental. Press 1 for appointments.",              "see the dentist",                      '1'},
      {"If you know your party's extension, dial it now.",                            "sales",                                0  },
      {"Hello, how can I help you?",                                                  "sales",                                0  },
      {"We have a table for two at 7.",                                               "a table",                              0  },
      {"",                                                                            "sales",                                0  },
  };
  std::string wrong;
  for (const auto& r : table) {
    auto key = talk::choose_key(r.menu, r.purpose).value_or(0);
    if (key != r.expected)
      wrong += std::string{"\n  "} + r.menu + " / " + r.purpose + ": " + (key ? key : '-');
  }
  CAF_CHECK_EQUAL(wrong, "");
}
