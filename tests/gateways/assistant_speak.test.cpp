#define CAF_SUITE assistant_speak

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <string>

#include "domain/rules.hpp"
#include "tests/gateways/assistant_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace ringmaster::assistant;

namespace {

model_server::script always(std::string bytes) {
  return [bytes = std::move(bytes)](raw_socket& peer, const model_server::asked&) {
    return peer.send(bytes);
  };
}

/// A stream of events in one chunk, whole.
std::string streamed(const std::string& events) {
  return stream_head() + chunk(events) + last_chunk;
}

std::string failure(const gateway_rig::spoken& s) { return s.end ? "" : s.end.error().detail; }

gateway_rig::spoken hear(model_server::script play, turn what = turn_of()) {
  model_server server(std::move(play));
  gateway_rig rig({provider_at(server)});
  return rig.speak(std::move(what));
}

turn with_tool() {
  auto made = turn_of("Do you have parking?");
  made.tools.push_back(
      {"log_gap", "Notes what is not known",
       R"({"type":"object","properties":{"q":{"type":"string"}},"required":["q"],"additionalProperties":false})"});
  return made;
}

const std::string call_first =
    R"({"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"log_gap","arguments":""}}]})";

} // namespace

CAF_TEST(a turn is told while it comes and ends with its cost) {
  model_server server(always(streamed(chat_stream({"Hello", " there", ", how are you?"}))));
  auto p = provider_at(server);
  p.prompt_price = 1;
  p.completion_price = 2;
  gateway_rig rig({p});
  auto told = rig.speak(turn_of());
  CAF_REQUIRE_EQUAL(failure(told), "");
  CAF_CHECK_EQUAL(told.text, "Hello there, how are you?");
  CAF_CHECK_EQUAL(told.pieces.size(), 3u);
  CAF_CHECK_EQUAL(told.end->text, told.text);
  CAF_CHECK(told.end->calls.empty());
  CAF_REQUIRE_EQUAL(told.end->tries.size(), 1u);
  CAF_CHECK_EQUAL(told.end->tries[0].prompt_tokens, 11);
  CAF_CHECK_EQUAL(told.end->tries[0].cost_micros, 11 + 14);
  auto asked = server.requests().front();
  CAF_CHECK(asked.has(R"("stream":true,"stream_options":{"include_usage":true})"));
  CAF_CHECK(asked.has(R"("max_tokens":300)"));
  CAF_CHECK(asked.has("Accept: text/event-stream"));
  // The connection is kept for the next turn.
  rig.speak(turn_of());
  CAF_CHECK_EQUAL(server.connections(), 1);
}

CAF_TEST(a stream may be cut at every byte) {
  const auto events = chat_stream({"Gr\xC3\xBC\xC3\x9F Gott, ", "wie \xE2\x82\xAC", " geht's"});
  std::string mixed;
  std::size_t n = 0;
  for (auto c : events) // line ends of every kind
    mixed += c == '\n' ? (++n % 3 == 0 ? "\r\n" : "\n") : std::string(1, c);
  const auto bytes =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nContent-Length: " +
      std::to_string(mixed.size()) + "\r\n\r\n" + mixed;
  std::atomic<std::size_t> at{0};
  model_server server([&](raw_socket& peer, const model_server::asked&) {
    peer.send(bytes.substr(0, at));
    ::poll(nullptr, 0, 1);
    return peer.send(bytes.substr(at));
  });
  gateway_rig rig({provider_at(server)});
  std::size_t wrong = 0;
  for (at = 1; at < bytes.size(); ++at) {
    auto told = rig.speak(turn_of());
    wrong += told.text != "Gr\xC3\xBC\xC3\x9F Gott, wie \xE2\x82\xAC geht's" || !told.end;
  }
  CAF_CHECK_EQUAL(wrong, 0u);
  CAF_CHECK_EQUAL(server.count(), bytes.size() - 1);
}

CAF_TEST(a stream may drip byte by byte in chunks of one) {
  const auto events = chat_stream({"One", " two"});
  auto told = hear([&](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head());
    for (auto c : events)
      peer.send(chunk(std::string(1, c)));
    return peer.send(last_chunk);
  });
  CAF_CHECK_EQUAL(told.text, "One two");
  CAF_CHECK_EQUAL(failure(told), "");
}

CAF_TEST(a stream is complete with its finish reason and broken without) {
  const auto whole_stream = chat_stream({"Fine."}, false);
  CAF_CHECK_EQUAL(failure(hear(always(streamed(whole_stream)))), "");
  // Closed after the finish reason, without the last chunk.
  auto cut = hear([&](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head() + chunk(whole_stream));
    return false;
  });
  CAF_CHECK_EQUAL(failure(cut), "");
  for (bool done : {false, true}) {
    auto events = event(chat_text("Half")) + (done ? event("[DONE]") : "");
    auto told = hear([&](raw_socket& peer, const model_server::asked&) {
      peer.send(stream_head() + chunk(events));
      return false;
    });
    CAF_CHECK_EQUAL(told.text, "Half");
    CAF_CHECK(!told.end);
  }
}

