// What the steward itself reads and writes of a shared disk: the catalogue, and zeroes over blocks that change hands.
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_layout.hpp"
#include "steward/disks.hpp"

#include <algorithm>

namespace exo::steward {

namespace {

constexpr std::uint64_t blocks_of_command_max = 1u << 16;
constexpr const char* failed = "a shared disk did not carry out a command";

} // namespace

bool SharedDisk::flush() {
    nvme::SubmissionEntry words{};
    words.command = static_cast<std::uint64_t>(nvme::Opcode::Flush);
    return controller_.run(words);
}

const char* SharedDisk::load() {
    static_assert(2 * catalogue_bytes <= disk_layout::buffer_bytes);
    const nvme::NamespaceIdentity& name_space = controller_.name_space();
    const std::uint64_t bytes = 2 * catalogue_bytes;
    if (name_space.blocks * name_space.block_bytes < bytes)
        return "a disk that is to be shared is too small";
    if (!controller_.transfer(nvme::Opcode::Read, 0, static_cast<std::uint32_t>(bytes / name_space.block_bytes)))
        return failed;
    // Safe: two pages of plain data, read whole.
    const auto* copies = reinterpret_cast<const CataloguePage*>(controller_.buffer());
    if (const char* wrong =
            catalogue_.open(std::span<const CataloguePage, 2>(copies, 2), name_space.blocks, name_space.block_bytes))
        return wrong;
    return catalogue_.is_new() ? save() : nullptr;
}

// One copy at a time, flushed before the other is ever touched.
const char* SharedDisk::save() {
    const CataloguePage& page = catalogue_.seal();
    __builtin_memcpy(controller_.buffer(), &page, sizeof page);
    const auto blocks = static_cast<std::uint32_t>(catalogue_bytes / controller_.name_space().block_bytes);
    return flush() && controller_.transfer(nvme::Opcode::Write, catalogue_.copy() * blocks, blocks) && flush() ? nullptr
                                                                                                               : failed;
}

const char* SharedDisk::clean(std::uint64_t first, std::uint64_t count) {
    const nvme::Identity& identity = controller_.identity();
    const nvme::NamespaceIdentity& name_space = controller_.name_space();
    const bool deallocate = identity.deallocates && name_space.deallocated_reads_zero && !identity.write_zeroes;
    const std::uint64_t in_buffer = disk_layout::buffer_bytes / name_space.block_bytes;
    __builtin_memset(controller_.buffer(), 0, disk_layout::buffer_bytes);
    while (count != 0) {
        const bool by_command = identity.write_zeroes || deallocate;
        const auto here = static_cast<std::uint32_t>(std::min(count, by_command ? blocks_of_command_max : in_buffer));
        nvme::SubmissionEntry words{};
        bool done = false;
        if (identity.write_zeroes) {
            words.command = static_cast<std::uint64_t>(nvme::Opcode::WriteZeroes);
            words.dwords10_11 = first;
            words.dwords12_13 = here - 1;
            done = controller_.run(words);
        } else if (deallocate) {
            const nvme::DatasetRange range{0, here, first};
            __builtin_memcpy(controller_.buffer(), &range, sizeof range);
            words.command = static_cast<std::uint64_t>(nvme::Opcode::DatasetManagement);
            words.data[0] = disk_layout::memory_address + disk_layout::buffer_at;
            words.dwords10_11 = nvme::dataset::deallocate;
            done = controller_.run(words);
        } else {
            done = controller_.transfer(nvme::Opcode::Write, first, here);
        }
        if (!done)
            return failed;
        first += here;
        count -= here;
    }
    return flush() ? nullptr : failed;
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
    if (entry->count < bytes / controller_.name_space().block_bytes)
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
