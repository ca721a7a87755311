// Attacks by interrupts: messages forged by DMA, to every vector and in every mode, along somebody else's route, and
// storms of one's own. A DMA write of four bytes to 0xfee..... is an interrupt message (Intel SDM 3, 11.11;
// VT-d 5.1.2). QEMU lets messages in the old format through to the processor (docs/caveats.md), so what they do there
// is tested too.
#include "drivers/iommu/spec.hpp"
#include "tests/hostile/edu.hpp"
#include "tests/hostile/entropy.hpp"
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt_seen;
using hostile::End;
using hostile::Entropy;
using hostile::finished;
using hostile::FunctionKind;
using hostile::LentFunction;
using hostile::Scene;
namespace edu = hostile::edu;

namespace {

constexpr unsigned device_works = 59; // word of the attacker's board
constexpr std::uint64_t every_core = 0xff;

// Old format (SDM 11.11.1): the page is the destination, bit 4 the other format, bit 2 logical destinations.
constexpr std::uint64_t message_page(std::uint64_t apic_id) {
    return 0xfee0'0000 | apic_id << 12;
}
constexpr std::uint32_t message(std::uint32_t vector, std::uint32_t mode) {
    return vector | mode << 8;
}
constexpr std::uint64_t messages_max = edu::bytes_max / 16;

// Puts one message where the device, copying the page, writes it to an address without bit 4 and bit 2.
void put(std::uint64_t place, std::uint32_t data) {
    edu::buffer(0)[place / 2 * 4 + place % 2] = data;
}

// One copy of the page: up to messages_max interrupts at a time. The other words of it are messages in the new format
// without a route, or to no processor.
void send(lab::ChildStart* start, std::uint64_t apic_id) {
    attempt_seen(start, !edu::run(edu::Direction::FromMemory, hostile::device_buffer, edu::bytes_max));
    attempt_seen(start, !edu::run(edu::Direction::ToMemory, message_page(apic_id), edu::bytes_max));
}

const volatile CoreCounters& counters(std::uint64_t core) {
    return reinterpret_cast<const volatile CoreCounters*>(info_counters)[core]; // Safe: an info page.
}

std::uint64_t device_interrupts() {
    std::uint64_t sum = 0;
    for (std::uint64_t core = 0; core < lab::machine_info().core_count; core++)
        sum += counters(core).device_interrupts;
    return sum;
}

// An entropy device whose queue interrupts; false when it does not work.
bool start_with_interrupt(lab::ChildStart* start, Entropy& device) {
    BindOp row{BindKind::Interrupt, 0, start->given[0], 0, 3, 1, 0};
    return sys::bind(self, &row, 1).ok() && device.start(0);
}

bool arm(lab::ChildStart* start) {
    BindOp row{BindKind::Arm, 0, start->given[0], 0, 0, 1, 0};
    return sys::bind(self, &row, 1).ok();
}

} // namespace

TEST_CASE_FIXTURE(Scene, "interrupts of every vector, forged by DMA") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    attack(
        [](lab::ChildStart* start) {
            start->board->word[device_works] = edu::works();
            edu::fill(0, 0);
            for (std::uint32_t first : {0u, 256u - static_cast<std::uint32_t>(messages_max)}) {
                for (std::uint32_t i = 0; i < messages_max; i++)
                    put(i, message(first + i, 0));
                send(start, 0);
                send(start, every_core);
            }
            finished(start);
        },
        End::Alive);
    CHECK(attacker().board().word[device_works] == 1);
}

TEST_CASE_FIXTURE(Scene, "interrupts of other modes, NMI among them, forged by DMA") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    attack(
        [](lab::ChildStart* start) {
            constexpr std::uint32_t lowest_priority = 1, reserved = 3, nmi = 4, external = 7, level = 1u << 15;
            edu::fill(0, 0);
            for (std::uint32_t i = 0; i < messages_max; i++) {
                constexpr std::uint32_t modes[] = {lowest_priority, reserved, nmi, external};
                put(i, message(0x20 + i % 0xd0, modes[i % 4]) | (i % 3 ? 0 : level));
            }
            send(start, 0);
            send(start, every_core);
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "interrupt messages that name the neighbour's route") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    // Routes are numbered by function; 32 of them a function (exokernel/device/function_table.hpp).
    attacker().board().word[46] = iommu::message_address(neighbours_function().index * 32);
    std::uint64_t before = device_interrupts();
    attack(
        [](lab::ChildStart* start) {
            edu::fill(0, 0);
            (void)edu::run(edu::Direction::FromMemory, hostile::device_buffer, 64);
            for (unsigned i = 0; i < 10; i++)
                attempt_seen(start, !edu::run(edu::Direction::ToMemory, start->board->word[46], 4));
            for (std::uint64_t route = 1; route < 4; route++) // and what lies beside it
                attempt_seen(start, !edu::run(edu::Direction::ToMemory, start->board->word[46] + route * 32, 4));
            finished(start);
        },
        End::Alive);
    // The route is for one requester, but QEMU does not ask who wrote by DMA (docs/caveats.md). So the neighbour may
    // see the one interrupt that it had armed; the next closes its route until it arms again.
    CHECK((events_at_neighbour() & ~(1ull << hostile::neighbour_event)) == 0);
    CHECK(device_interrupts() - before <= 4); // the console has its own
    REQUIRE(lab::bind(neighbour().environment(), {BindKind::Arm, 0, neighbours_function().theirs, 0, 0, 1, 0}).ok());
}

TEST_CASE_FIXTURE(Scene, "a storm of interrupts, each asked for as soon as the last came") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    std::uint64_t before = device_interrupts();
    attack(
        [](lab::ChildStart* start) {
            Entropy device;
            start->board->word[device_works] = start_with_interrupt(start, device);
            std::uint64_t end = lab::tsc() + lab::cycles(1'000'000);
            for (std::uint64_t i = 0; lab::tsc() < end; i++) {
                device.offer(0, hostile::device_buffer + page_bytes, 16);
                (void)arm(start);
                device.kick();
                (void)device.drained(lab::cycles(10'000));
            }
            attempt_seen(start, false);
            finished(start);
        },
        End::Alive);
    CHECK(attacker().board().word[device_works] == 1);
    CHECK(device_interrupts() - before > 50); // it was one
}

TEST_CASE_FIXTURE(Scene, "a storm of interrupts that nobody asked for, by a function that forges its own") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    attacker().board().word[46] = iommu::message_address(function->index * 32);
    std::uint64_t before = device_interrupts();
    attack(
        [](lab::ChildStart* start) {
            Entropy device;
            bool works = start_with_interrupt(start, device) && arm(start);
            // The device writes four random bytes to the address of its own message, again and again.
            for (unsigned i = 0; i < 100 && works; i++) {
                for (std::uint16_t place = 0; place < Entropy::queue_size; place++)
                    device.offer(place, start->board->word[46], 4);
                device.kick();
                works = device.drained(lab::cycles(1'000'000));
            }
            start->board->word[device_works] = works;
            attempt_seen(start, false);
            finished(start);
        },
        End::Alive);
    CHECK(attacker().board().word[device_works] == 1);
    // 6,400 messages: the first is let through, the second closes the route. The console's are among them.
    CHECK(device_interrupts() - before < 100);
}