CAF_TEST(comments and unknown fields and reasoning are passed over) {
  auto told = hear(always(streamed(
      ": keep-alive\n\nevent: x\nid: 7\nretry: 10\n" +
      event(chat_delta(R"({"reasoning_content":"hm","reasoning":"hm"})")) +
      "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"Two lines\"},\"index\":0}]}\n\n" +
      event(R"({"choices":[],"timings":{"a":1}})") +
      event(R"({"choices":[{"index":1,"delta":{"content":"other"}}]})") +
      event(chat_text(" here \\ud83d")) + event(chat_delta("{}", "stop")))));
  CAF_CHECK_EQUAL(failure(told), "");
  CAF_CHECK(told.text.starts_with("Two lines here"));
}

CAF_TEST(an error within the stream is a failure and goes on only where nothing was said) {
  const auto inner =
      event(R"({"error":{"message":"overloaded","type":"server_error","code":null}})");
  model_server first(always(streamed(inner))), second(always(streamed(chat_stream({"Second."}))));
  {
    gateway_rig rig({provider_at(first, "first"), provider_at(second, "second")});
    auto told = rig.speak(turn_of());
    CAF_CHECK_EQUAL(failure(told), "");
    CAF_CHECK_EQUAL(told.text, "Second.");
    CAF_CHECK_EQUAL(first.count(), 2u); // once more, and no oftener
    CAF_CHECK_EQUAL(told.end->tries.size(), 3u);
  }
  model_server half(always(streamed(event(chat_text("Well,")) + inner)));
  gateway_rig rig({provider_at(half, "half"), provider_at(second, "second")});
  auto told = rig.speak(turn_of());
  CAF_CHECK_EQUAL(told.text, "Well,");
  CAF_CHECK(has(failure(told), "overloaded"));
  CAF_CHECK_EQUAL(half.count(), 1u);
  CAF_CHECK_EQUAL(second.count(), 1u);
}

CAF_TEST(nobody waits for a rate limit while a person is on the line) {
  model_server first(always(whole(
      429, R"({"error":{"message":"x","code":"rate_limit_exceeded"}})", "application/json",
      "Retry-After: 5\r\n"))),
      second(always(streamed(chat_stream({"Second."}))));
  gateway_rig rig({provider_at(first, "first"), provider_at(second, "second")});
  for (int i = 0; i < 2; ++i) {
    auto begin = std::chrono::steady_clock::now();
    CAF_CHECK_EQUAL(rig.speak(turn_of()).text, "Second.");
    CAF_CHECK(std::chrono::steady_clock::now() - begin < 1s);
  }
  CAF_CHECK_EQUAL(first.count(), 1u);
}

CAF_TEST(silence before the first word and between words ends the turn) {
  auto quiet = [](std::string before) {
    return [before = std::move(before)](raw_socket& peer, const model_server::asked&) {
      peer.send(stream_head() + (before.empty() ? "" : chunk(before)));
      peer.read_to_end();
      return false;
    };
  };
  auto begin = std::chrono::steady_clock::now();
  auto told = hear(quiet(event(chat_delta(R"({"role":"assistant","content":""})"))));
  CAF_CHECK(has(failure(told), "no first word"));
  told = hear(quiet(event(chat_text("Well"))));
  CAF_CHECK_EQUAL(told.text, "Well");
  CAF_CHECK(has(failure(told), "fell silent"));
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 4s);
  // Comments are no words.
  told = hear([](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head());
    while (peer.send(chunk(": ping\n\n")))
      ::poll(nullptr, 0, 20);
    return false;
  });
  CAF_CHECK(has(failure(told), "no first word"));
}

CAF_TEST(an endless answer is cut off and an event without end refused) {
  auto what = turn_of();
  what.max_tokens = 10;
  std::atomic<std::size_t> sent{0};
  auto told = hear(
      [&](raw_socket& peer, const model_server::asked&) {
        peer.send(stream_head());
        auto piece = chunk(event(chat_text(std::string(1000, 'a'))));
        while (sent < 10'000'000 && peer.send(piece))
          sent += piece.size();
        return false;
      },
      what);
  CAF_CHECK_EQUAL(failure(told), "");
  CAF_CHECK(told.text.size() < 8'000u);
  told = hear([&](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head() + chunk("data: "));
    for (int i = 0; i < 200 && peer.send(chunk(std::string(64 * 1024, 'x'))); ++i)
      continue;
    return false;
  });
  CAF_CHECK(has(failure(told), "too large"));
}

