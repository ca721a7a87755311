// Parsing of `--disk`, and QEMU's words for it.
#include "tools/exo/disk.hpp"

#include "tools/exo/options.hpp"

#include <format>

namespace exo::tool {

namespace {

constexpr std::string_view qemu_prefix = "qemu:", qemu_shared_prefix = "qemu-shared:";

// Up to the next comma that is not doubled; doubled ones become one. Takes what it read off `text`.
std::string next_part(std::string_view& text) {
    std::string part;
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter != ',') {
            part += letter;
        } else if (text.starts_with(',')) {
            part += letter;
            text.remove_prefix(1);
        } else {
            break;
        }
    }
    return part;
}

std::string with_doubled_commas(std::string_view text) {
    std::string value;
    for (const char letter : text)
        value.append(letter == ',' ? 2 : 1, letter);
    return value;
}

} // namespace

Outcome<DiskImage> parse_disk(std::string_view text) {
    DiskImage disk;
    const std::string whole(text);
    for (const std::string_view prefix : {qemu_prefix, qemu_shared_prefix}) {
        if (!text.starts_with(prefix))
            continue;
        disk.path = text.substr(prefix.size());
        disk.in_qemu_words = true;
        disk.shared = prefix == qemu_shared_prefix;
        if (disk.path.empty())
            return usage_error(
                std::format("--disk {0} needs a drive in QEMU's words, such as {0}file=null-co://,format=raw", prefix));
        return disk;
    }
    disk.path = next_part(text);
    if (disk.path.empty())
        return usage_error("--disk needs the name of an image, as IMAGE[,size=SIZE][,ro][,shared[=SIZE]]");
    while (!text.empty()) {
        const std::string option = next_part(text);
        if (option == "ro") {
            disk.read_only = true;
        } else if (option == "virtual") {
            disk.is_virtual = true;
        } else if (option == "shared") {
            disk.shared = true;
        } else if (option.starts_with("shared=")) {
            const auto size = parse_size(std::string_view(option).substr(7));
            if (!size)
                return usage_error(std::format("--disk {}: {}", whole, size.error().sentence));
            disk.shared = true;
            disk.extent_bytes = *size;
        } else if (option.starts_with("size=")) {
            const auto size = parse_size(std::string_view(option).substr(5));
            if (!size)
                return usage_error(std::format("--disk {}: {}", whole, size.error().sentence));
            if (*size < disk_bytes_min || *size % 4096 != 0)
                return usage_error(
                    std::format("--disk {}: the size is not a multiple of 4096 bytes from 1M on", whole));
            disk.create_bytes = *size;
        } else if (const std::size_t equals = option.find('='); equals != std::string::npos && equals != 0) {
            disk.device_properties.push_back(option);
        } else {
            return usage_error(
                std::format("--disk {}: '{}' is none of size=SIZE, ro, shared[=SIZE], virtual and K=V", whole, option));
        }
    }
    if (disk.read_only && disk.shared)
        return usage_error(
            std::format("--disk {}: a disk that is shared keeps a catalogue, so it cannot be read-only", whole));
    if (disk.is_virtual && disk.shared)
        return usage_error(
            std::format("--disk {}: a virtual function has the whole disk, so it is not shared by extents", whole));
    if (disk.read_only && disk.create_bytes)
        return usage_error(std::format("--disk {}: an image that is to be made cannot be read-only", whole));
    return disk;
}

DiskWords disk_words(const DiskImage& disk, std::size_t index) {
    DiskWords words;
    // cache=writeback: a flush of the machine reaches the host's disk, what was not flushed may be lost with the host.
    words.drive = disk.in_qemu_words
                      ? std::format("{},if=none,id=disk{}", disk.path, index)
                      : std::format("file={},format=raw,cache=writeback,discard=unmap,if=none,id=disk{}{}",
                                    with_doubled_commas(disk.path), index, disk.read_only ? ",readonly=on" : "");
    words.device = std::format("nvme,serial=exo-disk-{}", index);
    if (disk.is_virtual) {
        // Queues and interrupts that the primary controller gives away: 8 of each, for its one virtual function.
        words.subsystem = std::format("nvme-subsys,id=subsystem{0},nqn=exo-disk-{0}", index);
        words.device += std::format(",id=nvme{0},subsys=subsystem{0},bus=pcie.0,sriov_max_vfs=1,sriov_vq_flexible=8,"
                                    "sriov_vi_flexible=8,max_ioqpairs=16,msix_qsize=17",
                                    index);
        words.name_space = std::format("nvme-ns,drive=disk{0},bus=nvme{0},nsid=1,shared=on", index);
    } else {
        words.device += std::format(",drive=disk{}", index);
    }
    for (const std::string& property : disk.device_properties)
        (disk.is_virtual ? words.name_space : words.device) += ',' + with_doubled_commas(property);
    return words;
}

std::string disk_access_words(const std::vector<DiskImage>& disks) {
    std::string words;
    for (const DiskImage& disk : disks)
        words += std::string(words.empty() ? "" : " ") + (disk.shared ? "shared" : disk.read_only ? "ro" : "rw");
    return words;
}

} // namespace exo::tool
