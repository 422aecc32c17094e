#include "actors/inquiry.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/notices.hpp"
#include "domain/text.hpp"

namespace ringmaster {

namespace {

/// So much of a chat is remembered when it goes on.
constexpr std::size_t remembered_most = 12;
constexpr std::size_t chunks_most = 12;
constexpr std::size_t events_most = 200;
constexpr std::int32_t answer_tokens_most = 600;
/// Of a reply, as it is kept with a gap.
constexpr std::size_t answered_most = 2'000;

/// At most so many bytes, and no character cut.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most)
    return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
    --most;
  text.resize(most);
  return text;
}

/// A model that said by itself that it does not know need not have it said again.
bool says_not_known(std::string_view text) {
  std::string low;
  for (const auto c : text)
    low += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (auto words :
       {"do not know", "don't know", "don\xe2\x80\x99t know", "do not have that", "not sure",
        "don't have that", "no information", "cannot answer", "can't answer"})
    if (low.find(words) != std::string::npos)
      return true;
  return false;
}

std::string one_space_between(std::string text, std::string_view more) {
  if (!text.empty() && text.back() != ' ' && text.back() != '\n')
    text += ' ';
  return text += more;
}

/// What was asked back at the last message, together with the answer to it: "when?", "Tuesday".
std::optional<calendar::wish> wish_in(
    const std::string& text, const std::vector<brain::message>& before, instant now,
    const std::string& home) {
  auto wish = calendar::read_wish(text, now, home);
  if (wish || before.size() < 2)
    return wish;
  const auto& asked_back = before.back();
  const auto& earlier = before[before.size() - 2];
  if (asked_back.from_user || !earlier.from_user || asked_back.proposal)
    return wish;
  auto open = calendar::read_wish(earlier.text, now, home);
  if (!open || open->missing.empty())
    return wish;
  auto whole = calendar::read_wish(earlier.text + ' ' + text, now, home);
  return whole && whole->missing.empty() ? whole : wish;
}

} // namespace

inquiry::inquiry(caf::actor_config& config, world_ptr all, ask_brain what, reply_place reply_to)
    : watched(config, all->watch, actor_kind::inquiry, uuid{}, all->brain.id()), all_(std::move(all)), what_(std::move(what)),
      reply_to_(std::move(reply_to)) {
  guard(this, "inquiry");
}

void inquiry::on_exit() {
  speech_.reset();
  reply_to_.reset(); // whoever still waits is told that nobody will answer
  what_.on_text.reset();
  all_.reset();
}

inquiry::behavior_type inquiry::make_behavior() {
  begin();
  return {[](const go_on& what) { (*what.run)(); }};
}

/// An agent acts with the rights of the engine: it reads, and proposes.
identity inquiry::self() const {
  auto who = engine_for(what_.who.user);
  who.request_id = what_.who.request_id;
  return who;
}

// -- what is known
// ---------------------------------------------------------------------------------

void inquiry::begin() {
  made_ = !what_.what.chat;
  chat_ = what_.what.chat.value_or(chat_id{make_uuid7(all_->now(), all_->parts.random)});
  auto work = [who = self(), what = what_.what](desk& d) -> result<facts> {
    facts known;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto all = read(books, what);
      if (!all)
        return fail(std::move(all.error()));
      known = std::move(*all);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return known;
  };
  at_desk<facts>(this, all_->desk_for(chat_.value), std::move(work), [this](result<facts> known) {
    have_read(std::move(known));
  });
}

result<inquiry::facts> inquiry::read(desk_work& books, const brain::inquiry& what) {
  facts known;
  known.now = books.now();
  if (what.chat) {
    auto chat = books.chats().find(*what.chat);
    if (!chat)
      return fail(std::move(chat.error()));
    auto before = books.chats().messages(*what.chat, remembered_most);
    if (!before)
      return fail(std::move(before.error()));
    known.before = std::move(*before);
  }
  auto settings = books.settings().read();
  if (!settings)
    return fail(std::move(settings.error()));
  known.timezone = settings->timezone;
  auto means = read_means(books, *settings);
  if (!means)
    return fail(std::move(means.error()));
  known.means = std::move(*means);
  if (knowledge::may(what.to, knowledge::power::propose_calendar))
    known.wish = wish_in(what.text, known.before, known.now, known.timezone);
  if (known.wish) {
    if (known.wish->what != calendar::change::create) {
      auto events = books.calendar().list_events({events_most, 0, {}}, known.now, false);
      if (!events)
        return fail(std::move(events.error()));
      known.upcoming = std::move(events->items);
    }
    return known;
  }
  auto found = books.knowledge().consult(knowledge::read(what.text), chunks_most);
  if (!found)
    return fail(std::move(found.error()));
  known.found = std::move(*found);
  return known;
}

void inquiry::have_read(result<facts> known) {
  if (!known) {
    end(fail(std::move(known.error())));
    return;
  }
  facts_ = std::move(*known);
  if (facts_.wish)
    propose(*facts_.wish);
  else
    ask();
}

