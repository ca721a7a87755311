// Writes the boot manifest. Nothing is escaped twice and nothing is quoted: a value is percent-encoded or plain.
#include "tools/exo/manifest.hpp"

#include <format>

namespace exo::tool {

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte > 0x20 && byte < 0x7f && byte != '%')
            encoded += character;
        else
            encoded += std::format("%{:02X}", byte);
    }
    return encoded;
}

std::string share_tag(std::size_t index) {
    return index == 0 ? "share" : std::format("share{}", index);
}

std::string write_manifest(const RunOptions& options, std::string_view program) {
    std::string text;
    // First of all: on the root bus these come before other disks.
    for (const DiskImage& disk : options.disks)
        if (disk.is_virtual)
            text += std::format("primary {}\n", disk_function);
    text += std::format("program {}\nname {}\n", percent_encode(program), percent_encode(options.program));
    for (const std::string& argument : options.arguments)
        text += std::format("arg {}\n", percent_encode(argument));
    for (const std::string& variable : options.environment)
        text += std::format("env {}\n", percent_encode(variable));
    if (!options.interfaces.empty())
        text += std::format("env {}\n", percent_encode("EXO_IP=" + address_words(options.interfaces)));
    if (!options.disks.empty())
        text += std::format("env {}\n", percent_encode("EXO_DISKS=" + disk_access_words(options.disks)));
    text += std::format("vcores {}\n", options.vcores);
    text += "memory all\n";
    for (std::size_t index = 0; index < options.shares.size(); ++index) {
        const bool read_only = options.shares[index].access == ShareAccess::read_only;
        text += std::format("share {} {}\n", share_tag(index), read_only ? "ro" : "rw");
    }
    text += "console virtio\n";
    // Functions are granted in this order, and of a kind the first free one is taken: the one of the lowest PCI
    // address.
    std::size_t nic = 0;
    for (const NetInterface& interface : options.interfaces) {
        if (!interface.by_flows) {
            text += std::format("function {}\n", function_of(interface));
            continue;
        }
        const std::string address = interface.address.substr(0, interface.address.find('/'));
        text += std::format("nic {}\n", function_of(interface));
        for (const std::string_view type : {"arp", "ipv4"})
            text += std::format("flow {} ether={} local={}\n", nic, type, address);
        ++nic;
    }
    std::size_t shared_disk = 0;
    for (const DiskImage& disk : options.disks) {
        if (!disk.shared) {
            text += std::format("{} {}\n", disk.is_virtual ? "virtual-function" : "function", disk_function);
            continue;
        }
        text += std::format("disk {}\n", disk_function);
        text += disk.extent_bytes ? std::format("extent {} {}\n", shared_disk, disk.extent_bytes)
                                  : std::format("extent {} all\n", shared_disk);
        ++shared_disk;
    }
    text += std::format("trace {}\n", options.trace_file ? "on" : "off");
    for (const std::string& line : options.manifest_lines)
        text += line + '\n';
    return text;
}

} // namespace exo::tool
