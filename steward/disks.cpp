// Bringing a shared disk up. See disks.hpp; the commands of the steward's own are in disk_commands.cpp.
#include "steward/disks.hpp"

#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_layout.hpp"

namespace exo::steward {

namespace {

constexpr Rights device_rights = right::Read | right::Write;
constexpr std::uint64_t windows_address = 0x5'0000'0000ull; // of the steward's address space, a level-2 table a disk

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
    for (const char* (SharedDisk::*step)() : {&SharedDisk::map_memory, &SharedDisk::make_domain,
                                              &SharedDisk::start_controller, &SharedDisk::lend, &SharedDisk::load})
        if (const char* wrong = (this->*step)())
            return wrong;
    return nullptr;
}

// Registers and memory into the steward's address space.
const char* SharedDisk::map_memory() {
    constexpr std::uint64_t mapped_pages = 2; // registers, and the doorbells of the first queues
    first_frame_ = memory_.take(disk_layout::reached_frames + disk_layout::lent_pairs * disk_pair_book_frames);
    const std::uint64_t at = window_ + large_page_bytes;
    if (!first_frame_ || !add_tables(self, memory_.handle, window_, window_ + mapped_pages * page_bytes, memory_) ||
        !add_tables(self, memory_.handle, at, at + disk_layout::reached_frames * page_bytes, memory_) ||
        !map_pages(self, memory_.handle, at, first_frame_, disk_layout::reached_frames, device_rights))
        return "there is not enough memory for a shared disk";
    if (!bind_row({BindKind::Bar, device_rights, function_, window_, std::uint64_t{nvme::register_bar} << 32,
                   mapped_pages, 0}))
        return "a disk that is to be shared cannot be bound";
    place_ = reinterpret_cast<std::byte*>(at); // Safe: just mapped.
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
    const std::uint64_t end = disk_layout::window_address + disk_layout::lent_pairs * extent_window_bytes;
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
    auto* registers = reinterpret_cast<std::byte*>(window_); // Safe: mapped by map_memory.
    const Clock clock{[]() -> std::uint64_t { return __builtin_ia32_rdtsc(); }, machine().tsc_hz / 1'000'000};
    return controller_.open(
        {mapped_registers(registers), registers + nvme::reg::doorbells, clock, {place_, disk_layout::memory_address}});
}

const char* SharedDisk::lend() {
    const nvme::Identity& identity = controller_.identity();
    const nvme::NamespaceIdentity& name_space = controller_.name_space();
    const std::uint64_t most = extent_pages_max * page_bytes;
    const DiskSpec spec{
        .device_address = disk_layout::memory_address + disk_layout::lent_pairs_at,
        .window_address = disk_layout::window_address,
        .blocks = name_space.blocks,
        .name_space = controller_.name_space_id(),
        .transfer_bytes_max =
            static_cast<std::uint32_t>(identity.transfer_bytes_max < most ? identity.transfer_bytes_max : most),
        .first_pair = DiskController::first_lent_pair,
        .pairs = controller_.lent(),
        .block_shift = static_cast<std::uint8_t>(__builtin_ctz(name_space.block_bytes)),
        .offers = static_cast<std::uint8_t>(
            (identity.write_cache ? extent_offer::volatile_cache : 0) |
            (identity.deallocates ? extent_offer::trim : 0) |
            (identity.deallocates && name_space.deallocated_reads_zero ? extent_offer::trimmed_reads_zero : 0) |
            (identity.write_zeroes ? extent_offer::write_zeroes : 0)),
        .reserved = 0};
    const std::uint64_t first = first_frame_ + disk_layout::lent_pairs_at / page_bytes;
    return bind_row({BindKind::Disk, 0, function_, reinterpret_cast<std::uint64_t>(&spec), first,
                     disk_frames(controller_.lent()), memory_.handle}) // Safe: only the address crosses.
               ? nullptr
               : "a disk could not be shared";
}

// The kernel gives the pairs back once it sees the controller disabled: whoever has a ring finds it gone.
const char* SharedDisk::take_back() {
    // Each call takes a bounded number of pages out of the windows.
    constexpr unsigned calls_max = 1024;
    const BindOp row{BindKind::Disk, 0, function_, 0, 0, 0, 0};
    CallResult back = sys::unbind(self, &row, 1);
    for (unsigned calls = 1; back.is(Error::Again) && calls < calls_max; calls++)
        back = sys::unbind(self, &row, 1);
    return back.ok() ? nullptr : "its queues cannot be taken back";
}

// Whoever drops a name of a function loses what it made of it: the kernel cuts it off memory and resets it.
void SharedDisk::cut_off() {
    constexpr unsigned calls_max = 100'000;
    CapabilityInfo about;
    if (!sys::inspect(function_, &about).ok())
        return;
    const CallResult name = sys::derive(function_, Kind::Function, right::Bind, about.first, 1);
    CallResult gone = name.ok() ? sys::drop(name.value()) : name;
    for (unsigned calls = 1; gone.is(Error::Again) && calls < calls_max; calls++)
        gone = sys::drop(name.value());
    // Extents go too, so that their owners do not wait for it.
    (void)sys::revoke(function_, 1);
    CallResult taken = sys::repossess(function_);
    for (unsigned calls = 1; taken.is(Error::Again) && calls < calls_max; calls++)
        taken = sys::repossess(function_);
}

} // namespace exo::steward
