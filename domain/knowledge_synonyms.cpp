// What says the same. One line a meaning: the word by which it is known, and the words and phrases
// that people use for it. Forms of a word ("prices", "pricing") need not be listed: stems are
// compared. The longest phrase that fits counts.

#include <array>

#include "domain/knowledge_words.hpp"

namespace ringmaster::knowledge {

namespace {

// clang-format off
constexpr auto table = std::to_array<synonym>({
    // what says nothing
    {"",            "good morning|good afternoon|good evening|good day|i have a question|quick question|one more question|one question|i was wondering|i am wondering|let me know|speak to|speak with|talk to|talk with|excuse me|calling about|calling because|calling to|at the moment|these days|right now|by any chance|or not|as well|on the phone|per chance|do not you|does not it|is not there|are not there|are not you|is not it|can not you|can not i|have not you|will not you|would not you|go ahead"},
    // what is wanted
    {"cost",        "how much|price|pricing|charge|fee|rate|expensive|pricey|cheap|tariff|run me|set me back|how much money|what do you charge|how much would it be"},
    {"hours",       "open|opened|opening|closed|close|closing|hour of operation|business hour|opening hour|opening time|closing time|what time do you open|what time do you close|when do you open|when do you close|when are you open|how late are you|how early are you|open till|shut"},
    {"address",     "located|location|where are you|where is your shop|where is your store|where is your office|where is the shop|where is the store|where is the office|where is your place|where do i find you|where can i find you|where to find you|how do i find you|find you|how do i get to you|get to you|get there|direction|what street|which street|where you are|where am i going|where do i go|where do i have to go"},
    {"phone",       "telephone|phone number|telephone number|number to call|call you|ring you|reach you by phone|call you at|number do i call|number can i call|number i can call|number i can ring|number can i ring|number to ring|call the shop|give you a call|give you a ring"},
    {"email",       "e mail|mail address|email address|e mail address|send you a message|write to you|write you"},
    {"website",     "web site|web page|homepage|web address|site online|url|find you online|where can i find you online|where do i find you online|internet"},
    {"duration",    "how long|how much time|how many hour|how many minute|how many day|how many week|how many month|how many year|for how long|period|turnaround|length of time|take long|long does it take"},
    {"when",        "until when|till when|up to when|how late|how early|what time|what date|which day|what day|at which time|how soon|starting time|start time"},
    {"count",       "how many|number of|capacity"},
    {"often",       "how often|how frequently|frequency"},
    {"age",         "how old do|how old must|how old does|how old should|minimum age|age limit|old enough|year old|year of age"},
    {"founded",     "how old is|how old are|established|since when|how long have you been|how long has"},
    {"far",         "how far|distance"},
    {"why",         "how come|what reason"},
    {"notice",      "how much notice|how far ahead|how far in advance|how late can i|how long before|how long beforehand|short notice|how short notice"},
    // money
    {"pay",         "payment|paying|settle the bill"},
    {"salary",      "do you pay|wage|hourly wage|pay rate"},
    {"card",        "credit card|debit card|plastic|card payment|swipe"},
    {"contactless", "apple pay|google pay|tap to pay|pay by phone|pay with my phone|phone pay|mobile pay|mobile payment"},
    {"cash",        "paper money|bill and coin|coin|bank note"},
    {"cheque",      "personal check|by check|a check|accept check|take check|with check"},
    {"installment", "instalment|pay monthly|monthly instalment|monthly installment|financing|finance|pay in part|pay later|payment plan|spread the cost|monthly payment"},
    {"invoice",     "bill me|bill my company|send a bill|receipt"},
    {"crypto",      "bitcoin|cryptocurrency|ethereum"},
    {"discount",    "reduction|price reduction|cheaper|rebate|reduced|reduced price|lower price|better price|deal|special offer|promotion|percent off|money off|price break|coupon|voucher code|promo code"},
    {"gift",        "gift card|gift certificate|gift voucher|voucher|present card"},
    {"deposit",     "down payment|security|money upfront|pay upfront|pay up front|security deposit|put down"},
    {"refund",      "money back|reimburse|reimbursement|get back what i paid"},
    {"free",        "complimentary|no charge|free of charge|gratis|without charge|no cost|for nothing"},
    {"tip",         "gratuity"},
    // dealing
    {"book",        "booking|reserve|reservation|appointment|make an appointment|schedule|sign up|register|registration|set up a time|slot"},
    {"walkin",      "walk in|walk ins|drop in|drop by|come by|stop by|turn up|show up|just come|come in without|come without|swing by|without appointment|without an appointment|without a booking|without booking|without a reservation|unannounced|need an appointment|need appointment|need a booking|need to book|have to book|have to book ahead|need to book ahead|have to book first|have to make an appointment|need to make an appointment|appointment necessary|appointment required|appointment needed|must i book|book first|book ahead|book in advance|spontaneously"},
    {"cancel",      "cancellation|call off|back out|can not make it|can not come|not come after all|call it off"},
    {"reschedule",  "postpone|move my|change my booking|change my appointment|change the date|another date|push back|different day|another day"},
    {"late",        "running behind|delayed|not on time|behind schedule"},
    {"return",      "back|bring back|give back|send back|take back|exchange|swap"},
    {"warranty",    "guarantee|covered if it breaks|breaks again"},
    {"insurance",   "insured|insure|theft cover|damage cover|liability|insurance cover"},
    {"deliver",     "delivery|ship|shipping|home delivery|send it home|drop it off at my|bring it to my|post it"},
    {"pickup",      "pick up|collection|collect|fetch|come and get"},
    {"rent",        "rental|hire|borrow|lend|loan|lease|rented out"},
    {"repair",      "fix|mend|broken|service my|patch|repaired|repairing"},
    {"replace",     "replacement|new one put in|change the|swap the"},
    {"clean",       "cleaning|wash|washing"},
    {"buy",         "sell|sold|bought|sale|purchase|for sale|stock|in stock|carry"},
    {"allow",       "allowed|permitted|permit|welcome|take along|can i bring|can we bring|could i bring|may i bring|may we bring|okay to bring|okay if i bring|alright to bring|fine to bring|bring my|bring our|let in"},
    {"trade",       "trade in|part exchange|take my old|take your old|old one in exchange|do you buy|would you buy|will you buy|do you purchase|sell you|sell my|buy my"},
    {"used",        "second hand|secondhand|pre owned|preowned|refurbished|old"},
    {"storage",     "store my|store a|keep my"},
    {"language",    "speak|spoken|speaker"},
    {"hiring",      "job|job opening|opening for a|open job|are you hiring|you hiring|hiring people|hiring staff|vacancy|position open|open position|work for you|employ|recruit|looking for staff|internship|apprentice|apprenticeship"},
    {"complain",    "complaint|not happy with|unhappy|dissatisfied"},
    {"owner",       "own the|who runs|run the shop|in charge|boss|manager|proprietor|who owns|run this place|run the place|belongs to|owned"},
    {"staff",       "team|employee|worker|crew"},
    // places and comfort
    {"park",        "parking|car park|parking lot|parking space|parking spot|leave my car|leave the car|park my car|put my car|spot for my car|space for my car"},
    {"transit",     "public transport|bus|tram|subway|=train|=trains|metro|bus stop|train station|public transit|streetcar"},
    {"wheelchair",  "accessible|accessibility|disabled access|step free|ramp|barrier free|disabled|handicapped|mobility aid"},
    {"toilet",      "restroom|bathroom|washroom|loo|lavatory|rest room|wc|changing room"},
    {"wifi",        "wi fi|wireless|wireless internet|wlan|internet access"},
    {"recharge",    "charging|charger|plug in|charge up|charging station|charge my|charge an|charge a"},
    {"coffee",      "espresso|cappuccino|latte"},
    {"drink",       "beverage|refreshment"},
    {"food",        "eat|snack|lunch|meal|something to eat|hungry"},
    {"vegan",       "plant based|oat milk|soy milk|without milk|dairy free|lactose free|vegan food|vegan option|vegan dish|plant based food"},
    {"gluten",      "gluten free|without gluten|no gluten|celiac|celiac disease|coeliac"},
    {"allergy",     "allergic|allergen|nut free"},
    {"smoke",       "smoking|cigarette"},
    {"mask",        "face mask|face covering"},
    // people and animals
    {"kid",         "child|children|toddler|little one|youngster|junior|my son|my daughter|son|daughter|boy|girl|grandchild|grandson|granddaughter"},
    {"baby",        "infant|newborn"},
    {"man",         "men|gentleman|gentlemen|male|husband"},
    {"woman",       "women|lady|ladies|female|wife"},
    {"senior",      "elderly|pensioner|retired|retiree|older people|over 65"},
    {"student",     "college student|university student|school id|student id"},
    {"group",       "party of|large party|big party|bunch of people|bunch of us|company outing|team outing|=outing|=outings"},
    {"dog",         "puppy|poodle|terrier|labrador"},
    {"cat",         "kitten"},
    {"pet",         "animal|four legged"},
    // hair, body, house, wheels
    {"haircut",     "hair cut|trim|cut my hair|cut hair|get my hair cut|hair done"},
    {"colour",      "color|coloring|dye|dyeing|tint|highlight"},
    {"bike",        "bicycle|cycle|push bike|two wheeler"},
    {"ebike",       "e bike|electric bike|electric bicycle|pedelec|electric assist bike|e bicycle"},
    {"mountainbike","mountain bike|mtb"},
    {"cargobike",   "cargo bike|transport bike|carrier bike|cargo bicycle"},
    {"roadbike",    "road bike|racing bike|racer"},
    {"tandem",      "bike for two|two seater"},
    {"trailer",     "tow behind"},
    {"kidseat",     "child seat|kid seat|children seat|baby seat|seat for my child|seat for a child|seat for kid|seat for my kid|seat for my daughter|seat for my son"},
    {"helmet",      "head protection"},
    {"lock",        "padlock|chain lock"},
    {"flat",        "puncture|flat tire|flat tyre|punctured|tube change|hole in my tire|hole in the tire|tire went flat|burst tire|no air in"},
    {"tire",        "tyre"},
    {"tune",        "tune up|check up|checkup|inspection|once over|yearly service|annual service|full service|service on a bike|service for my bike|bike service|maintenance"},
    {"brake",       "brake pad|braking"},
    {"tour",        "guided ride|guided tour|group ride|sightseeing|excursion|ride together"},
    {"lesson",      "course|class|teach|learn|training|instructor|instruction|learn how"},
    {"testride",    "test ride|try it out|try out|try a bike|try one|try before|ride it first|trial ride|take it for a spin|test a bike|test one"},
    {"kit",         "equipment|gear"},
    {"lost",        "forgot|forgotten|left behind|lost property|lost and found|left my"},
    {"rain",        "bad weather|weather|storm|snow"},
    {"size",        "height|how tall|tall|fit me"},
    {"holiday",     "public holiday|bank holiday|feast day|national holiday"},
    {"christmas",   "xmas|christmas day|christmas eve"},
    {"newyear",     "new year|new year eve|new years eve|new years day|new year day"},
    {"lunchbreak",  "lunch break|over lunch|during lunch|midday break|closed for lunch|shut for lunch|close for lunch"},
    {"new",         "brand new"},
});
// clang-format on

/// The wider word first: what is said of it holds for the others.
// clang-format off
constexpr auto wider = std::to_array<synonym>({
    {"pet",     "dog|cat|rabbit|bird"},
    {"bike",    "citybike"},
    {"card",    "visa|mastercard|maestro"},
    {"holiday", "christmas|newyear|easter|thanksgiving|independence day|labor day|memorial day|good friday"},
    {"drink",   "coffee|tea|water|juice|soda"},
    {"kid",     "baby"},
    {"transit", "streetcar"},
});
// clang-format on

} // namespace

std::span<const synonym> synonyms() { return table; }
std::span<const synonym> kinds() { return wider; }

} // namespace ringmaster::knowledge
