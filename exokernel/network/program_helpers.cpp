// See program_helpers.hpp.
#include "exokernel/network/program_helpers.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/network/ring.hpp"

namespace exo {

Ring* program_ring;

namespace {

std::uint64_t help_count(std::uint64_t, std::uint64_t counter, std::uint64_t amount, std::uint64_t, std::uint64_t) {
    if (program_ring && counter < filter_counters)
        program_ring->page->counters[counter] += amount;
    return 0;
}

std::uint64_t help_wake(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    if (program_ring)
        ring_signal(*program_ring);
    return 0;
}

std::uint64_t help_time(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return rdtsc();
}

} // namespace

// By number less one: count, wake, time, checksum.
const filter::HelperTable program_helpers = {help_count, help_wake, help_time, filter::checksum_difference};
static_assert(static_cast<unsigned>(FilterHelper::count) == 1 && static_cast<unsigned>(FilterHelper::wake) == 2 &&
              static_cast<unsigned>(FilterHelper::time) == 3 && static_cast<unsigned>(FilterHelper::checksum) == 4);

} // namespace exo