// -- the calendar
// ----------------------------------------------------------------------------------

void inquiry::propose(const calendar::wish& wish) {
  auto what = plan(wish);
  what.by = "rules";
  let_out(what.reply);
  store(std::move(what));
}

/// The proposal that a wish asks for, or what has to be asked back.
inquiry::outcome inquiry::plan(const calendar::wish& wish) const {
  outcome what;
  if (!wish.missing.empty()) {
    what.reply = wish.missing;
    return what;
  }
  calendar::proposal_draft d;
  d.who = what_.what.to;
  d.from = calendar::origin::chat;
  d.context = chat_.value;
  d.what = wish.what;
  d.reason = cut("Asked for in a chat: " + knowledge::read(what_.what.text).text, 500);
  if (wish.what == calendar::change::create) {
    if (!wish.as) {
      what.reply = "On which day and at what time shall that be?";
      return what;
    }
    d.as = *wish.as;
    what.reply = "I propose this for your calendar: " + d.as.title + ", " +
                 calendar::show_when(d.as) + ". It is entered once you approve it.";
  } else {
    auto meant = calendar::find_meant(wish, facts_.upcoming);
    if (!meant) {
      what.reply =
          facts_.upcoming.empty()
              ? "There is nothing ahead in your calendar that could be meant."
              : "I cannot tell which entry of your calendar you mean. Please name its title "
                "as it stands there.";
      return what;
    }
    d.event = meant->id;
    d.as = meant->as;
    if (wish.what == calendar::change::cancel) {
      what.reply = "I propose to cancel " + d.as.title + ", " + calendar::show_when(d.as) +
                   ". It is cancelled once you approve it.";
    } else {
      auto as = calendar::moved(*meant, wish);
      if (!as) {
        what.reply = "To which day and time shall " + d.as.title + " be moved?";
        return what;
      }
      d.as = std::move(*as);
      what.reply = "I propose to move " + d.as.title + " to " + calendar::show_when(d.as) +
                   ". It is moved once you approve it.";
    }
  }
  if (auto fits = calendar::check(d); !fits) {
    what.reply = "I cannot propose that: " + fits.error().detail;
    return what;
  }
  what.covered = true;
  what.proposal = std::move(d);
  return what;
}

// -- the models
// ------------------------------------------------------------------------------------

void inquiry::ask() {
  auto chat = std::make_shared<assistant::chat_brief>();
  chat->who = what_.what.to;
  chat->question = what_.what.text;
  chat->found = facts_.found;
  for (const auto& one : facts_.before)
    chat->before.emplace_back(one.from_user, one.text);
  chat->now = facts_.now;
  chat->timezone = facts_.timezone;
  assistant::turn turn;
  turn.tools = {brain::gap_tool()};
  turn.max_tokens = answer_tokens_most;
  turn.user = what_.who.user;
  turn.keys = facts_.means.keys;
  turn.budget_micros = facts_.means.budget_micros;
  turn.chat = std::move(chat);
  gate_.emplace(what_.what.text, facts_.found);
  auto on_text = back_into<std::string>(this, [this](const std::string& text) { hear(text); });
  auto done = back_into<result<assistant::turn_end>>(
      this, [this](result<assistant::turn_end> said) { conclude(std::move(said)); });
  speech_ = all_->parts.models.speak(
      std::move(turn), [on_text](std::string_view text) { on_text(std::string(text)); },
      std::move(done));
}

/// The end is waited for also when nothing more is let out: it tells what was spent.
void inquiry::hear(const std::string& text) {
  if (gate_->broken())
    return;
  let_out(gate_->push(text));
}

void inquiry::let_out(const std::string& text) {
  if (text.empty())
    return;
  reply_ += text;
  if (!what_.on_text || !*what_.on_text)
    return;
  try {
    (*what_.on_text)(text);
  } catch (const std::exception& e) {
    spdlog::warn("brain: a reader of an answer failed: {}", e.what());
    what_.on_text.reset();
  }
}

void inquiry::conclude(result<assistant::turn_end> said) {
  speech_.reset();
  if (!said) {
    end(fail(std::move(said.error())));
    return;
  }
  if (!gate_->broken())
    let_out(gate_->finish());
  outcome what;
  what.by = provider_of(said->tries);
  what.tries = std::move(said->tries);
  auto gives_up = std::any_of(said->calls.begin(), said->calls.end(), [](const auto& call) {
    return call.name == brain::gap_tool().name;
  });
  if (!gate_->broken())
    what.sources = gate_->sources();
  what.covered = !gives_up && !gate_->broken() && !what.sources.empty();
  // "Hello" and "thank you" ask for nothing, and need no source.
  auto asks_nothing = knowledge::read(what_.what.text).asks.empty();
  auto is_small_talk = asks_nothing && !gate_->broken() && !gives_up && !trimmed(reply_).empty();
  if (!what.covered && !is_small_talk) {
    if (gate_->broken())
      for (const auto& fact : gate_->strange())
        spdlog::debug("brain: held back, for no source has it: {}", fact);
    auto sentence = std::string(knowledge::does_not_know(what_.what.to));
    if (!what_.on_text && !(gives_up && says_not_known(reply_)))
      reply_.clear(); // nobody has heard a part of it
    if (!says_not_known(reply_)) {
      auto so_far = reply_;
      let_out(one_space_between(so_far, sentence).substr(so_far.size()));
    }
    what.missing = missing(said->calls);
  }
  what.reply = std::string(trimmed(reply_));
  if (what.missing)
    what.missing->said.answered = cut(what.reply, answered_most);
  store(std::move(what));
}

