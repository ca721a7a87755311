// futex(2) on the kit's address waits: a program has one address space, so an address names a futex whether it is
// private or not.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/thread/user_word.hpp"
#include "libos-hpc/time/deadline.hpp"
#include "libos/trace/trace.hpp"
#include "libos/wait/waiters.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

Answer wait(std::uint64_t address, std::uint32_t expected, std::uint64_t deadline, std::uint32_t bits) {
    if (bits == 0 || address % sizeof expected)
        return answer(Errno::INVAL);
    for (;;) {
        switch (waiters().wait(address, expected, deadline, bits)) {
        case WaitResult::Woken:
            return 0;
        case WaitResult::ValueDiffers:
            return answer(Errno::AGAIN);
        case WaitResult::TimedOut:
            return answer(Errno::TIMEDOUT);
        case WaitResult::BadAddress:
            return answer(Errno::FAULT);
        case WaitResult::Interrupted:
            if (has_deliverable(current_task()))
                return deadline == no_deadline ? interrupted_restartable : answer(Errno::INTR);
            break; // for something else: back to waiting, if the value is still the same
        }
    }
}

// Errors: FAULT, INVAL.
Outcome<std::uint64_t> deadline_of(std::uint64_t address, bool absolute, bool realtime) {
    if (!address)
        return no_deadline;
    Timespec time;
    if (!User<Timespec>{address}.load(time))
        return fail(Errno::FAULT);
    if (!time.valid())
        return fail(Errno::INVAL);
    if (!absolute)
        return deadline_after(time);
    return realtime ? deadline_at_realtime(time) : deadline_at_monotonic(time);
}

Answer wake_two(std::uint64_t address, std::uint32_t count, std::uint64_t count2, std::uint64_t address2,
                std::uint32_t encoded) {
    auto word = UserWord::at(address2);
    if (!word)
        return answer(word.error());
    std::uint32_t operation = encoded >> 28, comparison = (encoded >> 24) & 0xf;
    std::int32_t argument = static_cast<std::int32_t>(encoded << 8) >> 20;
    std::int32_t compared = static_cast<std::int32_t>(encoded << 20) >> 20;
    if (operation & wake_op::argument_shift)
        argument = static_cast<std::int32_t>(1u << (argument & 31));
    operation &= ~wake_op::argument_shift;
    auto operand = static_cast<std::uint32_t>(argument);
    std::uint32_t old = word->load(), fresh;
    do {
        switch (operation) {
        case wake_op::set:
            fresh = operand;
            break;
        case wake_op::add:
            fresh = old + operand;
            break;
        case wake_op::bit_or:
            fresh = old | operand;
            break;
        case wake_op::bit_and_not:
            fresh = old & ~operand;
            break;
        case wake_op::bit_xor:
            fresh = old ^ operand;
            break;
        default:
            return answer(Errno::NOSYS);
        }
    } while (!word->replace(old, fresh));
    auto before = static_cast<std::int32_t>(old);
    bool holds;
    switch (comparison) {
    case wake_op::equal:
        holds = before == compared;
        break;
    case wake_op::not_equal:
        holds = before != compared;
        break;
    case wake_op::less:
        holds = before < compared;
        break;
    case wake_op::less_equal:
        holds = before <= compared;
        break;
    case wake_op::greater:
        holds = before > compared;
        break;
    case wake_op::greater_equal:
        holds = before >= compared;
        break;
    default:
        return answer(Errno::NOSYS);
    }
    std::size_t woken = waiters().wake(address, count);
    if (holds)
        woken += waiters().wake(address2, count2);
    return static_cast<Answer>(woken);
}

} // namespace

Answer futex(std::uint64_t address, std::uint32_t operation, std::uint32_t value, std::uint64_t time_or_count,
             std::uint64_t address2, std::uint32_t value3) {
    std::uint32_t command = operation & futex_operation::command_mask;
    bool realtime = operation & futex_operation::clock_realtime;
    switch (command) {
    case futex_operation::wait:
    case futex_operation::wait_bitset: {
        bool with_bits = command == futex_operation::wait_bitset;
        auto deadline = deadline_of(time_or_count, with_bits, realtime);
        if (!deadline)
            return answer(deadline.error());
        return wait(address, value, *deadline, with_bits ? value3 : futex_operation::match_any);
    }
    case futex_operation::wake:
    case futex_operation::wake_bitset: {
        std::uint32_t bits = command == futex_operation::wake ? futex_operation::match_any : value3;
        if (bits == 0 || address % sizeof(std::uint32_t))
            return answer(Errno::INVAL);
        return static_cast<Answer>(waiters().wake(address, value, bits));
    }
    case futex_operation::requeue:
    case futex_operation::cmp_requeue: {
        if ((address | address2) % sizeof(std::uint32_t))
            return answer(Errno::INVAL);
        bool compares = command == futex_operation::cmp_requeue;
        auto done = waiters().requeue(address, address2, value, static_cast<std::uint32_t>(time_or_count),
                                      compares ? &value3 : nullptr);
        if (!done.value_matched)
            return answer(Errno::AGAIN);
        return static_cast<Answer>(done.woken + (compares ? done.moved : 0));
    }
    case futex_operation::wake_op:
        return wake_two(address, value, static_cast<std::uint32_t>(time_or_count), address2, value3);
    default: // priority inheritance: needs an owner's priority, which user-level threads do not have
        trace_missing("futex", command);
        return answer(Errno::NOSYS);
    }
}

} // namespace exo::hpc::call
