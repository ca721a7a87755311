// The wheel of a core is read against the clock: the slot of this moment says whose time it is. An owner
// that does not want its time leaves it to the next that does; so a vcore without slots runs when nobody else wants
// to. A core that only one vcore wants gets no timer interrupt.
#include "exokernel/cpu/scheduler.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/lock.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/tlb.hpp"

namespace exo {

Core cores[max_cores];
std::uint32_t core_count;
Vcore* vcore_table[max_vcores];

namespace {

constexpr unsigned donations_max = 8; // calls nested on one slice

std::uint64_t slot_number(std::uint64_t tsc) {
    return tsc / machine_info.slot_cycles;
}

bool wants_core(const Vcore* vcore) {
    return vcore && (vcore->state == VcoreState::Ready || vcore->state == VcoreState::Running);
}

// Who runs on an owner's time: itself, or whom it called.
Vcore* runner(Vcore* owner) {
    for (unsigned depth = 0; owner && owner->state == VcoreState::Calling && depth < donations_max; depth++)
        owner = owner->callee;
    return wants_core(owner) ? owner : nullptr;
}

Vcore* slot_owner(const Core& core, std::uint64_t slot) {
    std::uint16_t number = wheels[core.index].slot[slot % wheel_slots];
    return number == no_vcore ? nullptr : vcore_table[number];
}

// The next vcore of the core that wants time, after the current one: the last resort.
Vcore* any_ready(const Core& core) {
    Vcore* start = core.current && core.current->core == core.index ? core.current->next_of_core : nullptr;
    for (Vcore* vcore = start; vcore; vcore = vcore->next_of_core)
        if (wants_core(vcore))
            return vcore;
    for (Vcore* vcore = core.first_vcore; vcore != start; vcore = vcore->next_of_core)
        if (wants_core(vcore))
            return vcore;
    return nullptr;
}

} // namespace

Vcore* pick(Core& core) {
    std::uint64_t now = rdtsc();
    std::uint64_t slot = slot_number(now);
    Vcore* owner = slot_owner(core, slot);
    Vcore* indebted = nullptr;
    if (Vcore* vcore = runner(owner)) {
        // Time taken beyond earlier slices is given back a slot at a time, if anyone else wants it.
        if (owner->debt_cycles < machine_info.slot_cycles && owner->debt_paid_slot != slot)
            return vcore;
        indebted = vcore;
    }
    for (unsigned i = 1; i < wheel_slots && core.contended; i++) {
        Vcore* other = slot_owner(core, slot + i);
        if (other == owner)
            continue;
        if (Vcore* vcore = runner(other)) {
            if (indebted && owner->debt_paid_slot != slot) {
                owner->debt_paid_slot = slot;
                owner->debt_cycles -= machine_info.slot_cycles;
                owner->page->debt_cycles = owner->debt_cycles;
            }
            return vcore;
        }
    }
    return indebted ? indebted : any_ready(core);
}

Vcore* pick_other(Core& core) {
    Vcore& current = *core.current;
    VcoreState state = current.state;
    current.state = VcoreState::Created; // wants nothing
    Vcore* other = pick(core);
    current.state = state;
    return other;
}

// When the running vcore's time ends because someone else's begins; 0 when nobody else wants this core.
static std::uint64_t next_hand_over(const Core& core) {
    Vcore* current = core.current;
    bool others = false;
    for (Vcore* vcore = core.first_vcore; vcore && !others; vcore = vcore->next_of_core)
        others = vcore != current && wants_core(vcore);
    if (!others)
        return 0;
    std::uint64_t slot = slot_number(rdtsc());
    for (unsigned i = 1; i < wheel_slots && core.contended; i++) {
        Vcore* vcore = runner(slot_owner(core, slot + i));
        if (vcore && vcore != current)
            return (slot + i) * machine_info.slot_cycles;
    }
    // On time that its owner leaves unused, or has lent: a slot at a time.
    return runner(slot_owner(core, slot)) == current ? 0 : (slot + 1) * machine_info.slot_cycles;
}

void set_core_timer(Core& core) {
    std::uint64_t due = ~0ull;
    auto consider = [&due](std::uint64_t deadline) {
        if (deadline && deadline < due)
            due = deadline;
    };
    core.slice_end_tsc = core.current && !core.grace_end_tsc ? next_hand_over(core) : core.slice_end_tsc;
    consider(core.grace_end_tsc ? core.grace_end_tsc : core.slice_end_tsc);
    for (Vcore* vcore = core.first_vcore; vcore; vcore = vcore->next_of_core) {
        if (vcore->state == VcoreState::Waiting)
            consider(vcore->wait_deadline_tsc);
        consider(vcore->timer_deadline_tsc);
    }
    std::uint64_t wanted = due == ~0ull ? 0 : due;
    if (wanted != core.timer_armed_tsc || (wanted && wanted <= rdtsc())) {
        core.timer_armed_tsc = wanted;
        apic_timer(wanted);
    }
}

void add_to_core(Vcore& vcore) {
    Core& core = cores[vcore.core];
    vcore.next_of_core = core.first_vcore;
    core.first_vcore = &vcore;
}

void remove_from_core(Vcore& vcore) {
    Vcore** link = &cores[vcore.core].first_vcore;
    while (*link && *link != &vcore)
        link = &(*link)->next_of_core;
    if (*link)
        *link = vcore.next_of_core;
}

void wheel_changed(std::uint32_t index) {
    Core& core = cores[index];
    std::uint16_t seen = no_vcore;
    core.contended = false;
    for (std::uint16_t owner : wheels[index].slot) {
        if (owner == no_vcore)
            continue;
        core.contended = core.contended || (seen != no_vcore && seen != owner);
        seen = owner;
    }
    if (index < core_count)
        send_ipi(core.apic_id, ipi_vector);
}

void kick(Vcore& vcore) {
    Core& core = cores[vcore.core];
    send_ipi(core.apic_id, ipi_vector);
}

void post(Vcore& vcore, std::uint64_t pending_bits, std::uint64_t event_bits) {
    UpcallPage& page = *vcore.page;
    if (event_bits)
        __atomic_fetch_or(&page.events, event_bits, __ATOMIC_RELEASE);
    __atomic_fetch_or(&page.pending, pending_bits, __ATOMIC_RELEASE);
    bool waiting = vcore.state == VcoreState::Waiting && (waited_for(vcore) & pending_bits);
    bool accepting = vcore.state == VcoreState::Accepting && (page.wanted & pending_bits);
    if (waiting || accepting) {
        vcore.state = VcoreState::Ready;
        info_of(vcore).state = VcoreState::Ready;
        vcore.saved.rax = 0;
        kick(vcore);
    } else if (vcore.state == VcoreState::Running && (page.wanted & pending_bits)) {
        kick(vcore);
    }
}

void change_vcore(TrapFrame& frame, Vcore& next, Extended extended) {
    Core& core = this_core();
    std::uint64_t now = rdtsc();
    if (core.current)
        save_vcore(frame, *core.current, extended, now - core.dispatched_tsc);
    give_core(core, next, now);
    restore_vcore(frame, next);
}

void switch_to(TrapFrame& frame, Vcore& next, Extended extended) {
    Core& core = this_core();
    core.grace_end_tsc = 0;
    if (core.current == &next) {
        next.state = VcoreState::Running;
        info_of(next).state = VcoreState::Running;
    } else {
        change_vcore(frame, next, extended);
        core.vcore_info->slices++;
        next.page->slice_started_tsc = core.dispatched_tsc;
        __atomic_fetch_or(&next.page->pending, pending::slice_start, __ATOMIC_RELAXED);
    }
    set_core_timer(core);
}

void switch_away(TrapFrame& frame, Extended extended) {
    Core& core = this_core();
    Vcore* next = pick(core);
    if (!next && core.current) {
        save_vcore(frame, *core.current, extended, rdtsc() - core.dispatched_tsc);
        core.current = nullptr;
        core.grace_end_tsc = 0;
    }
    while (!next) {
        // Nobody wants this core. Interrupts arrive in this loop and return to it.
        set_core_timer(core);
        core.idle = true;
        kernel_unlock();
        halt_with_interrupts();
        kernel_lock();
        core.idle = false;
        wake_due(core);
        next = pick(core);
    }
    switch_to(frame, *next, extended);
}

} // namespace exo
