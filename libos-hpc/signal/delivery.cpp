// Pending signals of tasks, and the step from "pending" to "the program enters its handler". Interface: delivery.hpp.
#include "libos-hpc/signal/delivery.hpp"

#include "libos-hpc/signal/actions.hpp"
#include "libos-hpc/signal/attention.hpp"
#include "libos-hpc/signal/crash.hpp"
#include "libos-hpc/signal/frame.hpp"
#include "libos/upcall/mask.hpp"

namespace exo::hpc {
namespace {

using namespace linux_abi;

constexpr std::uint64_t syscall_bytes = 2; // of the instruction a call is made again from
constexpr int realtime_first = 32;

void deliver(Task& task, RegisterFrame& frame, const SignalInfo& info) {
    int number = info.number;
    SignalAction action = signal_actions().take(number);
    SignalSet restored = task.has_restored_mask ? task.restored_mask : task.blocked;
    task.has_restored_mask = false;
    if (action.handler == handler_ignore)
        return;
    if (action.handler == handler_default) {
        switch (default_action(number)) {
        case DefaultAction::Ignore:
        case DefaultAction::Stop: // nobody is there to continue it
            return;
        case DefaultAction::End:
            end_by_signal(number);
        case DefaultAction::EndWithReport:
            crash(frame, info);
        }
    }
    if (!(action.flags & action_flag::restorer) || !push_signal_frame(task, frame, action, info, restored)) {
        SignalInfo broken{};
        broken.number = signal::segv;
        broken.code = signal_code::kernel;
        crash(frame, broken);
    }
    task.blocked |= action.mask;
    if (!(action.flags & action_flag::no_defer))
        task.blocked |= signal_bit(number);
}

} // namespace

SignalSet pending_set(Task& task) {
    SpinGuard guard(task.lock);
    return task.pending.set;
}

bool has_deliverable(Task& task) {
    return (pending_set(task) & ~task.blocked) != 0;
}

Done send_to_task(Task& task, const SignalInfo& info) {
    int number = info.number;
    SignalSet bit = signal_bit(number);
    if (signal_actions().ignored(number) && !(task.blocked & bit))
        return {};
    {
        SpinGuard guard(task.lock);
        PendingSignals& pending = task.pending;
        if (!((pending.set & bit) && number < realtime_first)) {
            if (pending.count == queued_signals_max)
                return fail(Errno::AGAIN);
            pending.info[pending.count++] = info;
            pending.set |= bit;
        }
    }
    if (!(task.blocked & bit) && task.thread != &this_thread()) {
        task.thread->unpark();
        (void)draw_attention(task.thread->vcore()); // else it looks at its next call
    }
    return {};
}

Done send_to_process(const SignalInfo& info) {
    Done done = fail(Errno::SRCH);
    Task* chosen = nullptr;
    tasks().for_each([&](Task& task) {
        bool takes = !(task.blocked & signal_bit(info.number));
        bool better =
            !chosen || (takes && (chosen->blocked & signal_bit(info.number))) || (takes && task.id == process_id);
        if (better)
            chosen = &task;
        return true;
    });
    if (chosen) // a task that ends meanwhile takes its signal with it, as a thread that was chosen does on Linux
        tasks().with(chosen->id, [&](Task& task) { done = send_to_task(task, info); });
    return done;
}

bool take_pending(Task& task, SignalSet wanted, SignalInfo& info) {
    SpinGuard guard(task.lock);
    PendingSignals& pending = task.pending;
    SignalSet found = pending.set & wanted;
    if (!found)
        return false;
    int number = __builtin_ctzll(found) + 1;
    bool more = false, taken = false;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < pending.count; ++i) {
        bool matches = pending.info[i].number == number;
        if (matches && !taken) {
            info = pending.info[i];
            taken = true;
            continue;
        }
        more = more || matches;
        pending.info[kept++] = pending.info[i];
    }
    pending.count = kept;
    if (!more)
        pending.set &= ~signal_bit(number);
    return taken;
}

void leave_call(Task& task, RegisterFrame& frame, std::uint64_t number) {
    bool is_call = number != no_call;
    bool undecided = is_call && static_cast<Answer>(frame.rax) == interrupted_restartable;
    SignalInfo info;
    while (take_pending(task, ~task.blocked, info)) {
        UnmaskGuard unmask;
        if (undecided && !signal_actions().ignored(info.number)) {
            if (signal_actions().get(info.number).flags & action_flag::restart) {
                frame.rip -= syscall_bytes;
                frame.rax = number;
            } else {
                frame.rax = static_cast<std::uint64_t>(answer(Errno::INTR));
            }
            undecided = false;
        }
        deliver(task, frame, info);
    }
    if (undecided) { // nothing came after all
        frame.rip -= syscall_bytes;
        frame.rax = number;
    }
    if (task.has_restored_mask) {
        task.blocked = task.restored_mask;
        task.has_restored_mask = false;
    }
}

void look_at_signals() {
    Thread& thread = this_thread();
    auto* task = static_cast<Task*>(thread.personal());
    if (!task || task->in_kit || !has_deliverable(*task))
        return;
    task->in_kit = true;
    leave_call(*task, *thread.user_frame(), no_call);
    task->in_kit = false;
}

void force_signal(Task& task, RegisterFrame& frame, const SignalInfo& info) {
    std::uint64_t handler = signal_actions().get(info.number).handler;
    if ((task.blocked & signal_bit(info.number)) || handler == handler_ignore)
        crash(frame, info);
    deliver(task, frame, info);
}

} // namespace exo::hpc
