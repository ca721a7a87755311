// Taking a function back. The order is the safety argument:
//   quiet      bus mastering off and the owner's windows gone (TLBs too): no new request can begin, and nobody
//              can undo what follows. The interrupt vectors are masked for the same reason.
//   drain      requests already begun come to their end, while their translations still exist.
//   cut        the IOMMU blocks the function and has finished with its tables; its interrupt routes are gone. Only
//              now can the tables and the frames in them be given away: hardware has no way left to them.
//   reset      the function forgets what its owner told it. After the cut, because a function in the middle of
//              its reset may still finish a write. Before the next owner, and before its frames are reused.
//   take apart the tables become Data frames, a bounded number a call.
// Each step is bounded and the whole is restartable; the kernel never waits here for as long as a reset takes.
#include "exokernel/device/function_table.hpp"
#include "exokernel/device/virtio_function.hpp"
#include "exokernel/log/log.hpp"

namespace exo {

namespace {

constexpr std::uint64_t drain_timeout_us = 50'000;
constexpr std::size_t tables_per_call = 64;
constexpr unsigned steps_per_call_max = 8;

void quiet(std::uint32_t index, Function& function) {
    bus_master_off(function);
    for (std::uint32_t vector = 0; vector < interrupts_per_function_max; ++vector) {
        if (function.interrupt[vector].state != RouteState::Free) {
            function.msix_table.mask(vector);
        }
    }
    bool had_window = false;
    for (Window& window : function.window) {
        had_window = had_window || window.count != 0;
        break_window(function, window);
    }
    if (had_window) {
        device_host.flush_environment(device_table[index].owner);
    }
    function.deadline_tsc = device_host.clock.after_us(drain_timeout_us);
    function.step = ReturnStep::Drain;
}

// Posted writes are not counted as pending, but each of these reads pushes them ahead of its answer (PCIe 2.4.1).
Status drain(std::uint32_t index, Function& function) {
    if (pci::transactions_pending(function.config)) {
        if (device_host.clock.now() < function.deadline_tsc) {
            return std::unexpected(Error::Again);
        }
        // Not fatal: the cut makes the IOMMU drain or block whatever comes late.
        klog("device: function %u has requests that do not end", index);
    }
    function.step = ReturnStep::Cut;
    return {};
}

Status cut(std::uint32_t index, Function& function, void (*freed)(std::uint32_t)) {
    for (std::uint32_t vector = 0; vector < interrupts_per_function_max; ++vector) {
        if (function.interrupt[vector].state == RouteState::Free) {
            continue;
        }
        const Result<std::uint32_t> cookie = unbind_interrupt(index, vector);
        if (!cookie) {
            return std::unexpected(cookie.error());
        }
        freed(*cookie);
    }
    if (function.dma_root != 0) {
        if (Status gone = function.unit->detach(function.source, function.domain); !gone) {
            return gone;
        }
    }
    function.reset_step = 0;
    function.deadline_tsc = 0;
    function.step = ReturnStep::Reset;
    return {};
}

// What its owner left in it would be the next one's problem.
void lend_no_more(std::uint32_t index, const char* why) {
    klog("device: function %u %s and is not lent again", index, why);
    device_table[index].flags &= static_cast<std::uint8_t>(~device_flag::bindable);
}

Status reset(std::uint32_t index, Function& function) {
    if (device_host.clock.now() < function.deadline_tsc) {
        return std::unexpected(Error::Again);
    }
    const auto wait_us = pci::reset_step(function.config, function.port, function.reset, function.reset_step);
    if (wait_us) {
        ++function.reset_step;
        // A hypervisor has done the step when the write that asked for it returns.
        if (device_host.hypervisor) {
            return {};
        }
        function.deadline_tsc = device_host.clock.after_us(*wait_us);
        return std::unexpected(Error::Again);
    }
    if (function.reset == pci::ResetMethod::None && !(is_virtio(function.config) && reset_virtio(function.config))) {
        lend_no_more(index, "cannot be reset");
    }
    function.deadline_tsc = device_host.clock.after_us(pci::ready_after_reset_us);
    function.step = ReturnStep::Ready;
    return {};
}

// Until a function has finished its reset it may answer as if it were not there (PCIe 2.3.1, 6.6.2).
Status ready(std::uint32_t index, Function& function) {
    if (function.config.class_code() != device_table[index].class_code) {
        if (device_host.clock.now() < function.deadline_tsc) {
            return std::unexpected(Error::Again);
        }
        lend_no_more(index, "did not come back from its reset");
    } else if (function.reset != pci::ResetMethod::None && !pci::bars_were_reset(function.config, function.bars)) {
        lend_no_more(index, "did not do the reset that it offers");
    }
    function.config.change_command(pci::command::io_space | pci::command::memory_space | pci::command::bus_master,
                                   pci::command::interrupt_disable);
    pci::restore_bars(function.config, function.bars);
    pci::turn_on(function.config, function.virtuals);
    if (function.msix.vectors != 0) {
        pci::disable_msix(function.config, function.msix);
    }
    function.step = ReturnStep::TakeApart;
    return {};
}

Status take_apart(std::uint32_t index, Function& function) {
    if (function.dma_root != 0) {
        if (!device_host.mapping->tear_down(dma_tree(index), tables_per_call)) {
            return std::unexpected(Error::Again);
        }
        function.dma_root = 0;
    }
    function.wedged = false;
    function.step = ReturnStep::NotReturning;
    device_table[index].owner = 0;
    device_table[index].flags &= static_cast<std::uint8_t>(~device_flag::shared);
    return {};
}

} // namespace

Status function_release(std::uint32_t index, void (*freed)(std::uint32_t)) {
    Function& function = functions[index];
    if (index >= function_count || device_table[index].owner == 0) {
        return {};
    }
    device_poll_faults();
    for (unsigned i = 0; i < steps_per_call_max; ++i) {
        Status done;
        switch (function.step) {
        case ReturnStep::NotReturning:
            quiet(index, function);
            break;
        case ReturnStep::Drain:
            done = drain(index, function);
            break;
        case ReturnStep::Cut:
            done = cut(index, function, freed);
            break;
        case ReturnStep::Reset:
            done = reset(index, function);
            break;
        case ReturnStep::Ready:
            done = ready(index, function);
            break;
        case ReturnStep::TakeApart:
            return take_apart(index, function);
        }
        if (!done) {
            return done;
        }
    }
    return std::unexpected(Error::Again);
}

} // namespace exo
