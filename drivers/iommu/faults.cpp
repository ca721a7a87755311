// What the unit recorded of accesses and interrupts that it blocked (VT-d 7.2.1: primary fault logging).
#include "drivers/iommu/unit.hpp"

namespace exo::iommu {

bool Unit::take_fault(unsigned index, Fault* fault) {
    const std::uint64_t record = cap::fault_records_at(capability_) + index * fault::record_bytes;
    const std::uint64_t high = registers_.read64(record + fault::record_high);
    if ((high & fault::high_valid) == 0) {
        return false;
    }
    *fault = {.source = fault::source(high),
              .reason = fault::reason(high),
              .is_read = (high & fault::high_is_read) != 0,
              .address = registers_.read64(record) & ~(page_bytes - 1)};
    registers_.write32(record + fault::record_last, fault::record_last_valid); // write one to clear
    return true;
}

bool Unit::clear_fault_overflow() {
    if ((registers_.read32(reg::fault_status) & fault::overflow) == 0) {
        return true;
    }
    registers_.write32(reg::fault_status, fault::overflow);
    return false;
}

} // namespace exo::iommu
