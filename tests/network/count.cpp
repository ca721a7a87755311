// Guest instructions for one frame, each way. Only `exo run --icount` makes the TSC count instructions; otherwise these
// are cycles.
#include "libos/upcall/mask.hpp"
#include "tests/network/check.hpp"
#include "tests/network/frames.hpp"

namespace network_tests {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;

constexpr std::uint32_t rounds = 10'000;

// Hundredths of an instruction a frame, without those that measure.
std::uint64_t mean(std::uint64_t sum, std::uint64_t frames, std::uint64_t measuring) {
    return (sum - frames * measuring) * 100 / frames;
}

void report(const char* what, std::uint64_t hundredths) {
    exo::log_line({{what},
                   {" "},
                   exo::decimal(hundredths / 100),
                   {"."},
                   exo::decimal(hundredths / 10 % 10),
                   exo::decimal(hundredths % 10)});
}

// Counts one frame at a time, in bursts of `burst`.
void count_bursts(Wire& wire, std::size_t burst) {
    Packet* frames[32];
    Packet* got[32];
    std::uint64_t measuring = ~0ull, allocating = 0, sending = 0, receiving = 0, releasing = 0, idle = ~0ull;
    std::uint64_t receive_frames = 0;
    for (std::uint32_t round = 0; round < rounds / burst; ++round) {
        const std::uint64_t begin = exo::tsc();
        const std::uint64_t empty = exo::tsc();
        measuring = empty - begin < measuring ? empty - begin : measuring;
        const std::uint64_t before_allocating = exo::tsc();
        for (std::size_t index = 0; index < burst; ++index)
            frames[index] = wire.a.pool().allocate();
        allocating += exo::tsc() - before_allocating;
        for (std::size_t index = 0; index < burst; ++index) {
            PacketPool::release(frames[index]);
            frames[index] = make_frame(wire.a, wire.b, round, 106); // 64 octets in UDP
        }
        const std::uint64_t before_sending = exo::tsc();
        const std::size_t sent = wire.a.send({frames, burst});
        sending += exo::tsc() - before_sending;
        LAB_CHECK(sent == burst);
        // All of them are to come at once, for a burst: so wait until they are there.
        std::size_t come = 0;
        std::uint64_t deadline = in_ms(1000);
        while (come < sent && !has_passed(deadline)) {
            for (unsigned turn = 0; turn < 2000 && burst > 1; ++turn)
                exo::pause();
            const std::uint64_t before = exo::tsc();
            const std::size_t count = wire.b.receive({got, burst});
            const std::uint64_t spent = exo::tsc() - before;
            if (count != 0) {
                receiving += spent;
                receive_frames += count;
                come += count;
                const std::uint64_t before_releasing = exo::tsc();
                for (std::size_t index = 0; index < count; ++index)
                    PacketPool::release(got[index]);
                releasing += exo::tsc() - before_releasing;
            } else {
                idle = spent < idle ? spent : idle;
            }
        }
        LAB_CHECK(come == sent);
    }
    exo::log_line({{"instructions a frame, bursts of "}, exo::decimal(burst), {":"}});
    report("  send", mean(sending, rounds / burst * burst, measuring / burst));
    report("  receive", mean(receiving, receive_frames, measuring / burst));
    report("  allocate", mean(allocating, rounds / burst * burst, measuring / burst));
    report("  release", mean(releasing, receive_frames, measuring / burst));
    // QEMU's e1000e hands frames over at once, so that nobody looks in vain.
    if (idle != ~0ull)
        report("  looking in vain", (idle - measuring) * 100);
}

} // namespace

void count_instructions(Wire& wire) {
    count_bursts(wire, 1);
    count_bursts(wire, 32);
}

} // namespace network_tests
