#define CAF_SUITE network
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/network.hpp"

using namespace ringmaster;

namespace {

bool is_public(const char* text) {
  auto address = parse_address(text);
  if (!address) {
    CAF_ERROR("not an address: " << text);
    return false;
  }
  return !why_not_public(*address);
}

std::string why(const char* text) {
  auto address = parse_address(text);
  return address ? std::string(why_not_public(*address).value_or("public")) : "no address";
}

/// Both ends of a closed range, and its open neighbours; empty: the neighbour is closed, too.
struct closed {
  const char* before;
  const char* first;
  const char* last;
  const char* after;
  const char* why;
};

} // namespace

CAF_TEST(each closed range of IPv4 is closed at both ends and open beside them) {
  const std::vector<closed> table{
      {"",                "0.0.0.0",      "0.255.255.255",   "1.0.0.0",      "this network"     },
      {"9.255.255.255",   "10.0.0.0",     "10.255.255.255",  "11.0.0.0",     "private"          },
      {"100.63.255.255",  "100.64.0.0",   "100.127.255.255", "100.128.0.0",  "carrier-grade NAT"},
      {"126.255.255.255", "127.0.0.0",    "127.255.255.255", "128.0.0.0",    "loopback"         },
      {"169.253.255.255", "169.254.0.0",  "169.254.255.255", "169.255.0.0",  "link-local"       },
      {"172.15.255.255",  "172.16.0.0",   "172.31.255.255",  "172.32.0.0",   "private"          },
      {"191.255.255.255", "192.0.0.0",    "192.0.0.255",     "192.0.1.0",    "reserved"         },
      {"192.0.1.255",     "192.0.2.0",    "192.0.2.255",     "192.0.3.0",    "documentation"    },
      {"192.31.195.255",  "192.31.196.0", "192.31.196.255",  "192.31.197.0", "reserved"         },
      {"192.88.98.255",   "192.88.99.0",  "192.88.99.255",   "192.88.100.0", "reserved"         },
      {"192.167.255.255", "192.168.0.0",  "192.168.255.255", "192.169.0.0",  "private"          },
      {"198.17.255.255",  "198.18.0.0",   "198.19.255.255",  "198.20.0.0",   "benchmarking"     },
      {"198.51.99.255",   "198.51.100.0", "198.51.100.255",  "198.51.101.0", "documentation"    },
      {"203.0.112.255",   "203.0.113.0",  "203.0.113.255",   "203.0.114.0",  "documentation"    },
      {"223.255.255.255", "224.0.0.0",    "239.255.255.255", "",             "multicast"        },
      {"",                "240.0.0.0",    "255.255.255.255", "",             "reserved"         },
  };
  for (const auto& row : table) {
    CAF_CHECK_EQUAL(why(row.first), std::string(row.why));
    CAF_CHECK_EQUAL(why(row.last), std::string(row.why));
    CAF_CHECK(!*row.before || is_public(row.before));
    CAF_CHECK(!*row.after || is_public(row.after));
  }
}

