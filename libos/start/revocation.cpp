// See revocation.hpp. The kernel tells every vcore; each sees to its own slices, the first that comes to the rest.
#include "libos/start/revocation.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/memory/bind_rows.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo {

namespace {

constinit SpinLock lock;
std::uint64_t entries_seen;

bool asked_back(Handle handle) {
    CapabilityInfo info{};
    return handle != no_handle && sys::inspect(handle, &info).ok() && info.revoking;
}

// As far as the frame map shows; nothing of it is the allocator's.
bool unused(const StartFrames& run) {
    const std::uint64_t end = run.first + run.count;
    for (std::size_t i = 0; i < frames().zone_count(); ++i) {
        const FrameZone& zone = frames().zone(i);
        if (zone.count() && zone.first() < end && run.first < zone.first() + zone.count())
            return false;
    }
    for (std::uint64_t frame = run.first; frame < end; ++frame) {
        // Safe: the frame map is mapped read only in every environment.
        const volatile FrameEntry& entry = reinterpret_cast<const volatile FrameEntry*>(info_frames)[frame];
        if (entry.type != FrameType::Data || entry.first != no_mapping || entry.pins)
            return false;
    }
    return true;
}

bool unused(const StartFunction& function) {
    // Safe: as above.
    const volatile DeviceInfo& info = reinterpret_cast<const volatile DeviceInfo*>(info_devices)[function.index];
    return info.owner != environment_number();
}

} // namespace

void give_back_what_is_asked(RegisterFrame*) {
    const StartInfo& start = start_info();
    if (const std::size_t vcore = this_vcore_index(); asked_back(start.slices[vcore]))
        scheduler().give_up_slices(start.slices[vcore]);
    if (!lock.try_acquire())
        return;
    for (std::size_t i = 0; i < frames().zone_count(); ++i) {
        const Handle run = frames().zone(i).handle();
        if (asked_back(run))
            (void)frames().give_back(run);
    }
    if (asked_back(start.spare.handle) && unused(start.spare))
        drop_capability(start.spare.handle);
    for (std::size_t i = 0; i < start.function_count; ++i) {
        const StartFunction& function = start.functions[i];
        if (asked_back(function.handle) && unused(function))
            drop_capability(function.handle);
    }
    lock.release();
}

void forget_what_was_taken(RegisterFrame*) {
    // Safe: the starter bound the environment page there, read only.
    const auto& page = *reinterpret_cast<const volatile EnvironmentPage*>(environment_page_address);
    LockGuard guard(lock);
    const std::uint64_t total = page.repossession_count;
    // What the vector no longer holds cannot be known.
    if (total - entries_seen > repossession_entries)
        entries_seen = total - repossession_entries;
    for (; entries_seen < total; ++entries_seen) {
        const volatile Repossession& taken = page.repossession[entries_seen % repossession_entries];
        const Handle handle = taken.handle;
        const Kind kind = taken.kind;
        if (kind == Kind::Frames) {
            frames().forget(handle);
            address_space().forget_frames(taken.first, taken.count);
        } else if (kind == Kind::Function) {
            address_space().forget_device(handle);
        } else if (kind == Kind::Slices) {
            for (std::size_t vcore = 0; vcore < start_info().vcore_count; ++vcore)
                if (start_info().slices[vcore] == handle)
                    scheduler().avoid(vcore);
        }
    }
}

void open_revocation() {
    set_pending_handler(pending::revocation, give_back_what_is_asked);
    set_pending_handler(pending::repossessed, forget_what_was_taken);
}

} // namespace exo
