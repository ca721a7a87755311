// The record that QEMU's blklogwrites keeps of everything a machine writes to a disk and flushes, in the format of
// Linux' dm-log-writes: a sector that says what it is, then a sector an entry with the octets behind it. An entry
// stands there when its command has ended. QEMU's NVMe controller does not heed FUA, so nothing here is marked with it.
#pragma once

#include "tests/unit/store/disks.hpp"

#include <expected>
#include <filesystem>
#include <string>

namespace power_cuts {

// The error is a sentence.
std::expected<std::vector<store_test::Event>, std::string> read_write_log(const std::filesystem::path& path);

} // namespace power_cuts