CAF_TEST(each closed range of IPv6 is closed at both ends) {
  const std::vector<closed> table{
      {"",                                        "::",                                      "::",                                      "",            "unspecified"  },
      {"",                                        "::1",                                     "::1",                                     "",            "loopback"     },
      {"",                                        "::2",                                     "::fffe:ffff:ffff",                        "",            "reserved"     },
      {"",                                        "64:ff9b:1::",                             "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",      "",            "private"      },
      {"",                                        "100::",                                   "100::ffff:ffff:ffff:ffff",                "",            "discard-only" },
      {"",                                        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1fff:ffff::",                             "2000::",      "reserved"     },
      {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "2001:1::",                                                                           "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",  "2001:200::",  "reserved"     },
      {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
       "2001:db8::",                                                                         "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",  "2001:db9::",  "documentation"},
      {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "3fff::",                                                                             "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",  "3fff:1000::", "documentation"},
      {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "4000::",                                                                             "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "",            "reserved"     },
      {"",                                        "fc00::",                                  "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "",            "private"      },
      {"",                                        "fe80::",                                  "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "",            "link-local"   },
      {"",                                        "fec0::",                                  "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "",            "reserved"     },
      {"",                                        "ff00::",                                  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "",            "multicast"    },
  };
  for (const auto& row : table) {
    CAF_CHECK_EQUAL(why(row.first), std::string(row.why));
    CAF_CHECK_EQUAL(why(row.last), std::string(row.why));
    CAF_CHECK(!*row.before || is_public(row.before));
    CAF_CHECK(!*row.after || is_public(row.after));
  }
  CAF_CHECK(is_public("2606:4700:4700::1111"));
}

CAF_TEST(an address that carries another is judged by that one) {
  // Mapped, NAT64, 6to4, Teredo (server, and the client's bits inverted).
  CAF_CHECK_EQUAL(why("::ffff:127.0.0.1"), "loopback");
  CAF_CHECK_EQUAL(why("::ffff:7f00:1"), "loopback");
  CAF_CHECK_EQUAL(why("::ffff:192.168.1.1"), "private");
  CAF_CHECK(is_public("::ffff:8.8.8.8"));
  CAF_CHECK_EQUAL(why("64:ff9b::10.0.0.1"), "private");
  CAF_CHECK_EQUAL(why("64:ff9b::a9fe:a9fe"), "link-local");
  CAF_CHECK(is_public("64:ff9b::8.8.8.8"));
  CAF_CHECK_EQUAL(why("2002:7f00:1::1"), "loopback");
  CAF_CHECK_EQUAL(why("2002:c0a8:101::"), "private");
  CAF_CHECK(is_public("2002:808:808::1"));
  CAF_CHECK_EQUAL(why("2001:0:a00:1::f7f7:f7f7"), "private");    // server 10.0.0.1
  CAF_CHECK_EQUAL(why("2001:0:808:808::80ff:fffe"), "loopback"); // client 127.0.0.1
  CAF_CHECK(is_public("2001:0:808:808::f7f7:f7f7"));             // client 8.8.8.8
  // The forms beside them carry nothing that is looked at, and are closed.
  CAF_CHECK_EQUAL(why("::8.8.8.8"), "reserved");
  CAF_CHECK_EQUAL(why("::ffff:0:8.8.8.8"), "reserved");
}

CAF_TEST(what is no address is not read as one) {
  for (auto text :
       {"",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "0x7f.0.0.1",
        "127.1",
        "2130706433",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1..3.4",
        "1.2.3.",
        "+1.2.3.4",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "g::",
        "::1%eth0",
        "[::1]",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "::1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:6:7::8",
        "::-1"})
    CAF_CHECK(!parse_address(text));
  CAF_CHECK(parse_address("1:2:3:4:5:6:7::").has_value());
  CAF_CHECK(parse_address("1:2:3:4:5:6:1.2.3.4") == parse_address("1:2:3:4:5:6:102:304"));
  CAF_CHECK(parse_address("::FFFF:1.2.3.4") == parse_address("0:0:0:0:0:ffff:102:304"));
}

CAF_TEST(a range is read with zeros behind its prefix only) {
  CAF_CHECK(parse_network("10.0.0.0/8").has_value());
  CAF_CHECK(parse_network("0.0.0.0/0").has_value());
  CAF_CHECK(parse_network("127.0.0.1/32") == parse_network("127.0.0.1"));
  CAF_CHECK(parse_network("::1/128") == parse_network("::1"));
  for (auto text :
       {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/8/8", "fd00::1/8", "::/129",
        "10.0.0.0/-1", "localhost"})
    CAF_CHECK(!parse_network(text));
}

CAF_TEST(a range has what agrees with its first bits and nothing else) {
  rc::check([] {
    const auto bits = *rc::gen::inRange(0, 33);
    ip_address base, one;
    for (std::size_t i = 0; i < 4; ++i)
      one.bytes[i] = *rc::gen::arbitrary<std::uint8_t>();
    auto number = [](const ip_address& a) {
      return std::uint32_t{a.bytes[0]} << 24 | std::uint32_t{a.bytes[1]} << 16 |
             std::uint32_t{a.bytes[2]} << 8 | a.bytes[3];
    };
    for (std::size_t i = 0; i < 4; ++i)
      base.bytes[i] =
          *rc::gen::arbitrary<bool>() ? one.bytes[i] : *rc::gen::arbitrary<std::uint8_t>();
    const auto mask = bits == 0 ? 0u : ~0u << (32 - bits);
    ip_network range{base, bits};
    RC_ASSERT(range.contains(one) == ((number(base) & mask) == (number(one) & mask)));
    ip_address other = one;
    other.v6 = true;
    RC_ASSERT(!range.contains(other));
  });
}

CAF_TEST(an allowed range takes an address of IPv4 mapped or not ) {
  std::vector<ip_network> ranges{*parse_network("10.1.0.0/16"), *parse_network("fd00::/8")};
  CAF_CHECK(within(ranges, *parse_address("10.1.2.3")));
  CAF_CHECK(within(ranges, *parse_address("::ffff:10.1.2.3")));
  CAF_CHECK(within(ranges, *parse_address("fd12::1")));
  CAF_CHECK(!within(ranges, *parse_address("10.2.0.0")));
  CAF_CHECK(!within(ranges, *parse_address("64:ff9b::10.1.2.3")));
  CAF_CHECK(!within({}, *parse_address("8.8.8.8")));
}
