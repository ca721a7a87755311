// When the kernel runs: never while frames are polled for, once when a sleeper is woken.
#include "libos/upcall/mask.hpp"
#include "tests/lab/kernel_entries.hpp"
#include "tests/network/check.hpp"
#include "tests/network/frames.hpp"

namespace network_tests {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;

bool exchange(Wire& wire, std::uint32_t number) {
    Packet* frame = make_frame(wire.a, wire.b, number, 64);
    if (!frame || wire.a.send({&frame, 1}) != 1)
        return false;
    Packet* got = nullptr;
    if (receive_all(wire.b, {&got, 1}, 5000) != 1)
        return false;
    const bool same = is_frame(*got, number, 64);
    PacketPool::release(got);
    return same;
}

void polling(Wire& wire) {
    for (std::uint32_t number = 0; number < 100; ++number)
        LAB_CHECK(exchange(wire, number));
    const lab::KernelEntries before = lab::kernel_entries();
    bool all = true;
    for (std::uint32_t number = 0; number < 10'000; ++number)
        all &= exchange(wire, number);
    const lab::KernelEntries after = lab::kernel_entries();
    LAB_CHECK(all);
    LAB_CHECK(after.calls == before.calls);
    LAB_CHECK(after.exceptions == before.exceptions);
    LAB_CHECK(after.device_interrupts == before.device_interrupts);
    LAB_CHECK(after.others == before.others);
}

void nothing_comes(Wire& wire) {
    Packet* got = nullptr;
    LAB_CHECK(wire.b.receive({&got, 1}) == 0);
    const std::uint64_t begin = exo::tsc();
    wire.b.sleep(begin + exo::ns_to_cycles(20'000'000));
    const std::uint64_t slept = exo::tsc() - begin;
    LAB_CHECK(slept >= exo::ns_to_cycles(20'000'000));
    LAB_CHECK(wire.b.receive({&got, 1}) == 0);
}

// Sends frames to a port that sleeps until they come; gives how often it had to. QEMU's e1000e hands a frame over
// before the store to its doorbell is done, so behind one of those nobody ever sleeps.
unsigned wake_by_frames(exo::net::Port& from, exo::net::Port& to) {
    unsigned slept = 0;
    for (std::uint32_t number = 0; number < 200; ++number) {
        Packet* frame = make_frame(from, to, number, 64);
        if (!LAB_CHECK(frame && from.send({&frame, 1}) == 1))
            return slept;
        Packet* got = nullptr;
        if (to.receive({&got, 1}) == 0) {
            ++slept;
            const std::uint64_t deadline = in_ms(500);
            to.sleep(deadline);
            LAB_CHECK(!has_passed(deadline));
            if (!LAB_CHECK(to.receive({&got, 1}) == 1))
                return slept;
        }
        LAB_CHECK(is_frame(*got, number, 64));
        PacketPool::release(got);
    }
    return slept;
}

void a_sleeper_is_woken(Wire& wire) {
    for (const bool back : {false, true}) {
        const lab::KernelEntries before = lab::kernel_entries();
        const unsigned slept = back ? wake_by_frames(wire.b, wire.a) : wake_by_frames(wire.a, wire.b);
        const std::uint64_t interrupts = lab::kernel_entries().device_interrupts - before.device_interrupts;
        exo::log_line(
            {{"slept "}, exo::decimal(slept), {" times of 200, "}, exo::decimal(interrupts), {" interrupts"}});
        // Some frames come while the port looks once more before it sleeps.
        LAB_CHECK(slept < 20 || interrupts > 0);
        // Beside the one that wakes, one may be on its way for a frame that came while the port looked once more.
        LAB_CHECK(interrupts <= 2 * slept + 1);
    }
    // And polling is as before, once the last sleep's timer has run out.
    const std::uint64_t quiet = in_ms(600);
    while (!has_passed(quiet))
        exo::pause();
    polling(wire);
}

} // namespace

const Case kernel_cases[3] = {
    {"10,000 frames polled for without one entry into the kernel", polling},
    {"a sleeper to whom nothing comes wakes at its deadline", nothing_comes},
    {"a frame wakes a sleeper", a_sleeper_is_woken},
};

} // namespace network_tests
