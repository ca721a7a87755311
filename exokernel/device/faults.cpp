// What the IOMMUs blocked, charged to the functions that tried. Polled, not interrupt-driven: a hostile function
// must not be able to interrupt a core by faulting.
#include "exokernel/device/isolation.hpp"
#include "exokernel/log/log.hpp"

namespace exo {

namespace {

constexpr std::uint64_t log_interval_us = 1'000'000;
std::uint64_t log_again_tsc;
std::uint32_t unlogged;

void log_fault(std::uint32_t index, const iommu::Fault& fault) {
    if (device_host.clock.now() < log_again_tsc) {
        ++unlogged;
        return;
    }
    log_again_tsc = device_host.clock.after_us(log_interval_us);
    klog("iommu: blocked %s of %lx by %02x:%02x.%u (function %u, reason %u; %u others since the last line)",
         fault.is_read ? "a read" : "a write", fault.address, fault.source >> 8, (fault.source >> 3) & 31u,
         fault.source & 7u, index, fault.reason, unlogged);
    unlogged = 0;
}

void charge(const iommu::Unit* unit, const iommu::Fault& fault) {
    std::uint32_t index = 0;
    while (index < function_count && (functions[index].unit != unit || functions[index].source != fault.source)) {
        ++index;
    }
    if (index < function_count) {
        ++device_table[index].dma_faults;
    }
    log_fault(index, fault);
}

} // namespace

void device_poll_faults() {
    for (std::uint32_t i = 0;; ++i) {
        iommu::Unit* unit = running_unit(i);
        if (unit == nullptr) {
            return;
        }
        if (!unit->take_faults([&](const iommu::Fault& fault) { charge(unit, fault); })) {
            ++unlogged; // more than the unit could record
        }
    }
}

} // namespace exo
