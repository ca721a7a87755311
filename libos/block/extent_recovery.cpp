// What extent_disk.hpp does when the disk does not answer, or is reset: whoever shares it out is asked for help, the
// ring is bound anew, and what was under way is given again.
#include "libos/block/extent_disk.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/time/clock.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo::block {

namespace {

constexpr std::uint64_t look_us_max = 1'000'000;
constexpr std::uint8_t ages_max = 200;
// Complaints without an effect, one a look, until the disk is given up; and how long nothing may be lent.
constexpr std::uint32_t unheard_max = 60;
constexpr std::uint64_t gone_ns_max = 60'000'000'000;

} // namespace

// A look each limit, and at least each second: nobody wakes an owner whose ring is gone.
void ExtentDisk::set_limit(std::uint64_t limit_us) {
    const std::uint64_t look_us = std::min(limit_us, look_us_max);
    const std::uint64_t looks = look_us != 0 ? (limit_us + look_us - 1) / look_us : 1;
    looks_max_ = static_cast<std::uint8_t>(std::min<std::uint64_t>(looks, ages_max));
    look_cycles_ = ns_to_cycles(look_us * 1000);
    next_look_ = tsc() + look_cycles_;
}

void ExtentDisk::look() {
    next_look_ = tsc() + look_cycles_;
    // A completion that was not polled yet is its owner's delay, not the disk's.
    if (problem_ || ring_->gone != 0 || has_news())
        return;
    if (is_overdue())
        complain();
    else
        unheard_ = 0;
}

bool ExtentDisk::is_overdue() {
    bool overdue = false;
    for (Flight& flight : flights_)
        if (flight.under_way && flight.lives != 0 && flight.age < ages_max)
            overdue = ++flight.age > looks_max_ || overdue;
    return overdue;
}

void ExtentDisk::complain() {
    if (help_ == no_handle || ++unheard_ > unheard_max) {
        problem_ = "the shared disk does not answer, and nobody resets it";
        return;
    }
    ++complaints_;
    (void)sys::signal(help_);
}

void ExtentDisk::bind_anew() {
    const std::uint64_t now = tsc();
    if (gone_since_ == 0)
        gone_since_ = now;
    // Whoever looked at the completions meanwhile was given a page of zeroes there.
    (void)address_space().discard(completions_address_, page_bytes);
    const exo::Status bound = bind_ring();
    if (!bound && bound.error() == Error::NotBound && now - gone_since_ < ns_to_cycles(gone_ns_max))
        return;
    if (!bound) {
        problem_ = "the extent was taken away, or its disk is no more";
        return;
    }
    gone_since_ = 0;
    ++rebinds_;
    for (const Run& run : runs_)
        if (run.allowances != 0 && !bind_run(run)) {
            // Gone again meanwhile: so it is at the next look.
            if (ring_->gone == 0)
                problem_ = "memory cannot be shown to the shared disk again";
            return;
        }
    give_again();
}

void ExtentDisk::give_again() {
    unheard_ = 0;
    next_look_ = tsc() + look_cycles_;
    const std::uint32_t before = given_;
    for (std::uint16_t tag = 0; tag < extent_tags; ++tag) {
        Flight& flight = flights_[tag];
        if (!flight.under_way || flight.lives == 0)
            continue;
        if (flight.lives == lives_max) {
            end_early(tag, Status::Aborted);
            continue;
        }
        ++flight.lives;
        flight.age = 0;
        flight.flushes = false;
        put(flight.entry);
    }
    if (given_ != before)
        give();
}

} // namespace exo::block
