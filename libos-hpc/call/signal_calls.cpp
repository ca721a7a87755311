// Signals as the program asks for them (sigaction(2), sigprocmask(2), kill(2), sigaltstack(2), sigwaitinfo(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/actions.hpp"
#include "libos-hpc/signal/crash.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/signal/frame.hpp"
#include "libos-hpc/time/deadline.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

bool valid(int number) {
    return number >= 1 && number <= signal::count;
}

SignalInfo sent(int number, std::int32_t code) {
    SignalInfo info{};
    info.number = number;
    info.code = code;
    info.set_sender(process_id, 0);
    return info;
}

Answer send(int id, const SignalInfo& info) {
    Done done;
    if (!tasks().with(id, [&](Task& task) { done = info.number ? send_to_task(task, info) : Done(); }))
        return answer(Errno::SRCH);
    return answer(done);
}

// Sleeps until a signal can be delivered.
void wait_for_signal(Task& task) {
    while (!has_deliverable(task))
        (void)thread_sleep_until(no_deadline);
}

} // namespace

Answer rt_sigaction(int number, User<SignalAction> wanted, User<SignalAction> before, std::uint64_t set_bytes) {
    if (set_bytes != sizeof(SignalSet) || !valid(number))
        return answer(Errno::INVAL);
    SignalAction action, old;
    if (wanted) {
        if (number == signal::kill || number == signal::stop)
            return answer(Errno::INVAL);
        if (!wanted.load(action))
            return answer(Errno::FAULT);
        old = signal_actions().set(number, action);
    } else {
        old = signal_actions().get(number);
    }
    return !before || before.store(old) ? 0 : answer(Errno::FAULT);
}

Answer rt_sigprocmask(int how, User<SignalSet> wanted, User<SignalSet> before, std::uint64_t set_bytes) {
    if (set_bytes != sizeof(SignalSet))
        return answer(Errno::INVAL);
    Task& task = current_task();
    SignalSet old = task.blocked, set;
    if (wanted) {
        if (!wanted.load(set))
            return answer(Errno::FAULT);
        SignalSet fresh = set;
        if (how == mask_how::block)
            fresh = old | set;
        else if (how == mask_how::unblock)
            fresh = old & ~set;
        else if (how != mask_how::set)
            return answer(Errno::INVAL);
        task.blocked = fresh & ~signals_never_blocked;
    }
    return !before || before.store(old) ? 0 : answer(Errno::FAULT);
}

Answer rt_sigreturn(RegisterFrame& frame) {
    if (!pop_signal_frame(current_task(), frame)) {
        SignalInfo broken = sent(signal::segv, signal_code::kernel);
        crash(frame, broken);
    }
    return static_cast<Answer>(frame.rax); // the interrupted program's own
}

Answer rt_sigpending(User<SignalSet> set, std::uint64_t set_bytes) {
    if (set_bytes > sizeof(SignalSet))
        return answer(Errno::INVAL);
    return set.store(pending_set(current_task()) & current_task().blocked) ? 0 : answer(Errno::FAULT);
}

Answer rt_sigsuspend(User<SignalSet> mask, std::uint64_t set_bytes) {
    SignalSet wanted;
    if (set_bytes != sizeof(SignalSet))
        return answer(Errno::INVAL);
    if (!mask.load(wanted))
        return answer(Errno::FAULT);
    Task& task = current_task();
    task.restored_mask = task.blocked;
    task.blocked = wanted & ~signals_never_blocked;
    task.has_restored_mask = true;
    wait_for_signal(task);
    return answer(Errno::INTR);
}

Answer pause() {
    wait_for_signal(current_task());
    return answer(Errno::INTR);
}

Answer rt_sigtimedwait(User<SignalSet> wanted, User<SignalInfo> where, User<Timespec> timeout,
                       std::uint64_t set_bytes) {
    SignalSet set;
    Timespec time;
    if (set_bytes != sizeof(SignalSet))
        return answer(Errno::INVAL);
    if (!wanted.load(set) || (timeout && !timeout.load(time)))
        return answer(Errno::FAULT);
    if (timeout && !time.valid())
        return answer(Errno::INVAL);
    std::uint64_t deadline = timeout ? deadline_after(time) : no_deadline;
    Task& task = current_task();
    SignalSet blocked = task.blocked;
    SignalInfo info;
    bool passed = false;
    while (!take_pending(task, set, info)) {
        if (passed)
            return answer(Errno::AGAIN);
        if (has_deliverable(task))
            return answer(Errno::INTR);
        task.blocked = blocked & ~set; // so that the sender wakes this thread
        if (!(pending_set(task) & set))
            passed = thread_sleep_until(deadline);
        task.blocked = blocked;
    }
    if (where && !where.store(info))
        return answer(Errno::FAULT);
    return info.number;
}

Answer sigaltstack(RegisterFrame& frame) {
    User<SignalStack> wanted{frame.rdi}, before{frame.rsi};
    Task& task = current_task();
    SignalStack old = task.alternate_stack, stack;
    bool in_use = on_alternate_stack(task, frame.rsp);
    if (in_use)
        old.flags |= stack_flag::on_stack;
    if (wanted) {
        if (!wanted.load(stack))
            return answer(Errno::FAULT);
        if (in_use)
            return answer(Errno::PERM);
        std::int32_t mode = stack.flags & ~stack_flag::auto_disarm;
        if (mode != 0 && mode != stack_flag::disable && mode != stack_flag::on_stack)
            return answer(Errno::INVAL);
        if (mode == stack_flag::disable)
            task.alternate_stack = {0, stack_flag::disable, 0, 0};
        else if (stack.bytes < signal_stack_bytes_min)
            return answer(Errno::NOMEM);
        else
            task.alternate_stack = {stack.base, stack.flags & stack_flag::auto_disarm, 0, stack.bytes};
    }
    return !before || before.store(old) ? 0 : answer(Errno::FAULT);
}

Answer kill(int process, int number) {
    if (number != 0 && !valid(number))
        return answer(Errno::INVAL);
    // Itself, its group, or everybody: there is only this process.
    if (process != process_id && process != 0 && process != -1 && process != -process_id)
        return answer(Errno::SRCH);
    return number ? answer(send_to_process(sent(number, signal_code::user))) : 0;
}

Answer tkill(int id, int number) {
    if ((number != 0 && !valid(number)) || id <= 0)
        return answer(Errno::INVAL);
    return send(id, sent(number, signal_code::thread_kill));
}

Answer tgkill(int process, int id, int number) {
    if (process <= 0)
        return answer(Errno::INVAL);
    return process == process_id ? tkill(id, number) : answer(Errno::SRCH);
}

Answer rt_sigqueueinfo(int process, int number, User<SignalInfo> given) {
    SignalInfo info;
    if (!given.load(info))
        return answer(Errno::FAULT);
    if (process != process_id)
        return answer(Errno::SRCH);
    if (!valid(number))
        return answer(Errno::INVAL);
    info.number = number;
    return answer(send_to_process(info));
}

Answer rt_tgsigqueueinfo(int process, int id, int number, User<SignalInfo> given) {
    SignalInfo info;
    if (!given.load(info))
        return answer(Errno::FAULT);
    if (process != process_id)
        return answer(Errno::SRCH);
    if (!valid(number))
        return answer(Errno::INVAL);
    info.number = number;
    return send(id, info);
}

} // namespace exo::hpc::call
