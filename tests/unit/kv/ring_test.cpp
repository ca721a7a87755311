// The ring between two vcores: what goes in comes out, once, in order, whole, whatever its length and wherever the end
// of the ring is; and nobody sleeps over a message.
#include "libos-kv/shard/ring.hpp"
#include "tests/unit/kv/lab.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

using namespace kv_test;

namespace {

// What the message of a number says.
std::string words_of(std::uint32_t serial, std::size_t octets) {
    std::string text(octets, '\0');
    for (std::size_t index = 0; index < octets; index++)
        text[index] = static_cast<char>(serial * 31 + index);
    return text;
}

MessageHeader header_of(std::uint32_t serial) {
    MessageHeader header{MessageKind::Request, message_flag::last};
    header.serial = serial;
    return header;
}

} // namespace

TEST_CASE("kv ring: a full one takes nothing, and what was taken out makes room") {
    auto ring = std::make_unique<Ring>();
    const std::string words = words_of(1, message_octets_max);
    std::uint32_t sent = 0, taken = 0;
    while (ring->push(header_of(sent), words))
        sent++;
    CHECK(sent == Ring::ring_octets / (message_octets_max + sizeof(MessageHeader)));
    MessageHeader header;
    std::string_view octets;
    for (unsigned round = 0; round < 100; round++) {
        CHECK_FALSE(ring->push(header_of(sent), words));
        REQUIRE(ring->front(header, octets));
        CHECK(header.serial == taken++);
        CHECK(octets == words);
        ring->pop(header);
        if (ring->push(header_of(sent), words))
            sent++;
        else // it would have to lie across the end, and what is before that is not free yet
            REQUIRE(ring->front(header, octets));
        while (sent - taken < 7 && ring->push(header_of(sent), words))
            sent++;
    }
    while (ring->front(header, octets)) {
        CHECK(header.serial == taken++);
        ring->pop(header);
    }
    CHECK(taken == sent);
}

TEST_CASE("kv ring: messages of any length, in order") {
    Dice dice;
    auto ring = std::make_unique<Ring>();
    std::uint32_t sent = 0, taken = 0;
    std::vector<std::size_t> lengths;
    while (taken < 20'000) {
        for (std::size_t count = dice.below(20); count; count--) {
            const std::size_t octets = dice.one_in(40) ? dice.below(message_octets_max + 1) : dice.below(100);
            if (!ring->push(header_of(sent), words_of(sent, octets)))
                break;
            lengths.push_back(octets);
            sent++;
        }
        MessageHeader header;
        std::string_view octets;
        for (std::size_t count = dice.below(20); count && ring->front(header, octets); count--) {
            REQUIRE(header.serial == taken);
            REQUIRE(octets == words_of(taken, lengths[taken]));
            ring->pop(header);
            taken++;
        }
    }
}

TEST_CASE("kv ring: two threads, one of which sleeps whenever it may") {
    constexpr std::uint32_t messages = 300'000;
    auto ring = std::make_unique<Ring>();
    std::atomic<bool> is_woken = false;
    std::atomic<std::uint32_t> sleeps = 0;
    std::thread reader([&] {
        MessageHeader header;
        std::string_view octets;
        for (std::uint32_t taken = 0; taken < messages;) {
            if (ring->front(header, octets)) {
                const std::string expected = words_of(taken, taken % 97);
                if (header.serial != taken || octets != expected)
                    std::abort(); // doctest's checks are for its own thread
                ring->pop(header);
                taken++;
            } else if (ring->may_sleep()) {
                sleeps++;
                while (!is_woken.exchange(false))
                    std::this_thread::yield();
                ring->wake_up();
            }
        }
    });
    for (std::uint32_t sent = 0; sent < messages;) {
        if (ring->push(header_of(sent), words_of(sent, sent % 97)))
            sent++;
        else
            std::this_thread::yield();
        if (ring->must_wake())
            is_woken = true;
    }
    reader.join(); // a wake that was lost would keep it for ever
    CHECK(sleeps > 0);
}
