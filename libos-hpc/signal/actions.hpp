// What the program wants done about each signal (sigaction(2)), and what is done when it has no wish.
#pragma once

#include "libos-hpc/linux/signals.hpp"
#include "libos/thread/spin_lock.hpp"

namespace exo::hpc {

enum class DefaultAction : std::uint8_t { Ignore, End, EndWithReport, Stop };

DefaultAction default_action(int number);
// "SIGSEGV"; "signal" for numbers without a name.
const char* signal_name(int number);

class SignalActions {
public:
    linux_abi::SignalAction get(int number);
    // Returns the one before.
    linux_abi::SignalAction set(int number, const linux_abi::SignalAction& action);
    // Whether a signal with this action does nothing at all.
    bool ignored(int number);
    // The action for a delivery that is about to happen; resets it if it asks for that.
    linux_abi::SignalAction take(int number);

private:
    SpinLock lock_;
    linux_abi::SignalAction actions_[linux_abi::signal::count] = {};
};

SignalActions& signal_actions();

} // namespace exo::hpc
