// Opens the disk of the machine and runs every case on it, one line each. Arguments: "count", only count instructions;
// "errors" and "slow", only the cases that want errors, or a slow disk, beneath the disk; "hung", "neighbour",
// "leaving": those of a disk that hangs; "mark", "marked", "zero": see marks; "virtual": all, on a virtual function.
#include "secure-bindings/abi/info.hpp"
#include "tests/disk/check.hpp"

#include <string_view>

namespace disk_tests {

Command transfer(Operation operation, std::uint64_t first_block, std::uint32_t blocks, const Piece& piece) {
    Command command;
    command.operation = operation;
    command.first_block = first_block;
    command.block_count = blocks;
    command.piece = piece;
    return command;
}

Status run(Device& disk, const Command& command) {
    if (!LAB_CHECK(disk.submit({&command, 1}) == 1))
        return Status::Gone;
    const std::uint64_t deadline = exo::deadline_in_ns(60'000'000'000);
    Completion done;
    while (disk.poll({&done, 1}) == 0)
        if (!LAB_CHECK(exo::tsc() < deadline))
            return Status::Gone;
    LAB_CHECK(done.tag == command.tag);
    return done.status;
}

void fill_block(std::byte* place, std::uint32_t bytes, std::uint64_t block, std::uint64_t generation) {
    auto* const words = reinterpret_cast<std::uint64_t*>(place); // Safe: blocks are aligned to 512.
    for (std::uint32_t word = 0; word < bytes / 8; ++word)
        words[word] = (block << 20 | word) * 0x9e37'79b9'7f4a'7c15 + generation;
}

bool is_block(const std::byte* place, std::uint32_t bytes, std::uint64_t block, std::uint64_t generation) {
    const auto* const words = reinterpret_cast<const std::uint64_t*>(place); // Safe: as above.
    for (std::uint32_t word = 0; word < bytes / 8; ++word)
        if (words[word] != (block << 20 | word) * 0x9e37'79b9'7f4a'7c15 + generation)
            return false;
    return true;
}

} // namespace disk_tests

// What stays from boot to boot: "mark" writes every fourth page of the disk, "marked" finds it so, "zero" finds that
// nothing was ever written. One line as of a case.
static bool marks(disk_tests::Device& disk, std::string_view wanted) {
    using namespace disk_tests;
    constexpr std::uint32_t page = 4096;
    const std::uint32_t block = disk.block_bytes(), blocks = page / block;
    const Buffer memory(disk, page);
    bool right = true;
    for (std::uint64_t at = 0; at < disk.block_count() / blocks && right; at += 4) {
        for (std::uint32_t part = 0; part < blocks && wanted == "mark"; ++part)
            fill_block(memory.address() + part * block, block, at * blocks + part, 17);
        const Operation operation = wanted == "mark" ? Operation::Write : Operation::Read;
        right = run(disk, transfer(operation, at * blocks, blocks, memory.piece(0, page))) == Status::Done;
        for (std::uint32_t part = 0; part < blocks && wanted == "marked"; ++part)
            right = right && is_block(memory.address() + part * block, block, at * blocks + part, 17);
        for (std::uint32_t octet = 0; octet < page && wanted == "zero"; ++octet)
            right = right && memory.address()[octet] == std::byte{0};
    }
    if (wanted == "mark")
        right = right && run(disk, transfer(Operation::Flush, 0, 0, {})) == Status::Done;
    exo::log_line({{right ? "ok extent: " : "FAILED extent: "}, {wanted.data()}});
    return right;
}

// Whether what was granted of disks is one virtual function, and no physical one. One line as of a case.
static bool has_virtual_function(const exo::StartInfo& start) {
    constexpr std::uint32_t nvme_class = 0x010802;
    // Safe: mapped read only in every environment.
    const auto* const infos = reinterpret_cast<const exo::DeviceInfo*>(exo::info_devices);
    unsigned disks = 0, virtuals = 0;
    for (std::size_t index = 0; index < start.function_count; ++index) {
        const exo::DeviceInfo& info = infos[start.functions[index].index];
        disks += info.class_code == nvme_class;
        virtuals += info.class_code == nvme_class && (info.flags & exo::device_flag::is_virtual) != 0;
    }
    const bool right = disks == 1 && virtuals == 1;
    exo::log_line({{right ? "ok" : "FAILED"}, {" disk: it is a virtual function"}});
    return right;
}

int exo_main(const exo::StartInfo& start) {
    using namespace disk_tests;
    const std::string_view wanted = start.argument_count > 1 ? exo::start_list_string(start.arguments_offset, 1) : "";
    exo::block::OpenedDisk opened[1];
    exo::block::DiskWishes wishes;
    if (wanted == "slow")
        wishes.limit_us = 500'000;
    if (wanted == "hung")
        wishes.limit_us = 1'000'000;
    const std::size_t count = exo::block::open_disks(opened, wishes);
    if (count != 1 || !opened[0].device) {
        exo::log_line({{"FAILED a disk: "}, {opened[0].problem ? opened[0].problem : "none was granted"}});
        return 1;
    }
    Device& disk = *opened[0].device;
    if (wanted == "count") {
        count_instructions(disk);
        return 0;
    }
    if (wanted == "mark" || wanted == "marked" || wanted == "zero")
        return marks(disk, wanted) ? 0 : 1;
    if (wanted == "errors")
        return lab::run_cases(error_cases, disk) ? 1 : 0;
    if (wanted == "slow")
        return lab::run_cases(slow_cases, disk) ? 1 : 0;
    if (wanted == "hung")
        return lab::run_cases(hung_cases, disk) ? 1 : 0;
    if (wanted == "neighbour")
        return lab::run_cases(neighbour_cases, disk) ? 1 : 0;
    if (wanted == "leaving")
        return lab::run_cases(leaving_cases, disk) ? 1 : 0;
    if (wanted == "virtual" && !has_virtual_function(start))
        return 1;
    // An extent has no controller to listen to.
    const bool owned = start.extent_count == 0;
    unsigned failed = lab::run_cases(data_cases, disk) + (owned ? lab::run_cases(event_cases, disk) : 0) +
                      lab::run_cases(refusal_cases, disk) + lab::run_cases(kernel_cases, disk);
    if (!owned)
        failed += lab::run_cases(taken_cases, disk);
    return failed ? 1 : 0;
}
