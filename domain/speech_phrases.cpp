#include "domain/speech_phrases.hpp"

#include <algorithm>

namespace ringmaster::talk {

// One phrase a line would be a page for each table.
// clang-format off

const phrases& yes_by_no() {
  static const phrases all{
      "no problem", "not a problem", "no problems", "why not", "do not mind", "dont mind",
      "no objection", "no objections", "nothing against", "cannot refuse", "cant refuse",
      "can not refuse", "cannot say no", "cant say no", "can not say no", "wont say no",
      "not say no", "nothing wrong with", "not going to argue", "wont argue", "cant complain",
      "not object", "by all means", "dont object", "no issue", "no worries", "cant argue with",
      "cannot argue with"};
  return all;
}

const phrases& empty_conditions() {
  static const phrases all{
      "if you insist", "if you like", "if you say so", "if you want", "if i must", "if we must",
      "if necessary", "if need be", "if you please", "if you will", "if possible",
      "if thats okay", "if thats ok", "if that is okay", "if thats the price",
      "if that is the price", "if thats what it costs", "if that is what it costs",
      "if thats what it takes", "if that is what it takes", "if thats all right",
      "if you dont mind", "if it has to be", "even if its more", "even if it is more",
      "if you wish"};
  return all;
}

const phrases& conditions() {
  static const phrases all{
      "if", "unless", "whether", "provided", "depending", "assuming", "as long as", "only when",
      "on condition", "on the condition"};
  return all;
}

const phrases& deferrals() {
  static const phrases all{
      "have to ask", "need to ask", "let me ask", "ill ask", "will ask", "must ask",
      "check with", "have to check", "need to check", "let me check", "think about",
      "get back to", "pass it on", "pass this on", "pass that on", "pass on", "call you back",
      "let you know", "before i can", "before we can", "confirm with", "speak with", "speak to",
      "talk to", "may have to", "run it by", "run that by", "up to my client",
      "my client has to", "my client needs to"};
  return all;
}

const phrases& excesses() {
  static const phrases all{
      "more than i", "more than we", "more than my", "more than what", "more than the",
      "above what", "above my", "above the", "above our", "beyond what", "beyond my",
      "beyond the", "over my", "over the limit", "over the budget", "over budget", "over what",
      "too much", "too high", "too expensive", "too steep", "too pricey", "exceeds",
      "higher than", "better deal", "good deal", "great deal of", "what could be",
      "something less", "best deal"};
  return all;
}

const std::set<std::string_view>& negations() {
  static const std::set<std::string_view> all{
      "not", "no", "cannot", "cant", "dont", "doesnt", "didnt", "wont", "never", "unable",
      "isnt", "arent", "wasnt", "refuse", "decline", "neither", "nor", "wouldnt", "couldnt",
      "shouldnt", "nothing", "nobody", "hardly", "without", "instead", "sorry", "unfortunately",
      "aint"};
  return all;
}

const phrases& agreements() {
  static const phrases all{
      "book it", "book that", "book this", "book the", "book me", "book us", "book him",
      "book her", "book them", "book an", "book a", "book my", "book for", "book both",
      "please book", "lets book", "ill book", "will book", "reserve it", "reserve that",
      "reserve the", "reserve a", "reserve this", "please reserve", "ill reserve", "schedule it",
      "schedule that", "schedule this", "schedule me", "schedule us", "schedule him",
      "schedule her", "schedule the", "lets schedule", "please schedule", "put me down",
      "put us down", "put him down", "put her down", "put them down", "put my client down",
      "put it down", "pencil me in", "pencil us in", "pencil him in", "sign me up", "sign us up",
      "sign him up", "sign her up", "go ahead", "proceed", "lets do it", "lets do that",
      "lets do this", "do it", "we can do that", "i can do that", "i will take", "ill take",
      "well take", "we will take", "we take it", "i take it for", "shall take", "take it",
      "take that", "take this offer", "take the offer", "take the slot", "take the appointment",
      "take you up on", "deal", "agreed", "i agree", "we agree", "agree to", "agree with",
      "can agree", "in agreement", "accept", "accepted", "accepts", "accepting", "acceptable",
      "approve", "approved", "i confirm", "i can confirm", "we confirm", "confirmed",
      "please confirm", "confirm it", "confirm that booking", "confirm the booking",
      "confirm the appointment", "confirm the reservation", "confirm the order", "confirm my",
      "works for me", "works for us", "works for my", "works for him", "works for her",
      "works for them", "works great", "works well", "works fine", "works perfectly",
      "works out", "that works", "this works", "it works", "price works", "will work",
      "would work", "thatll work", "that will do", "thatll do", "suits me", "suits us",
      "suits my", "sounds good", "sounds great", "sounds fine", "sounds fair",
      "sounds reasonable", "sounds perfect", "sounds right", "sounds like a plan", "sounds okay",
      "sounds wonderful", "sounds excellent", "sounds lovely", "sounds like a deal", "is fine",
      "thats fine", "are fine", "be fine", "is okay", "thats okay", "is ok", "thats ok",
      "be okay", "is perfect", "thats perfect", "be perfect", "is great", "thats great",
      "be great", "is good", "thats good", "be good", "is alright", "thats alright",
      "is all right", "thats all right", "is fair", "thats fair", "is reasonable",
      "thats reasonable", "is wonderful", "thats wonderful", "fine with me", "fine with us",
      "fine with my", "fine by me", "fine by us", "fine for me", "okay with me", "ok with me",
      "okay with us", "okay by me", "good with me", "good with that", "good for me",
      "good to go", "all good", "we are good", "were good", "im happy with", "happy with that",
      "am happy with", "are happy with", "fine for us", "fine for my", "am fine with",
      "im fine with", "are fine with", "were fine with", "im okay with", "am okay with",
      "happy to pay", "glad to pay", "will pay", "ill pay", "well pay", "can pay",
      "ready to pay", "willing to pay", "gladly pay", "pay that", "pay it", "pay the", "pay you",
      "pay for it", "charge it", "charge the", "charge my", "charge his", "charge her",
      "charge me", "bill me", "bill us", "bill my", "bill it", "send the invoice",
      "send me the invoice", "send the bill", "invoice me", "invoice us", "buy it", "buy that",
      "ill buy", "will buy", "purchase it", "ill purchase", "will purchase", "order it",
      "order that", "place the order", "place an order", "place my order", "ill have it",
      "ill have that", "lock it in", "lock that in", "lock in", "lock it", "secure it",
      "secure that", "count me in", "count us in", "count him in", "im in", "were in",
      "on board", "youve got it", "you got it", "youve got yourself", "got yourself", "settled",
      "consider it done", "make it so", "make the booking", "make that booking",
      "make the reservation", "make the appointment", "make that appointment", "set it up",
      "set that up", "set me up", "set us up", "arrange it", "arrange that", "lets go with",
      "go with that", "go with it", "go with this", "ill go with", "well go with",
      "will go with", "go for it", "go for that", "lets go", "no problem", "not a problem",
      "why not", "by all means", "thats a yes", "its a yes", "is a yes", "say yes", "says yes",
      "answer is yes", "consent", "authorize", "authorized", "authorise", "authorised",
      "green light", "thumbs up", "live with that", "live with it", "shake on",
      "consider it sold", "sold", "you may charge", "its a date", "youre on", "you are on",
      "sign it", "ill sign", "we have a deal", "finalize", "finalise", "finalize it",
      "hold it for me", "hold that for me", "reserved for me", "i am in", "we are in",
      "count my client in", "so be it", "as you wish", "say the word and its ours", "is a go",
      "its a go", "thats a go", "give you the go", "keep the appointment",
      "keep that appointment", "we want it", "i want it", "well have it", "bring it on"};
  return all;
}

const std::set<std::string_view>& firm_assents() {
  static const std::set<std::string_view> all{
      "yes", "yeah", "yep", "yup", "sure", "certainly", "absolutely", "indeed", "agreed", "deal",
      "done", "definitely", "gladly", "aye", "affirmative", "totally", "surely", "yea"};
  return all;
}

const std::set<std::string_view>& weak_assents() {
  static const std::set<std::string_view> all{
      "ok", "okay", "fine", "great", "perfect", "excellent", "wonderful", "good", "lovely",
      "super", "cool", "alright", "right", "correct", "course", "fantastic", "awesome",
      "splendid", "brilliant", "exactly", "amazing", "nice"};
  return all;
}

bool is_filling(std::string_view word) {
  static const std::set<std::string_view> all{
      "please", "then", "very", "so", "much", "oh", "well", "um", "uh", "sir", "madam", "that",
      "thats", "is", "its", "it", "i", "for", "me", "us", "of", "all", "the", "at", "on", "in",
      "total", "to", "we", "just", "now", "today", "tomorrow", "monday", "tuesday", "wednesday",
      "thursday", "friday", "saturday", "sunday", "am", "pm", "oclock", "dollars", "dollar",
      "bucks", "euros", "euro", "pounds", "usd", "eur", "gbp", "one", "two", "three", "four",
      "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
      "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
      "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "and", "a", "an",
      "hey", "ah", "price", "thing", "why", "my", "friend", "with", "pleasure", "here", "you"};
  return all.count(word) > 0 ||
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// clang-format on

} // namespace ringmaster::talk
