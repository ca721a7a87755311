// The table of signal actions, and the defaults of signal(7). Interface: actions.hpp.
#include "libos-hpc/signal/actions.hpp"

namespace exo::hpc {
namespace {

constinit SignalActions actions;

constexpr const char* names[] = {"signal",   "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",  "SIGTRAP",   "SIGABRT",
                                 "SIGBUS",   "SIGFPE",  "SIGKILL",   "SIGUSR1", "SIGSEGV", "SIGUSR2",   "SIGPIPE",
                                 "SIGALRM",  "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",   "SIGTSTP",
                                 "SIGTTIN",  "SIGTTOU", "SIGURG",    "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
                                 "SIGWINCH", "SIGIO",   "SIGPWR",    "SIGSYS"};

} // namespace

SignalActions& signal_actions() {
    return actions;
}

const char* signal_name(int number) {
    return number > 0 && number < static_cast<int>(sizeof names / sizeof *names) ? names[number] : names[0];
}

DefaultAction default_action(int number) {
    using namespace linux_abi::signal;
    switch (number) {
    case child:
    case cont:
    case urgent:
    case window:
        return DefaultAction::Ignore;
    case stop:
    case tty_stop:
    case tty_in:
    case tty_out:
        return DefaultAction::Stop;
    case quit:
    case ill:
    case trap:
    case abort:
    case bus:
    case fpe:
    case segv:
    case cpu_limit:
    case file_limit:
    case sys:
        return DefaultAction::EndWithReport;
    default:
        return DefaultAction::End;
    }
}

linux_abi::SignalAction SignalActions::get(int number) {
    SpinGuard guard(lock_);
    return actions_[number - 1];
}

linux_abi::SignalAction SignalActions::set(int number, const linux_abi::SignalAction& action) {
    SpinGuard guard(lock_);
    linux_abi::SignalAction before = actions_[number - 1];
    actions_[number - 1] = action;
    actions_[number - 1].mask &= ~linux_abi::signals_never_blocked;
    return before;
}

bool SignalActions::ignored(int number) {
    std::uint64_t handler = get(number).handler;
    return handler == linux_abi::handler_ignore ||
           (handler == linux_abi::handler_default && default_action(number) == DefaultAction::Ignore);
}

linux_abi::SignalAction SignalActions::take(int number) {
    SpinGuard guard(lock_);
    linux_abi::SignalAction action = actions_[number - 1];
    if ((action.flags & linux_abi::action_flag::reset_hand) && action.handler > linux_abi::handler_ignore)
        actions_[number - 1].handler = linux_abi::handler_default;
    return action;
}

} // namespace exo::hpc
