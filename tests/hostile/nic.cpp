// A NIC that passes from owner to owner: whatever one told it, the next finds it as after power on.
#include "drivers/e1000e/spec.hpp"
#include "tests/boot/expect.hpp"
#include "tests/hostile/lent_function.hpp"
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::FunctionKind;
using hostile::LentFunction;

namespace {

constexpr unsigned was_new = 1, took_settings = 2; // words of a board

volatile std::uint32_t& register_at(std::uint64_t offset) {
    return *reinterpret_cast<volatile std::uint32_t*>(hostile::registers_at + offset); // Safe: mapped by lend().
}

// Has the NIC receive into the owner's buffer and interrupt, and leaves it so.
void leave_receiving(lab::ChildStart* start) {
    constexpr std::uint64_t settings[] = {e1000e::reg::interrupt_mask_set, e1000e::reg::receive_base_low,
                                          e1000e::reg::receive_bytes, e1000e::reg::receive_control};
    constexpr std::uint32_t values[] = {1, static_cast<std::uint32_t>(hostile::device_buffer), 128,
                                        e1000e::receive_control::enable};
    volatile std::uint64_t* const words = start->board->word;
    words[was_new] = 1;
    words[took_settings] = 1;
    for (std::size_t i = 0; i < std::size(settings); ++i) {
        if (register_at(settings[i]) != 0)
            words[was_new] = 0;
        register_at(settings[i]) = values[i];
        if (register_at(settings[i]) != values[i])
            words[took_settings] = 0;
    }
    hostile::finished(start);
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "a NIC that is lent again is as new") {
    std::uint32_t index = 0;
    for (unsigned owners = 0; owners < 3; ++owners) {
        lab::Child owner;
        REQUIRE(owner.ok());
        const std::optional<LentFunction> nic = lend(owner, FunctionKind::Nic);
        REQUIRE(nic.has_value());
        REQUIRE(owner.give_time(20, 20));
        REQUIRE(owner.start(leave_receiving));
        REQUIRE(owner.finish());
        CHECK(owner.board().word[was_new] == 1);
        CHECK(owner.board().word[took_settings] == 1);
        CHECK((owners == 0 || nic->index == index)); // there is but one
        index = nic->index;
        CHECK(owner.destroy());
        CHECK(hostile::device_info(index).owner == 0);
    }
}
