// Checksums against the definition, addresses as text, SipHash against its authors' vector, the UDP table against a
// list; which packet an octet lies in.
#include "libos/net/address.hpp"
#include "libos/net/packet.hpp"
#include "libos/net/random.hpp"
#include "libos/net/udp/table.hpp"
#include "libos/net/wire/checksum.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace exo::net;
using namespace net_test;

namespace {

// RFC 1071, word by word.
std::uint16_t plain_checksum(const Octets& octets) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        sum += static_cast<std::uint32_t>(octets[i] << 8 | (i + 1 < octets.size() ? octets[i + 1] : 0));
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

} // namespace

TEST_CASE("checksum: of any length and content it is what RFC 1071 says") {
    std::mt19937 generator(3);
    for (std::size_t size = 0; size < 200; size++) {
        for (int kind = 0; kind < 4; kind++) {
            Octets octets(size);
            for (std::uint8_t& octet : octets)
                octet = static_cast<std::uint8_t>(kind == 0 ? 0xff : kind == 1 ? 0 : generator());
            const auto* const at = reinterpret_cast<const std::byte*>(octets.data()); // Safe: octets.
            CHECK(swapped(checksum_of(sum_octets({at, size}))) == plain_checksum(octets));
            if (size == 20) {
                CHECK(fold(sum_20(at)) == fold(sum_octets({at, size})));
                CHECK(is_good(sum_20(at)) == (fold(sum_20(at)) == 0xffff));
            }
        }
    }
    const std::byte example[] = {std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                                 std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};
    CHECK(swapped(fold(sum_octets(example))) == 0xddf2); // RFC 1071, section 3
}

TEST_CASE("address: text is read exactly, and written back") {
    for (const char* text : {"0.0.0.0", "10.0.2.15", "255.255.255.255", "1.22.133.4"}) {
        const auto address = parse_address(text);
        REQUIRE(address);
        char written[address_text_max];
        CHECK(format_address(*address, written) == text);
    }
    for (const char* text : {"", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", " 1.2.3.4",
                             "1.2.3.4 ", "1..2.3", "-1.2.3.4", "1.2.3.4294967297", "a.b.c.d"})
        CHECK_FALSE(parse_address(text));
    CHECK(parse_configuration("10.0.0.2/24,10.0.0.1") ==
          Ipv4Configuration{Ipv4Address::of(10, 0, 0, 2), 24, Ipv4Address::of(10, 0, 0, 1)});
    CHECK(parse_configuration("10.0.0.2/32"));
    for (const char* text : {"10.0.0.2", "10.0.0.2/", "10.0.0.2/33", "10.0.0.2/24,", "10.0.0.2/24,10.0.1.1",
                             "10.0.0.2/24,10.0.0.2", "0.0.0.0/0", "224.0.0.1/4", "255.255.255.255/8", "10.0.0.2/24 "})
        CHECK_FALSE(parse_configuration(text));
}

TEST_CASE("random: SipHash-2-4 gives its authors' numbers") {
    // Key 00..0f, message 00..0f: appendix A's 16th vector in the reference code.
    CHECK(keyed_hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x0706050403020100, 0x0f0e0d0c0b0a0908) ==
          0x3f2acc7f57c29bdbull);
}

TEST_CASE("udp table: finds what a list would find") {
    struct Entry {
        std::uint64_t key;
        Ipv4Address local;
        UdpSocket* socket;
    };
    static UdpSocket sockets[64];
    std::mt19937 generator(5);
    UdpTable table;
    std::vector<Entry> list;
    for (int step = 0; step < 20'000; step++) {
        const auto port = static_cast<std::uint16_t>(1 + generator() % 12);
        const Endpoint remote = generator() % 2 ? Endpoint{} : Endpoint{Station::address(1 + generator() % 4), 9};
        const Ipv4Address local = generator() % 2 ? any_address : Station::address(7);
        if (list.size() < 40 && generator() % 2) {
            Entry entry{udp_key(port, remote), local, &sockets[generator() % 64]};
            REQUIRE(table.insert(entry.key, entry.local, *entry.socket));
            list.push_back(entry);
        } else if (!list.empty()) {
            const std::size_t which = generator() % list.size();
            REQUIRE(table.remove(list[which].key, *list[which].socket));
            // The table may have kept another place of the same socket and key.
            const Entry gone = list[which];
            list.erase(list.begin() + static_cast<std::ptrdiff_t>(which));
            CHECK(table.count() == list.size());
            if (std::ranges::any_of(list, [&](const Entry& entry) {
                    return entry.key == gone.key && entry.socket == gone.socket && entry.local != gone.local;
                })) { // which of both went is not said: take the rest, too
                while (!list.empty()) {
                    REQUIRE(table.remove(list.back().key, *list.back().socket));
                    list.pop_back();
                }
            }
        }
        const Endpoint to{Station::address(generator() % 2 ? 7 : 8), port};
        const Endpoint from{Station::address(1 + generator() % 4), 9};
        UdpSocket* const found = table.find(to, from);
        const auto fits = [&](std::uint64_t key, bool exact, const UdpSocket* socket) {
            return std::ranges::any_of(list, [&](const Entry& entry) {
                return entry.key == key && (exact ? entry.local == to.address : entry.local.is_any()) &&
                       (!socket || entry.socket == socket);
            });
        };
        bool expected = false;
        for (const std::uint64_t key : {udp_key(port, from), udp_key(port, {})})
            for (const bool exact : {true, false})
                if (!expected && fits(key, exact, nullptr)) {
                    expected = true;
                    CHECK(fits(key, exact, found));
                }
        CHECK((found != nullptr) == expected);
    }
}

TEST_CASE("packets: an octet's packet is found, however far apart their buffers lie") {
    for (const std::size_t stride : {packet_buffer_bytes, 2 * packet_buffer_bytes}) {
        constexpr std::size_t count = 5;
        std::vector<std::byte> memory(count * stride);
        std::vector<Packet> books(count);
        PacketPool pool;
        pool.open(memory, 0, books, stride);
        for (std::size_t i = 0; i < count; i++) {
            CHECK(pool.containing(books[i].buffer) == &books[i]);
            CHECK(pool.containing(books[i].buffer + packet_buffer_bytes - 1) == &books[i]);
        }
        CHECK(pool.containing(memory.data() - 1) == nullptr);
        CHECK(pool.containing(memory.data() + memory.size()) == nullptr);
    }
}
