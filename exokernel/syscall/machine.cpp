// signal, log, shutdown: an event's bit, and what is left of the machine as a whole.
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

CallWord call::signal(Handle event) {
    Result<SlotRef> ref = own_capability(event, Kind::Event, right::Signal);
    if (!ref)
        return call_error(ref.error());
    std::uint64_t name = capabilities.at(*ref).first;
    std::uint64_t number = name >> 32;
    std::uint64_t index = name >> 8 & 0xffff;
    if (environment_infos[number].state != EnvironmentState::Alive || index >= environments[number].vcore_count)
        return call_error(Error::WrongState);
    post(*vcore_table[environments[number].vcore[index]], pending::event, 1ull << (name & 63));
    return 0;
}

CallWord call::log(Handle machine, std::uint64_t text, std::uint64_t length) {
    Result<SlotRef> ref = own_capability(machine, Kind::Machine, right::Log);
    if (!ref)
        return call_error(ref.error());
    if (length > log_bytes_max)
        return call_error(Error::OutOfRange);
    char buffer[log_bytes_max];
    if (Status status = copy_from_user(buffer, text, length); !status)
        return call_error(status.error());
    log_bytes(buffer, length);
    return 0;
}

CallWord call::shutdown(Handle machine, std::uint64_t status) {
    Result<SlotRef> ref = own_capability(machine, Kind::Machine, right::Power);
    if (!ref)
        return call_error(ref.error());
    machine_off(static_cast<std::uint8_t>(status));
}

} // namespace exo