/// The gap as the model words it, or else as it was asked.
std::optional<gap::checked> inquiry::missing(const std::vector<assistant::tool_call>& calls) const {
  gap::draft d;
  for (const auto& call : calls)
    if (call.name == brain::gap_tool().name)
      if (auto told = brain::read_gap_arguments(call.arguments)) {
        d = std::move(*told);
        break;
      }
  d.who = what_.what.to;
  d.from = gap::source::chat;
  d.context = chat_.value;
  d.metadata.clear();
  if (auto fits = gap::check(d))
    return std::move(*fits);
  gap::draft plain;
  plain.who = d.who;
  plain.from = d.from;
  plain.context = d.context;
  plain.question = knowledge::read(what_.what.text).text;
  if (auto fits = gap::check(plain))
    return std::move(*fits);
  return std::nullopt; // there is no word in it to go by
}

// -- the end
// ---------------------------------------------------------------------------------------

void inquiry::store(outcome what) {
  const auto rehearsal = what_.what.rehearsal;
  if (rehearsal) {
    note_chat_usage(*all_, what_.who.user, std::move(what.tries));
    brain::answered answer;
    answer.reply = std::move(what.reply);
    answer.covered = what.covered;
    answer.sources = std::move(what.sources);
    answer.by = std::move(what.by);
    end(std::move(answer));
    return;
  }
  auto gap_key = gap_id{make_uuid7(all_->now(), all_->parts.random)};
  auto proposal_key = proposal_id{make_uuid7(all_->now(), all_->parts.random)};
  auto work = [who = self(), to = what_.what.to, text = what_.what.text, chat = chat_, made = made_,
               asked_at = facts_.now, gap_key, proposal_key, what](desk& d) -> result<stored> {
    stored s;
    auto& answer = s.answer;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      if (what.missing) {
        auto logged = books.knowledge().log_gap(gap_key, *what.missing);
        if (!logged)
          return fail(std::move(logged.error()));
        answer.gap = logged->gap;
        s.logged = std::move(*logged);
      }
      if (what.proposal) {
        auto proposed = books.calendar().propose(proposal_key, *what.proposal);
        if (!proposed)
          return fail(std::move(proposed.error()));
        answer.proposal = std::move(*proposed);
      }
      brain::message asked;
      asked.text = text;
      asked.at = asked_at;
      brain::message reply;
      reply.from_user = false;
      reply.text = what.reply;
      reply.sources = what.sources;
      if (answer.gap)
        reply.gap = answer.gap->id;
      if (answer.proposal)
        reply.proposal = answer.proposal->id;
      reply.by = what.by;
      reply.at = books.now();
      if (auto kept = books.chats().add(chat, made, to, asked, reply); !kept)
        return fail(std::move(kept.error()));
      if (what.tries.empty())
        return {};
      return books.usage().note(assistant::function::chat, std::nullopt, std::nullopt, what.tries);
    });
    if (!done)
      return fail(std::move(done.error()));
    answer.chat = chat;
    answer.reply = what.reply;
    answer.covered = what.covered;
    answer.sources = what.sources;
    answer.by = what.by;
    return s;
  };
  auto tries = what.tries;
  at_desk<stored>(
      this, all_->desk_for(chat_.value), std::move(work),
      [this, tries = std::move(tries)](result<stored> done) {
        if (!done) {
          note_chat_usage(*all_, what_.who.user, tries); // it was paid for all the same
          end(fail(std::move(done.error())));
          return;
        }
        const auto& user = what_.who.user;
        if (done->logged) {
          send(all_->feed, gap_notice(user, done->logged->gap));
          if (auto told = gap_notification(user, *done->logged))
            send(all_->feed, std::move(*told));
        }
        if (done->answer.proposal) {
          send(all_->feed, proposal_notice(user, done->answer.proposal->id));
          send(all_->feed, proposal_notification(user, done->answer.proposal->id));
        }
        end(std::move(done->answer));
      });
}

void inquiry::end(result<brain::answered> what) {
  if (auto reply_to = std::exchange(reply_to_, nullptr))
    reply_to->reply(std::move(what));
  quit();
}

} // namespace ringmaster
