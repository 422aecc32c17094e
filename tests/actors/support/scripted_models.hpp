#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/assistant.hpp"

namespace ringmaster::testing {

/// The MODELS as a test writes them: what is asked is kept, and answered at once, later, or never.
class scripted_models final : public assistant::models {
public:
  struct question {
    assistant::order what;
    std::function<void(assistant::completion)> done;
  };

  void ask(assistant::order what, std::function<void(assistant::completion)> done) override {
    asked.push_back(what);
    if (dies && dies(what))
      throw std::runtime_error("the gateway breaks");
    if (holds && holds(what))
      held.push_back({std::move(what), std::move(done)});
    else
      done(answer(what));
  }
  /// A turn that is being spoken; nothing is told any more once its speech is destroyed.
  struct spoken {
    assistant::turn what;
    std::function<void(std::string_view)> on_text;
    std::function<void(result<assistant::turn_end>)> done;
    std::shared_ptr<bool> wanted;

    void say(std::string_view text) const {
      if (*wanted)
        on_text(text);
    }
    void end(result<assistant::turn_end> how) const {
      if (*wanted)
        done(std::move(how));
    }
  };
  class told final : public assistant::speech {
  public:
    explicit told(std::shared_ptr<bool> wanted) : wanted_(std::move(wanted)) {}
    ~told() override { *wanted_ = false; }

  private:
    std::shared_ptr<bool> wanted_;
  };

  /// Speaks the next of `lines` at once, or keeps the turn in `speaking`. A line that begins with
  /// "!" ends the call after it.
  std::unique_ptr<assistant::speech> speak(
      assistant::turn what, std::function<void(std::string_view)> on_text,
      std::function<void(result<assistant::turn_end>)> done) override {
    if (speak_dies && speak_dies())
      throw std::runtime_error("the gateway breaks");
    auto wanted = std::make_shared<bool>(true);
    spoken one{std::move(what), std::move(on_text), std::move(done), wanted};
    turns.push_back(one.what);
    if (talks && !thinks_long)
      tell(one);
    else if (thinks_long || lines.empty())
      speaking.push_back(std::move(one));
    else
      speak_line(one);
    return std::make_unique<told>(std::move(wanted));
  }
  /// What `talks` answers, in two pieces.
  void tell(const spoken& one) {
    auto end = talks(one.what);
    if (!end) {
      one.end(std::move(end));
      return;
    }
    if (end->tries.empty())
      end->tries = {cost(11)};
    one.say(end->text.substr(0, end->text.size() / 2));
    one.say(end->text.substr(end->text.size() / 2));
    one.end(std::move(end));
  }
  void speak_line(const spoken& one) {
    auto line = lines.front();
    lines.pop_front();
    assistant::turn_end end;
    if (line.starts_with('!')) {
      line.erase(0, 1);
      end.calls.push_back({"c1", "end_call", R"({"reason":"done"})", {}});
    }
    one.say(line.substr(0, line.size() / 2));
    one.say(line.substr(line.size() / 2));
    end.text = line;
    end.tries = {cost(11)};
    one.end(std::move(end));
  }
  /// The oldest turn that is kept goes on with the next line.
  void go_on_speaking() {
    auto one = std::move(speaking.front());
    speaking.pop_front();
    if (talks)
      tell(one);
    else
      speak_line(one);
  }

  /// Answers the oldest question that is held.
  void release() {
    auto one = std::move(held.front());
    held.pop_front();
    one.done(answer(one.what));
  }
  std::size_t count(assistant::function f) const {
    std::size_t n = 0;
    for (const auto& o : asked)
      n += assistant::function_of(o.what) == f;
    return n;
  }

  /// What the models say. Good answers, unless a test says otherwise.
  assistant::completion answer(const assistant::order& what) {
    return says ? says(what) : good(what);
  }
  static assistant::completion good(const assistant::order& what) {
    assistant::completion c{assistant::reply{}, {cost(30)}};
    std::visit(
        [&](const auto& q) {
          using type = std::decay_t<decltype(q)>;
          if constexpr (std::is_same_v<type, assistant::plan_request>) {
            assistant::plan p;
            p.title = "A table for two";
            p.goal = "Book a table for two.";
            p.steps = {"Ask for a table"};
            if (q.about.phone_number.empty())
              p.missing = {
                  {"phone_number", "Number?", true}
              };
            c.what = assistant::reply{p};
          } else if constexpr (std::is_same_v<type, assistant::questions_request>) {
            c.what = assistant::reply{
                assistant::questions{{{"phone_number", "Which number shall I call?", true}}}};
          } else if constexpr (std::is_same_v<type, assistant::script_request>) {
            assistant::script s;
            s.introduction = q.disclosure + " I would like to book a table.";
            s.closing = "Thank you.";
            c.what = assistant::reply{s};
          } else if constexpr (std::is_same_v<type, assistant::risks_request>) {
            c.what = assistant::reply{assistant::risks{}};
          } else if constexpr (std::is_same_v<type, assistant::extract_request>) {
            talk::findings f;
            f.summary = "A table was asked for.";
            f.who = talk::listener::human;
            c.what = assistant::reply{f};
          } else {
            c.what = assistant::reply{assistant::approval{}};
          }
        },
        what.what);
    return c;
  }
  static assistant::usage cost(std::int64_t micros) {
    assistant::usage u;
    u.provider = "openai";
    u.model = "small";
    u.prompt_version = "plan-1";
    u.prompt_tokens = 10;
    u.completion_tokens = 5;
    u.cost_micros = micros;
    return u;
  }
  static assistant::completion failing(std::string why) {
    auto u = cost(7);
    u.failure = "timeout";
    return {fail(errc::unavailable, std::move(why)), {u}};
  }

  std::vector<assistant::order> asked;
  std::deque<question> held;
  std::vector<assistant::turn> turns;
  std::deque<std::string> lines;
  std::deque<spoken> speaking;
  bool thinks_long = false;
  /// What is said to a turn, instead of the lines.
  std::function<result<assistant::turn_end>(const assistant::turn&)> talks;
  std::function<bool()> speak_dies;
  std::function<assistant::completion(const assistant::order&)> says;
  std::function<bool(const assistant::order&)> holds, dies;
};

} // namespace ringmaster::testing
