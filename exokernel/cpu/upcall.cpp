// Upcalls: an interrupted vcore continues at its library OS's entry, with what it was doing written
// to its upcall page. The page belongs to the environment and may change at any moment: each field is read once.
#include "exokernel/cpu/scheduler.hpp"

namespace exo {

namespace {

std::uint64_t read_once(const std::uint64_t& field) {
    return __atomic_load_n(&field, __ATOMIC_RELAXED);
}

} // namespace

bool make_upcall(TrapFrame& frame, UpcallPage& page, const UpcallCause& cause) {
    std::uint64_t entry = read_once(page.upcall_entry);
    if (read_once(page.masked) || entry == 0 || entry >= user_end)
        return false;
    page.masked = 1;
    page.cause = static_cast<Cause>(cause.cause);
    page.error_code = cause.error_code;
    page.fault_address = cause.fault_address;
    page.rip = frame.rip;
    page.rsp = frame.rsp;
    page.rflags = frame.rflags;
    page.rcx = frame.rcx;
    page.r11 = frame.r11;
    frame.rip = entry;
    frame.rsp = read_once(page.upcall_stack);
    frame.rflags = rflags_user_fixed;
    this_core().counters->upcalls++;
    return true;
}

bool deliver_pending(TrapFrame& frame, Vcore& vcore) {
    UpcallPage& page = *vcore.page;
    std::uint64_t begin = read_once(page.resume_begin);
    std::uint64_t restart = read_once(page.resume_restart);
    if (!has_wanted(vcore))
        return false;
    if (frame.rip - begin < read_once(page.resume_end) - begin && restart != 0 && restart < user_end) {
        page.masked = 1;
        frame.rip = restart;
        return false;
    }
    return make_upcall(frame, page, {static_cast<std::uint64_t>(Cause::Pending), 0, 0});
}

} // namespace exo
