// What the steward itself reads and writes of a shared disk: the catalogue, and zeroes over blocks that change hands.
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_layout.hpp"
#include "steward/disks.hpp"

#include <algorithm>

namespace exo::steward {

namespace {

// A command that takes longer has failed, and the disk with it.
constexpr std::uint64_t polls_max = 2'000'000'000;
constexpr std::uint64_t blocks_of_command_max = 1u << 16;
constexpr const char* failed = "a shared disk did not carry out a command";

} // namespace

bool SharedDisk::finish() {
    own_.publish();
    for (std::uint64_t i = 0; i < polls_max; i++) {
        if (const nvme::Completion done = own_.take(); done.token)
            return (done.status & nvme::status_code::mask) == nvme::status_code::success;
        __builtin_ia32_pause();
    }
    return false;
}

bool SharedDisk::run(const nvme::SubmissionEntry& words) {
    nvme::SubmissionEntry given = words;
    given.command |= std::uint64_t{name_space_id_} << nvme::command::namespace_shift;
    own_.command(&given, given);
    return finish();
}

// Between the disk and the buffer.
bool SharedDisk::transfer(nvme::Opcode opcode, std::uint64_t first, std::uint32_t blocks) {
    constexpr std::uint64_t address = disk_layout::memory_address + disk_layout::buffer_at;
    const std::uint64_t bytes = std::uint64_t{blocks} * name_space_.block_bytes;
    int token = 0;
    const nvme::Run run{address, bytes};
    if (!own_.transfer(opcode, &token, name_space_id_, first, blocks, {&run, 1}))
        return false;
    return finish();
}

const char* SharedDisk::load() {
    static_assert(2 * catalogue_bytes <= disk_layout::buffer_bytes);
    const std::uint64_t bytes = 2 * catalogue_bytes;
    if (name_space_.blocks * name_space_.block_bytes < bytes)
        return "a disk that is to be shared is too small";
    if (!transfer(nvme::Opcode::Read, 0, static_cast<std::uint32_t>(bytes / name_space_.block_bytes)))
        return failed;
    // Safe: two pages of plain data, read whole.
    const auto* copies = reinterpret_cast<const CataloguePage*>(place_ + disk_layout::buffer_at);
    return catalogue_.open(std::span<const CataloguePage, 2>(copies, 2), name_space_.blocks, name_space_.block_bytes);
}

// One copy at a time, flushed before the other is ever touched.
const char* SharedDisk::save() {
    const CataloguePage& page = catalogue_.seal();
    __builtin_memcpy(place_ + disk_layout::buffer_at, &page, sizeof page);
    const auto blocks = static_cast<std::uint32_t>(catalogue_bytes / name_space_.block_bytes);
    nvme::SubmissionEntry flush{};
    flush.command = static_cast<std::uint64_t>(nvme::Opcode::Flush);
    return run(flush) && transfer(nvme::Opcode::Write, catalogue_.copy() * blocks, blocks) && run(flush) ? nullptr
                                                                                                         : failed;
}

const char* SharedDisk::clean(std::uint64_t first, std::uint64_t count) {
    const nvme::Identity& identity = controller_.identity();
    const bool deallocate = identity.deallocates && name_space_.deallocated_reads_zero && !identity.write_zeroes;
    const std::uint64_t in_buffer = disk_layout::buffer_bytes / name_space_.block_bytes;
    __builtin_memset(place_ + disk_layout::buffer_at, 0, disk_layout::buffer_bytes);
    while (count != 0) {
        const bool by_command = identity.write_zeroes || deallocate;
        const auto here = static_cast<std::uint32_t>(std::min(count, by_command ? blocks_of_command_max : in_buffer));
        nvme::SubmissionEntry words{};
        bool done = false;
        if (identity.write_zeroes) {
            words.command = static_cast<std::uint64_t>(nvme::Opcode::WriteZeroes);
            words.dwords10_11 = first;
            words.dwords12_13 = here - 1;
            done = run(words);
        } else if (deallocate) {
            const nvme::DatasetRange range{0, here, first};
            __builtin_memcpy(place_ + disk_layout::buffer_at, &range, sizeof range);
            words.command = static_cast<std::uint64_t>(nvme::Opcode::DatasetManagement);
            words.data[0] = disk_layout::memory_address + disk_layout::buffer_at;
            words.dwords10_11 = nvme::dataset::deallocate;
            done = run(words);
        } else {
            done = transfer(nvme::Opcode::Write, first, here);
        }
        if (!done)
            return failed;
        first += here;
        count -= here;
    }
    nvme::SubmissionEntry flush{};
    flush.command = static_cast<std::uint64_t>(nvme::Opcode::Flush);
    return run(flush) ? nullptr : failed;
}

std::expected<GivenExtent, const char*> SharedDisk::extent(std::string_view owner, std::uint64_t bytes) {
    const CatalogueEntry* entry = catalogue_.find(owner);
    if (!entry) {
        if (const char* wrong = catalogue_.add(owner, bytes))
            return std::unexpected(wrong);
        if (const char* wrong = save())
            return std::unexpected(wrong);
        entry = catalogue_.find(owner);
    }
    if (entry->count < bytes / name_space_.block_bytes)
        return std::unexpected("the program's extent of a shared disk is smaller than what it asks for");
    if (entry->state != ExtentState::Ready) {
        if (const char* wrong = clean(entry->first, entry->count))
            return std::unexpected(wrong);
        catalogue_.set_ready(owner);
        if (const char* wrong = save())
            return std::unexpected(wrong);
    }
    constexpr Rights rights = right::Read | right::Write | right::Trim | right::Flush | right::Bind | right::Grant;
    CapabilityInfo about;
    if (!sys::inspect(function_, &about).ok())
        return std::unexpected("an extent could not be made");
    CallResult made =
        sys::derive(function_, Kind::Extent, rights, extent_first(about.first, entry->first), entry->count);
    if (!made.ok())
        return std::unexpected("an extent could not be made");
    return GivenExtent{made.value(), entry->count};
}

const char* SharedDisk::remove(std::string_view owner) {
    return catalogue_.remove(owner) ? save() : "a shared disk has no extent of a name that is to be given up";
}

} // namespace exo::steward
