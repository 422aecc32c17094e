#define CAF_SUITE carrier_signature

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "wire/carrier_signature.hpp"
#include "wire/digest.hpp"

using namespace ringmaster::wire;

namespace {

struct vector_ {
  std::string url;
  fields params;
  std::string signature;
};

const std::string published_token = "12345";
const std::string own_token = "0123456789abcdef0123456789abcdef";

const fields p{{"CallSid", "CA1234567890ABCDE"}, {"Caller", "+14158675309"}, {"Digits", "1234"},
               {"From", "+14158675309"}, {"To", "+18005551212"}};

fields with(fields all, const fields& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::string json_hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
const std::string json_body = R"({"property": "value", "boolean": true})";
const std::string u = "https://mycompany.com/myapp.php?foo=1&bar=2";

/// From the tests of the carrier's own libraries.
const std::vector<vector_> published{
  {u, p, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
  {"https://mycompany.com:443/myapp.php?foo=1&bar=2", p, "kvajT1Ptam85bY51eRf/AJRuM3w="},
  {"http://mycompany.com:80/myapp.php?foo=1&bar=2", p, "0ZXoZLH/DfblKGATFgpif+LLRf4="},
  {"http://mycompany.com:1234/myapp.php?foo=1&bar=2", p, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
  {"https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", p, "CukzLTc1tT5dXEDIHm/tKBanW10="},
  {"https://user@mycompany.com/myapp.php?foo=1&bar=2", p, "2YRLlVAflCqxaNicjMpJcSTgzSs="},
  {"https://user:pass@mycompany.com:443/myapp.php?foo=1&bar=2", p, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="},
  {u + "&Body=It%27s+amazing", p, "TfZzewPq8wqrGlMfyAud8+/IvJ0="},
  {u, {{"MessagingBinding.Address", "+1325xxxxxxx"}, {"MessagingBinding.Address", "+1415xxxxxxx"}},
   "83O6e2vORAoJHUNzJjDWN1jz+BA="},
  {u, {{"MessagingBinding.Address", "+1415xxxxxxx"}, {"MessagingBinding.Address", "+1325xxxxxxx"}},
   "83O6e2vORAoJHUNzJjDWN1jz+BA="},
  {u,
   {{"Sid", "CA123"}, {"SidAccount", "AC123"}, {"Digits", "5678"}, {"Digits", "1234"}, {"Digits", "1234"}},
   "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
  {u + "&bodySHA256=" + json_hash, {}, "a9nBmqA0ju/hNViExpshrM61xv4="},
  {"https://mycompany.com/myapp.php?bodySHA256=" + json_hash, {}, "y77kIzt2vzLz71DgmJGsen2scGs="},
  {"https://mycompany.com:443/myapp.php?foo=1&bar=2&bodySHA256="
   "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
   {}, "Ldidvp12m26NI7eqEvxnEpkd9Hc="},
  {u, with(p, {{"ReasonConferenceEnded", "test"}, {"Reason", "Participant"}}),
   "vOEb5UThFn24KEfnOFLQY2AE5FY="},
  {"http://mycompany.com/myapp.php?foo=1&bar=2",
   with(p, {{"ReasonConferenceEnded", "test"}, {"Reason", "Participant"}}),
   "n2xBNyzSW7rfYStDtOFiFMv7qNo="},
  {u, {{"property", "value"}, {"boolean", "true"}}, "NBdBDr/T/lgjI+tlgpXjKZQZs/k="},
};

const std::string body_a =
  "CallSid=CA0123456789abcdef0123456789abcdef&AccountSid=AC0123456789abcdef0123456789abcdef&"
  "From=%2B14155550199&To=%2B14155550100&CallStatus=ringing&ApiVersion=2010-04-01&"
  "Direction=outbound-api&Caller=%2B14155550199&Called=%2B14155550100&CalledCity=&CalledZip=&"
  "FromCountry=US&Timestamp=Tue%2C+03+Feb+2026+09%3A15%3A30+%2B0000&SequenceNumber=1&"
  "CallbackSource=call-progress-events";
const std::string body_b =
  "CallSid=CA0123456789abcdef0123456789abcdef&AccountSid=AC0123456789abcdef0123456789abcdef&"
  "From=%2B14155550199&To=%2B14155550100&CallStatus=completed&ApiVersion=2010-04-01&"
  "Direction=outbound-api&Duration=1&CallDuration=42&SipResponseCode=200&AnsweredBy=human&"
  "Timestamp=Tue%2C+03+Feb+2026+09%3A16%3A12+%2B0000&SequenceNumber=3&"
  "CallbackSource=call-progress-events";
const std::string body_c =
  "CallSid=CA0123456789abcdef0123456789abcdef&SpeechResult=Yes+%E2%80%94+that%27s+fine%2C+"
  "tr%C3%A8s+bien+%26+100%25+ok%3B+a%3Db&Confidence=0.9345678&Digits=1";
const std::string body_d = "CallSid=CA1&A=b&A=a&A=a&a=lower&B=2&Ab=x";

struct received {
  std::string url, body, signature;
};

const std::vector<received> own_forms{
  {"https://engine.example.com/twilio/status/42", body_a, "S4S+/A5iv2zH4VRx3PReuAQmrqA="},
  {"https://engine.example.com:8443/twilio/status/42", body_a, "YWcILEkm0jc0AAhmCncHqFIwtbE="},
  {"https://engine.example.com:443/twilio/status/42", body_a, "2coaC3g2PQigKRYf7rjCdf0bEho="},
  {"http://engine.example.com/twilio/status/42", body_a, "Gx8FdWKTP3Rh957G43/Z02fSGX0="},
  {"https://engine.example.com/twilio/status/42", body_b, "vCa4rTny3rDYCIvwaXVo5BdVEqc="},
  {"https://engine.example.com/twilio/gather?session=7f&turn=2", body_c,
   "Jfd6oShG1ddEAF29OWDqZWBpFoA="},
  {"https://engine.example.com/twilio/x", body_d, "FosbUrK6Z68k9EJ0pBbJMdVSn64="},
};

const std::vector<received> own_without_form{
  {"https://engine.example.com/twilio/status/42?CallSid=CA1&CallStatus=completed", "",
   "oWw+ROjX8+5LF4kduaNKl2/ZeR8="},
  {"wss://engine.example.com/relay/42", "", "BZYtJ8MCg8M51cPqsUgFJ9El4CI="},
  {"wss://engine.example.com/relay/42/", "", "apiIHVCxaOCxzWjK49h1dEJ2XUE="},
  {"wss://engine.example.com:443/relay/42", "", "D9zmCIuLBMmzVgKjwgSI8s84jS8="},
};

} // namespace

CAF_TEST(published signatures are made and accepted) {
  for (const auto& v : published) {
    CAF_CHECK_EQUAL(sign(published_token, v.url, v.params), v.signature);
    CAF_CHECK(verify({published_token}, v.url, v.params, v.signature));
  }
}

CAF_TEST(own signatures are made and accepted from encoded bodies) {
  fields decoded;
  for (const auto& v : own_forms) {
    auto params = parse_form(v.body);
    CAF_REQUIRE(params);
    CAF_CHECK_EQUAL(sign(own_token, v.url, *params), v.signature);
    CAF_CHECK(verify({own_token}, v.url, *params, v.signature));
    CAF_CHECK(verify_form({own_token}, v.url, v.body, v.signature, decoded));
    CAF_CHECK_EQUAL(decoded, *params);
  }
  for (const auto& v : own_without_form) {
    CAF_CHECK_EQUAL(sign(own_token, v.url, {}), v.signature);
    CAF_CHECK(verify({own_token}, v.url, {}, v.signature));
  }
}

CAF_TEST(wrongly sorted names are rejected) {
  auto params = with(p, {{"ReasonConferenceEnded", "test"}, {"Reason", "Participant"}});
  CAF_CHECK(!verify({published_token}, u, params, "95+Bu0JVPi0r/SsESZCVf0dWAjw="));
}

CAF_TEST(a handshake signed with the wrong scheme is refused) {
  const std::string https_signature = "df1ewRTnHYd/Q1uxnsgNHNZ9uGI=";
  CAF_CHECK_EQUAL(sign(own_token, "https://engine.example.com/relay/42", {}), https_signature);
  CAF_CHECK(!verify({own_token}, "wss://engine.example.com/relay/42", {}, https_signature));
}

CAF_TEST(a slash at the end is another path) {
  CAF_CHECK(!verify({own_token}, "wss://engine.example.com/relay/42", {}, own_without_form[2].signature));
  CAF_CHECK(!verify({own_token}, "wss://engine.example.com/relay/42/", {}, own_without_form[1].signature));
}

CAF_TEST(both spellings of the port are accepted) {
  // The standard port may be added or left out by the signer.
  CAF_CHECK(verify({published_token}, u, p, published[1].signature));
  CAF_CHECK(verify({published_token}, published[1].url, p, published[0].signature));
  CAF_CHECK(verify({published_token}, "http://mycompany.com/myapp.php?foo=1&bar=2", p, published[2].signature));
  CAF_CHECK(verify({published_token}, published[4].url, p, published[6].signature));
  CAF_CHECK(verify({own_token}, "wss://engine.example.com/relay/42", {}, own_without_form[3].signature));
  CAF_CHECK(verify({own_token}, "wss://engine.example.com:443/relay/42", {}, own_without_form[1].signature));
  // Any other port may be left out, but not invented.
  CAF_CHECK(verify({published_token}, "https://mycompany.com:1234/myapp.php?foo=1&bar=2", p, published[0].signature));
  CAF_CHECK(!verify({published_token}, "http://mycompany.com/myapp.php?foo=1&bar=2", p, published[3].signature));
  CAF_CHECK(!verify({published_token}, "http://mycompany.com/myapp.php?foo=1&bar=2", p, published[1].signature));
  // Colons that belong to an address or to credentials are no ports.
  auto v6 = sign(own_token, "https://[::1]:443/x", {});
  CAF_CHECK(verify({own_token}, "https://[::1]/x", {}, v6));
  CAF_CHECK(verify({own_token}, "https://a:b@host/x", {}, sign(own_token, "https://a:b@host:443/x", {})));
  CAF_CHECK(verify({own_token}, "https://host/x?t=1:2", {}, sign(own_token, "https://host:443/x?t=1:2", {})));
}

CAF_TEST(a JSON body is bound by its hash) {
  const auto& url = published[11].url;
  const auto& signature = published[11].signature;
  CAF_CHECK(verify_json({published_token}, url, json_body, signature));
  CAF_CHECK(!verify_json({published_token}, url, json_body + " ", signature));
  CAF_CHECK(!verify_json({published_token}, u, json_body, published[0].signature));
  CAF_CHECK(!verify_json({published_token}, u, json_body, sign(published_token, u, {})));
  CAF_CHECK(verify_json({published_token}, published[12].url, json_body, published[12].signature));
  // Without the port only the variant with the added port fits.
  CAF_CHECK(verify_json(
    {published_token},
    "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256="
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "{}", published[13].signature));
  CAF_CHECK(verify_json(
    {own_token},
    "https://engine.example.com/"
    "hook?bodySHA256=6c4212aa2517438342b3d891d37c447651a369de69829a4122c7ed76e411bb63",
    R"({"event":"ended","n":1})", "34ImgK81wVp+jKXtuSYa8F3jlx8="));
  // Upper case, a second hash, and a hash outside the query do not count.
  auto twice = url + "&bodySHA256=" + json_hash;
  CAF_CHECK(!verify_json({published_token}, twice, json_body, sign(published_token, twice, {})));
  auto path = "https://mycompany.com/bodySHA256=" + json_hash;
  CAF_CHECK(!verify_json({published_token}, path, json_body, sign(published_token, path, {})));
}

CAF_TEST(either token fits while one is rotated) {
  const auto& v = own_forms[0];
  fields decoded;
  CAF_CHECK(verify_form({"older", own_token}, v.url, v.body, v.signature, decoded));
  CAF_CHECK(verify_form({own_token, "older"}, v.url, v.body, v.signature, decoded));
  CAF_CHECK(!verify_form({"older", "other"}, v.url, v.body, v.signature, decoded));
  CAF_CHECK(!verify_form({}, v.url, v.body, v.signature, decoded));
}

CAF_TEST(an empty token opens nothing) {
  const auto& v = own_forms[0];
  fields decoded;
  auto forged = sign("", v.url, *parse_form(v.body));
  CAF_CHECK(!verify_form({""}, v.url, v.body, forged, decoded));
}

CAF_TEST(unreadable signatures and bodies are refused) {
  const auto& v = own_forms[0];
  fields decoded;
  for (std::string_view bad : {"", "=", "S4S+/A5iv2zH4VRx3PReuAQmrqA", "S4S+/A5iv2zH4VRx3PReuAQmrqB=",
                               "s4S+/A5iv2zH4VRx3PReuAQmrqA=", " S4S+/A5iv2zH4VRx3PReuAQmrqA=",
                               "S4S+/A5iv2zH4VRx3PReuAQmrqA=S4S+/A5iv2zH4VRx3PReuAQmrqA="})
    CAF_CHECK(!verify_form({own_token}, v.url, v.body, bad, decoded));
  CAF_CHECK(!verify_form({own_token}, v.url, v.body + "%", v.signature, decoded));
  CAF_CHECK(decoded.empty());
}

CAF_TEST(any change of url or body or token is refused) {
  CAF_CHECK(rc::check("one flipped byte breaks the signature", [] {
    const auto& v = *rc::gen::elementOf(own_forms);
    auto url = v.url;
    auto body = v.body;
    auto token = own_token;
    auto which = *rc::gen::inRange(0, 3);
    auto& text = which == 0 ? url : which == 1 ? body : token;
    auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    auto bit = *rc::gen::inRange(0, 7);
    text[at] = static_cast<char>(text[at] ^ (1 << bit));
    // Escapes are case-insensitive and some bytes spell the same field: compare what is signed.
    auto params = parse_form(body);
    fields decoded;
    if (params && which == 1) {
      auto sorted = [](fields all) {
        std::sort(all.begin(), all.end());
        std::string signed_text;
        for (auto& [name, value] : all)
          signed_text += name + value;
        return signed_text;
      };
      RC_PRE(sorted(*params) != sorted(*parse_form(v.body)));
    }
    RC_ASSERT(!verify_form({token}, url, body, v.signature, decoded));
  }));
}

CAF_TEST(encoded and decoded forms get the same verdict) {
  CAF_CHECK(rc::check("verify_form is verify after parse_form", [] {
    auto name = rc::gen::element<std::string>("A", "Ab", "B", "a", "CallSid", "");
    auto value = rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    auto all = *rc::gen::container<fields>(rc::gen::pair(name, value));
    auto signature = sign(own_token, u, all);
    auto shuffled = all;
    std::reverse(shuffled.begin(), shuffled.end());
    fields decoded{{"left", "over"}};
    RC_ASSERT(verify_form({own_token}, u, write_form(all), signature, decoded));
    RC_ASSERT(decoded == all);
    RC_ASSERT(verify_form({own_token}, u, write_form(shuffled), signature, decoded));
    RC_ASSERT(decoded == shuffled);
    RC_ASSERT(!verify_form({published_token}, u, write_form(all), signature, decoded));
  }));
}