CAF_TEST(answers of nothing but space are a failed turn and say nothing) {
  for (auto texts : std::vector<std::vector<std::string>>{
           {},
           {     ""},
           {  " ", "\n"},
           { "**", " "}
  }) {
    auto told = hear(always(streamed(chat_stream(texts))));
    CAF_CHECK_EQUAL(told.text, "");
    CAF_CHECK(!told.end);
  }
}

CAF_TEST(what is spoken has no markdown and no emoji) {
  auto told = hear(always(streamed(chat_stream(
      {" **Yes**, we are ", "[open](https://e.example", "/x) till `9`",
       ".\n- Mo\n# Tu \xF0\x9F\x98\x80"}))));
  CAF_CHECK_EQUAL(told.text, " Yes, we are open till 9.\nMo\n Tu ");
}

CAF_TEST(a server that does not stream is heard all the same) {
  auto told = hear(always(whole(200, chat_answer("All at once."))));
  CAF_CHECK_EQUAL(told.text, "All at once.");
  CAF_CHECK_EQUAL(failure(told), "");
  CAF_CHECK(has(failure(hear(always(whole(200, "<html>", "text/html")))), "text/html"));
}

CAF_TEST(tool calls are gathered from their pieces whatever marks them) {
  auto piece = [](std::string s) { return event(chat_delta(R"({"tool_calls":[)" + s + "]}")); };
  const auto end = event(chat_delta("{}", "stop"));
  for (
      auto events :
      {event(chat_delta(call_first)) + piece(R"({"index":0,"function":{"arguments":"{\"q"}})") +
           piece(R"({"index":0,"function":{"arguments":"\":\"parking\"}"}})"),
       // No index: by id, then by being the last.
       piece(
           R"({"id":"call_a","type":"function","function":{"name":"log_gap","arguments":"{\"q\":"}})") +
           piece(R"({"id":"call_a","function":{"arguments":"\"park"}})") +
           piece(R"({"function":{"arguments":"ing\"}"}})"),
       // All at once, arguments as JSON.
       piece(R"({"id":"call_a","function":{"name":"log_gap","arguments":{"q":"parking"}}})")}) {
    auto told = hear(always(streamed(events + end)), with_tool());
    CAF_REQUIRE_EQUAL(failure(told), "");
    CAF_REQUIRE_EQUAL(told.end->calls.size(), 1u);
    CAF_CHECK_EQUAL(told.end->calls[0].id, "call_a");
    CAF_CHECK_EQUAL(told.end->calls[0].name, "log_gap");
    CAF_CHECK_EQUAL(told.end->calls[0].arguments, R"({"q":"parking"})");
  }
  auto two = hear(
      always(streamed(
          piece(R"({"id":"a","function":{"name":"log_gap","arguments":"{\"q\":\"1\"}"}})") +
          piece(R"({"id":"b","function":{"name":"log_gap","arguments":"{\"q\":\"2\"}"}})") + end)),
      with_tool());
  CAF_REQUIRE_EQUAL(failure(two), "");
  CAF_CHECK_EQUAL(two.end->calls.size(), 2u);
}

CAF_TEST(unknown members of a tool call go back unchanged) {
  const std::string extra = R"({"google":{"thought_signature":"A+/b=="}})";
  model_server server(always(streamed(
      event(chat_delta(
          R"({"tool_calls":[{"id":"call_a","type":"function","extra_content":)" + extra +
          R"(,"function":{"name":"log_gap","arguments":"{\"q\":\"x\"}"}}]})")) +
      event(chat_delta("{}", "stop")))));
  gateway_rig rig({provider_at(server)});
  auto told = rig.speak(with_tool());
  CAF_REQUIRE_EQUAL(failure(told), "");
  CAF_CHECK_EQUAL(told.end->calls[0].extra, R"({"extra_content":)" + extra + "}");
  auto next = with_tool();
  message said, result;
  said.from = message::role::assistant;
  said.calls = told.end->calls;
  result.from = message::role::tool;
  result.answers = "call_a";
  result.text = "noted";
  next.messages.push_back(said);
  next.messages.push_back(result);
  rig.speak(next);
  auto asked = server.requests().back();
  CAF_CHECK(asked.has(
      R"("content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"log_gap","arguments":"{\"q\":\"x\"}"},"extra_content":)" +
      extra + "}]"));
  CAF_CHECK(asked.has(R"({"role":"tool","content":"noted","tool_call_id":"call_a"})"));
  // A call without a result gets one: providers refuse anything else.
  next.messages.pop_back();
  rig.speak(next);
  CAF_CHECK(server.requests().back().has(R"("tool_call_id":"call_a")"));
}

