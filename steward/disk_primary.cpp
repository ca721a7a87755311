// See disk_primary.hpp.
#include "steward/disk_primary.hpp"

#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo::steward {

namespace {

constexpr Rights device_rights = right::Read | right::Write;
constexpr std::uint64_t windows_address = 0x6'0000'0000ull; // of the steward's address space, a level-2 table a disk
constexpr std::uint64_t memory_address = huge_page_bytes;   // in the domain
constexpr std::uint64_t memory_pages = (nvme::AdminMemory::bytes + page_bytes - 1) / page_bytes;
constexpr std::size_t secondaries_max = 32;
// Tables come in pairs: of the domain up to four, of the steward's address space up to four.
static_assert(memory_pages + 2 * (4 + 4) + 1 <= primary_disk_frames);

bool bind_row(const BindOp& row) {
    return sys::bind(self, &row, 1).ok();
}

} // namespace

const char* PrimaryDisk::open(Handle functions, const PrimaryPlan& plan, std::size_t number) {
    memory_ = plan.memory;
    // Safe: mapped read only in every environment.
    const DeviceInfo& info = reinterpret_cast<const DeviceInfo*>(info_devices)[plan.function];
    levels_ = info.dma_levels;
    if (info.class_code != nvme::pci_class)
        return "a function that is to be a primary disk is none";
    const CallResult own =
        sys::derive(functions, Kind::Function, device_rights | right::Bind | right::Grant, plan.function, 1);
    if (!own.ok())
        return "a primary disk cannot be taken";
    function_ = own.value();
    const char* wrong = map_controller(windows_address + number * huge_page_bytes);
    return wrong ? wrong : bring_up();
}

// Registers and memory into the steward's address space, and the memory into the controller's domain.
const char* PrimaryDisk::map_controller(std::uint64_t window) {
    constexpr std::uint64_t register_pages = 2; // registers, and the admin queue's doorbells
    const std::uint64_t memory_at = window + register_pages * page_bytes;
    const std::uint64_t first = memory_.take(memory_pages);
    if (!first || !add_tables(self, memory_.handle, window, memory_at + memory_pages * page_bytes, memory_) ||
        !map_pages(self, memory_.handle, memory_at, first, memory_pages, device_rights))
        return "there is not enough memory for a primary disk";
    if (!bind_row({BindKind::Bar, device_rights, function_, window, std::uint64_t{nvme::register_bar} << 32,
                   register_pages, 0}))
        return "a primary disk cannot be bound";
    place_ = reinterpret_cast<std::byte*>(memory_at); // Safe: just mapped, as the registers.
    registers_ = reinterpret_cast<volatile std::byte*>(window);
    __builtin_memset(place_, 0, memory_pages * page_bytes);
    for (std::uint32_t level = levels_; level >= 1; level--) {
        const std::uint64_t pair = memory_.take(2, 2);
        if (!pair ||
            !bind_row({BindKind::DmaTable, bind_level(level), function_, memory_address, pair, 1, memory_.handle}))
            return "a primary disk's domain cannot be made";
    }
    return bind_row({BindKind::Dma, device_rights, function_, memory_address, first, memory_pages, memory_.handle})
               ? nullptr
               : "a primary disk's domain cannot be made";
}

// Each of the others that has a virtual function gets an equal part of what there is to give.
const char* PrimaryDisk::bring_up() {
    // Safe: mapped read only in every environment.
    const MachineInfo& machine = *reinterpret_cast<const MachineInfo*>(info_machine);
    const Clock clock{[]() -> std::uint64_t { return __builtin_ia32_rdtsc(); }, machine.tsc_hz / 1'000'000};
    // Safe: control code makes volatile accesses of its own.
    const Registers registers = mapped_registers(const_cast<std::byte*>(registers_));
    if (const auto opened =
            controller_.open(registers, registers_ + nvme::reg::doorbells, clock, {place_, memory_address});
        !opened)
        return nvme::describe(opened.error());
    nvme::SecondaryController list[secondaries_max];
    const auto count = controller_.secondaries(list);
    const auto resources = controller_.flexible_resources();
    if (!count || !resources || *count == 0)
        return "a disk that is to be a primary one has no virtual functions";
    const auto part = [&count](std::uint32_t all, std::uint16_t most) {
        return static_cast<std::uint16_t>(std::min<std::size_t>(all / *count, most));
    };
    for (const nvme::SecondaryController& secondary : std::span(list).first(*count)) {
        if (secondary.function == 0)
            continue;
        const auto done =
            controller_.bring_secondary_online(secondary.id, part(resources->queues, resources->queues_of_one),
                                               part(resources->interrupts, resources->interrupts_of_one));
        if (!done)
            return "a virtual function's controller does not come on line";
    }
    return nullptr;
}

} // namespace exo::steward
