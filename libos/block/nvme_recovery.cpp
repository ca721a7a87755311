// What nvme_disk.hpp does when the device fails: a command that takes too long is aborted; when that does not help, or
// the device broke a rule, the controller is reset and what was under way is given again.
#include "libos/block/nvme_disk.hpp"

#include "libos/time/clock.hpp"

namespace exo::block {

namespace {

constexpr std::uint32_t resets_max = 8; // a controller that needs more is given up

} // namespace

void NvmeDisk::look_for_overdue() {
    if (problem_)
        return;
    if (pair_.is_broken() || controller_.has_failed()) {
        restart();
        return;
    }
    read_events();
    if (problem_)
        return;
    void* const late = pair_.overdue();
    if (!late)
        return;
    ++aborts_;
    // An aborted command completes by itself. The controller may lie about it, or be silent.
    const auto aborted = controller_.abort(queue_id, pair_.identifier(late));
    if (!aborted || !*aborted || !pair_.has_news())
        restart();
}

void NvmeDisk::restart() {
    if (++resets_ > resets_max) {
        end_all("the disk fails again and again");
        return;
    }
    // Until the reset is done the device may still write to memory of commands under way: nothing ends before.
    const auto stopped = controller_.reset();
    while (pair_.recover()) {
    }
    if (!stopped) {
        end_all(nvme::describe(stopped.error()));
        return;
    }
    if (const char* wrong = start_controller()) {
        end_all(wrong);
        return;
    }
    bool given = false;
    for (std::uint16_t index = 0; index < queue_depth_; ++index) {
        Flight& flight = flights_[index];
        if (flight.lives == 0 || flight.ended_early)
            continue;
        if (flight.lives == lives_max || !give(flight))
            end_early(flight, Status::Aborted);
        else
            given = true;
    }
    if (given)
        pair_.publish();
    next_look_ = tsc() + limit_cycles_;
}

void NvmeDisk::end_all(const char* why) {
    problem_ = why;
    for (std::uint16_t index = 0; index < queue_depth_; ++index)
        if (Flight& flight = flights_[index]; flight.lives != 0 && !flight.ended_early)
            end_early(flight, Status::Gone);
}

} // namespace exo::block