CAF_TEST(a call of an unknown tool or with wrong arguments is answered and asked again) {
  for (std::string call :
       {R"({"name":"fly","arguments":"{}"})", R"({"name":"log_gap","arguments":"{\"q\":"})",
        R"({"name":"log_gap","arguments":"{}"})", R"({"name":"log_gap","arguments":"{\"q\":1}"})",
        R"({"name":"log_gap","arguments":"[]"})"}) {
    const auto bad = streamed(event(chat_delta(
        R"({"tool_calls":[{"index":0,"id":"c1","function":)" + call + "}]}", "tool_calls")));
    model_server server([&](raw_socket& peer, const model_server::asked& one) {
      return peer.send(one.number == 0 ? bad : streamed(chat_stream({"I do not know."})));
    });
    gateway_rig rig({provider_at(server)});
    auto told = rig.speak(with_tool());
    CAF_CHECK_EQUAL(failure(told), "");
    CAF_CHECK_EQUAL(told.text, "I do not know.");
    CAF_REQUIRE_EQUAL(server.count(), 2u);
    CAF_CHECK(server.requests()[1].has(R"("tool_call_id":"c1")"));
    CAF_CHECK(server.requests()[1].has(R"({\"error\":)"));
    model_server stubborn(always(bad));
    gateway_rig again({provider_at(stubborn)});
    CAF_CHECK(has(failure(again.speak(with_tool())), "keeps asking for tools"));
    CAF_CHECK_EQUAL(stubborn.count(), 3u);
  }
}

CAF_TEST(a destroyed speech closes its connection and says nothing more) {
  std::atomic<bool> closed{false};
  model_server server([&](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head() + chunk(event(chat_text("Well"))));
    while (peer.send(chunk(event(chat_text(" and")))))
      ::poll(nullptr, 0, 1);
    closed = true;
    return false;
  });
  gateway_rig rig({provider_at(server)});
  std::atomic<int> words{0}, ends{0};
  auto handle = rig.one->speak(
      turn_of(), [&](std::string_view) { ++words; }, [&](result<turn_end>) { ++ends; });
  CAF_CHECK(comes_true([&] { return words > 3; }));
  handle.reset();
  int heard = words;
  CAF_CHECK(comes_true([&] { return closed.load(); }));
  CAF_CHECK_EQUAL(words.load(), heard);
  CAF_CHECK_EQUAL(ends.load(), 0);
}

CAF_TEST(a speech may be destroyed within its own callback) {
  model_server server(always(streamed(chat_stream({"One", " two", " three"}))));
  gateway_rig rig({provider_at(server)});
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> words{0}, ends{0};
    std::unique_ptr<speech> handle;
    std::promise<void> made;
    auto ready = made.get_future().share();
    std::atomic<bool> gone{false};
    handle = rig.one->speak(
        turn_of(),
        [&, ready](std::string_view) {
          ready.wait();
          ++words;
          handle.reset();
          gone = true;
        },
        [&](result<turn_end>) { ++ends; });
    made.set_value();
    CAF_CHECK(comes_true([&] { return gone.load(); }));
    CAF_CHECK_EQUAL(words.load(), 1);
    CAF_CHECK_EQUAL(ends.load(), 0);
  }
}

CAF_TEST(speeches and the gateway may go in any order) {
  model_server server([](raw_socket& peer, const model_server::asked&) {
    peer.send(stream_head() + chunk(event(chat_text("Well"))));
    peer.read_to_end();
    return false;
  });
  for (int i = 0; i < 20; ++i) {
    std::atomic<int> ends{0}, words{0};
    std::unique_ptr<speech> kept, early;
    {
      gateway_rig rig({provider_at(server)});
      kept = rig.one->speak(
          turn_of(), [&](std::string_view) { ++words; }, [&](result<turn_end> e) { ends += !e; });
      early = rig.one->speak(
          turn_of(), [](std::string_view) {}, [&](result<turn_end>) { ends += 100; });
      early.reset();
      if (i % 2 == 0)
        CAF_CHECK(comes_true([&] { return words > 0; }));
    }
    CAF_CHECK_EQUAL(ends.load(), 1);
  }
}

CAF_TEST(rules speak where no model does) {
  model_server server(always(whole(500, "")));
  gateway_rig rig({provider_at(server), rules_provider()});
  auto told = rig.speak(turn_of("When do you open?"));
  CAF_REQUIRE_EQUAL(failure(told), "");
  CAF_CHECK(!told.text.empty());
  CAF_CHECK_EQUAL(told.text, told.end->text);
  CAF_CHECK_EQUAL(server.count(), 2u);
  auto broke = turn_of();
  broke.budget_micros = 0;
  auto p = provider_at(server);
  p.completion_price = 1;
  gateway_rig alone({p});
  CAF_CHECK(has(failure(alone.speak(broke)), "daily budget reached"));
}
