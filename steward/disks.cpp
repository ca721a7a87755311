// Bringing a shared disk up. See disks.hpp; the commands of the steward's own are in disk_commands.cpp.
#include "steward/disks.hpp"

#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_layout.hpp"

namespace exo::steward {

namespace {

constexpr Rights device_rights = right::Read | right::Write;
constexpr std::uint64_t windows_address = 0x5'0000'0000ull; // of the steward's address space, a level-2 table a disk
constexpr std::uint16_t own_pair = 1, first_lent_pair = 2;

const MachineInfo& machine() {
    return *reinterpret_cast<const MachineInfo*>(info_machine); // Safe: mapped read only in every environment.
}

bool bind_row(const BindOp& row) {
    return sys::bind(self, &row, 1).ok();
}

} // namespace

const char* SharedDisk::open(Handle functions, const DiskPlan& plan, std::size_t number) {
    memory_ = plan.memory;
    window_ = windows_address + number * huge_page_bytes;
    // Safe: as machine().
    const DeviceInfo& info = reinterpret_cast<const DeviceInfo*>(info_devices)[plan.function];
    levels_ = info.dma_levels;
    if (info.class_code != nvme::pci_class)
        return "a function that is to be a shared disk is none";
    CallResult own =
        sys::derive(functions, Kind::Function, device_rights | right::Bind | right::Grant, plan.function, 1);
    if (!own.ok())
        return "a disk could not be shared";
    function_ = own.value();
    for (const char* (SharedDisk::*step)() :
         {&SharedDisk::map_memory, &SharedDisk::make_domain, &SharedDisk::start_controller, &SharedDisk::lend_pairs,
          &SharedDisk::load})
        if (const char* wrong = (this->*step)())
            return wrong;
    return nullptr;
}

// Registers and memory into the steward's address space.
const char* SharedDisk::map_memory() {
    constexpr std::uint64_t mapped_pages = 2; // registers, and the doorbells of the first queues
    first_frame_ = memory_.take(disk_layout::reached_frames + lent_pairs * disk_pair_book_frames);
    const std::uint64_t at = window_ + large_page_bytes;
    if (!first_frame_ || !add_tables(self, memory_.handle, window_, window_ + mapped_pages * page_bytes, memory_) ||
        !add_tables(self, memory_.handle, at, at + disk_layout::reached_frames * page_bytes, memory_) ||
        !map_pages(self, memory_.handle, at, first_frame_, disk_layout::reached_frames, device_rights))
        return "there is not enough memory for a shared disk";
    if (!bind_row({BindKind::Bar, device_rights, function_, window_, std::uint64_t{nvme::register_bar} << 32,
                   mapped_pages, 0}))
        return "a disk that is to be shared cannot be bound";
    place_ = reinterpret_cast<std::byte*>(at); // Safe: just mapped, as the registers.
    registers_ = reinterpret_cast<volatile std::byte*>(window_);
    __builtin_memset(place_, 0, disk_layout::reached_frames * page_bytes);
    return nullptr;
}

const char* SharedDisk::make_domain() {
    constexpr const char* failed = "a disk's domain cannot be made";
    auto table = [this](std::uint64_t address, std::uint32_t level) {
        const std::uint64_t pair = memory_.take(2, 2);
        return pair && bind_row({BindKind::DmaTable, bind_level(level), function_, address, pair, 1, memory_.handle});
    };
    for (std::uint32_t level = levels_; level >= 1; level--)
        if (!table(disk_layout::memory_address, level))
            return failed;
    const std::uint64_t end = disk_layout::window_address + lent_pairs * extent_window_bytes;
    for (std::uint64_t at = disk_layout::window_address; at < end; at += large_page_bytes)
        if (!table(at, 1))
            return failed;
    return bind_row({BindKind::Dma, device_rights, function_, disk_layout::memory_address, first_frame_,
                     disk_layout::reached_frames, memory_.handle})
               ? nullptr
               : failed;
}

const char* SharedDisk::start_controller() {
    // Never armed: a controller takes queues with interrupt vectors only while its MSI-X is on.
    constexpr std::uint64_t unused_event = 0;
    if (!bind_row({BindKind::Interrupt, 0, function_, 0, unused_event, 1, 0}))
        return "a disk that is to be shared has no interrupts";
    // Safe: control code makes volatile accesses of its own.
    const Registers registers = mapped_registers(const_cast<std::byte*>(registers_));
    const Clock clock{[]() -> std::uint64_t { return __builtin_ia32_rdtsc(); }, machine().tsc_hz / 1'000'000};
    auto memory_at = [this](std::uint64_t at) {
        return nvme::QueueMemory{place_ + at, disk_layout::memory_address + at};
    };
    const nvme::QueueMemory admin = memory_at(disk_layout::admin_at);
    auto done =
        controller_.open(registers, registers_ + nvme::reg::doorbells, clock, {admin.address, admin.device_address});
    if (!done)
        return nvme::describe(done.error());
    const auto granted = controller_.request_queue_pairs(1 + lent_pairs);
    if (!granted)
        return nvme::describe(granted.error());
    if (*granted < 2)
        return "a disk has too few queues to be shared";
    pairs_ = static_cast<std::uint16_t>(*granted - 1);
    done = controller_.create_queue_pair(own_, own_pair, memory_at(disk_layout::own_pair_at), disk_layout::own_depth,
                                         std::nullopt);
    for (std::uint16_t i = 0; i < pairs_ && done; i++) {
        static nvme::QueuePair handed_over; // the kernel's from now on: only its making is of use here
        const auto id = static_cast<std::uint16_t>(first_lent_pair + i);
        done = controller_.create_queue_pair(
            handed_over, id, memory_at(disk_layout::lent_pairs_at + i * disk_pair_device_frames * page_bytes),
            extent_queue_entries, id);
    }
    if (!done)
        return nvme::describe(done.error());
    std::uint32_t present[1];
    const auto count = controller_.namespaces(present);
    if (!count || *count == 0)
        return "a disk that is to be shared has no namespace";
    name_space_id_ = present[0];
    const auto identity = controller_.identify_namespace(name_space_id_);
    if (!identity)
        return nvme::describe(identity.error());
    name_space_ = *identity;
    return nullptr;
}

const char* SharedDisk::lend_pairs() {
    const nvme::Identity& identity = controller_.identity();
    const std::uint64_t most = extent_pages_max * page_bytes;
    const DiskSpec spec{
        .device_address = disk_layout::memory_address + disk_layout::lent_pairs_at,
        .window_address = disk_layout::window_address,
        .blocks = name_space_.blocks,
        .name_space = name_space_id_,
        .transfer_bytes_max =
            static_cast<std::uint32_t>(identity.transfer_bytes_max < most ? identity.transfer_bytes_max : most),
        .first_pair = first_lent_pair,
        .pairs = pairs_,
        .block_shift = static_cast<std::uint8_t>(__builtin_ctz(name_space_.block_bytes)),
        .offers = static_cast<std::uint8_t>(
            (identity.write_cache ? extent_offer::volatile_cache : 0) |
            (identity.deallocates ? extent_offer::trim : 0) |
            (identity.deallocates && name_space_.deallocated_reads_zero ? extent_offer::trimmed_reads_zero : 0) |
            (identity.write_zeroes ? extent_offer::write_zeroes : 0)),
        .reserved = 0};
    const std::uint64_t first = first_frame_ + disk_layout::lent_pairs_at / page_bytes;
    return bind_row({BindKind::Disk, 0, function_, reinterpret_cast<std::uint64_t>(&spec), first, disk_frames(pairs_),
                     memory_.handle}) // Safe: only the address crosses.
               ? nullptr
               : "a disk could not be shared";
}

} // namespace exo::steward
