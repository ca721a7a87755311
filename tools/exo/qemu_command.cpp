// The reference machine: q35 with a VT-d IOMMU and interrupt remapping, nothing by default,
// and every device a virtio 1.x function behind a PCI Express root port of its own, hence in an IOMMU group of its own.
#include "tools/exo/qemu_command.hpp"

#include "tools/exo/manifest.hpp"

#include <algorithm>
#include <filesystem>
#include <format>

namespace exo::tool {

namespace {

using Words = std::vector<std::string>;

void add(Words& words, std::initializer_list<std::string> more) {
    words.insert(words.end(), more);
}

void add_accelerator(Words& words, const RunOptions& options, Accelerator accelerator) {
    if (accelerator == Accelerator::kvm) {
        // Interrupt remapping needs the I/O APIC in QEMU, the local APICs may stay in KVM.
        add(words, {"-accel", "kvm,kernel-irqchip=split", "-cpu", "host"});
    } else if (options.icount) {
        add(words, {"-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-cpu", options.processor});
    } else {
        add(words, {"-accel", "tcg,thread=multi", "-cpu", options.processor});
    }
}

void add_root_port(Words& words, unsigned& ports, std::string_view device) {
    ++ports;
    add(words, {"-device", std::format("pcie-root-port,id=port{0},bus=pcie.0,chassis={0}", ports)});
    add(words, {"-device", std::format("{},bus=port{}", device, ports)});
}

// QEMU's main loop looks at all it waits for each time it carries a packet: pipes that are written to and doorbells
// that the core delivers itself are not among that.
void add_streams(Words& words, const MachinePaths& paths, unsigned& ports) {
    for (std::size_t index = 0; index < stream_count; ++index) {
        const bool from_host = index == static_cast<std::size_t>(Stream::standard_input);
        add(words, {"-chardev", std::format("{},id={},{}{}", from_host ? "socket" : "file", stream_names[index],
                                            from_host ? "fd=" : "path=/dev/fd/", paths.descriptors[index])});
    }
    add(words, {"-serial", std::format("chardev:{}", stream_names[0])});
    add_root_port(words, ports,
                  std::format("virtio-serial-pci,id=console,disable-legacy=on,iommu_platform=on,ioeventfd=off,"
                              "max_ports={}",
                              stream_count));
    // Port 0 is reserved for a console proper, so the streams are ports 1 and up.
    for (std::size_t index = 1; index < stream_count; ++index)
        add(words, {"-device", std::format("virtserialport,bus=console.0,nr={},chardev={},name={}", index,
                                           stream_names[index], stream_names[index])});
}

// In a QEMU option list a comma inside a value is written twice.
std::string option_value(std::string_view text) {
    std::string value;
    for (const char character : text)
        value.append(character == ',' ? 2 : 1, character);
    return value;
}

void add_shares(Words& words, const RunOptions& options, unsigned& ports) {
    for (std::size_t index = 0; index < options.shares.size(); ++index) {
        const Share& share = options.shares[index];
        const std::string tag = share_tag(index);
        // security_model=none: files on the host are ordinary files of the user who runs QEMU.
        add(words, {"-fsdev", std::format("local,id={},path={},security_model=none,multidevs=remap{}", tag,
                                          option_value(share.path),
                                          share.access == ShareAccess::read_only ? ",readonly=on" : "")});
        add_root_port(words, ports,
                      std::format("virtio-9p-pci,disable-legacy=on,iommu_platform=on,fsdev={0},mount_tag={0}", tag));
    }
}

// Root ports get ascending PCI addresses, so NICs of one kind are found in the order of --net.
void add_interfaces(Words& words, const RunOptions& options, unsigned& ports) {
    for (std::size_t index = 0; index < options.interfaces.size(); ++index) {
        NetWords net = net_words(options.interfaces, index);
        // QEMU's recorder takes the header that a tap's frames may have for a part of them.
        if (options.capture_prefix && options.interfaces[index].wire == Wire::tap)
            net.netdev += ",vnet_hdr=off";
        add(words, {"-netdev", net.netdev});
        add_root_port(words, ports, net.device);
        if (options.capture_prefix)
            add(words, {"-object", std::format("filter-dump,id=capture{0},netdev=net{0},file={1}", index,
                                               option_value(capture_file(*options.capture_prefix, index)))});
    }
}

void add_disks(Words& words, const RunOptions& options, unsigned& ports) {
    for (std::size_t index = 0; index < options.disks.size(); ++index) {
        const DiskWords disk = disk_words(options.disks[index], index);
        add(words, {"-drive", disk.drive});
        if (disk.subsystem.empty()) {
            add_root_port(words, ports, disk.device);
            continue;
        }
        for (const std::string& device : {disk.subsystem, disk.device, disk.name_space})
            add(words, {"-device", device});
    }
}

// TCG leaves memory barriers out where a machine can have no second processor, although its disks and NICs run
// beside it in threads of QEMU's own: QEMU 7.2 loses doorbells that a driver passes in memory then. Room for one more
// processor keeps the barriers.
std::string processors(const RunOptions& options) {
    const bool devices = !options.disks.empty() || !options.interfaces.empty();
    const bool alone = options.vcores == 1 && devices && !options.icount;
    return std::format("{}{}", options.vcores, alone ? ",maxcpus=2" : "");
}

std::string kernel_words(const RunOptions& options) {
    std::string text = options.kernel_options;
    if (std::ranges::any_of(options.disks, &DiskImage::is_virtual))
        text += std::format("{}{}", text.empty() ? "" : " ", virtual_function_options);
    return text;
}

bool needs_quotes(std::string_view word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:@%";
    return word.empty() || word.find_first_not_of(plain) != std::string_view::npos;
}

} // namespace

std::vector<std::string> qemu_command(const RunOptions& options, Accelerator accelerator, const MachinePaths& paths) {
    Words words = {std::string(qemu_program), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"};
    add(words, {"-machine", "q35"});
    add_accelerator(words, options, accelerator);
    add(words, {"-m", std::format("{}k", options.memory_bytes >> 10), "-smp", processors(options)});
    add(words, {"-kernel", paths.kernel, "-initrd", paths.archive});
    if (const std::string kernel = kernel_words(options); !kernel.empty())
        add(words, {"-append", kernel});
    add(words, {"-device", "isa-debug-exit,iobase=0xf4,iosize=4"});
    add(words, {"-device", "intel-iommu,intremap=on,caching-mode=off"});
    unsigned ports = 0;
    add_streams(words, paths, ports);
    add_shares(words, options, ports);
    add_interfaces(words, options, ports);
    add_disks(words, options, ports);
    for (const std::string& device : options.devices)
        add_root_port(words, ports, device);
    if (options.gdb)
        add(words, {"-s", "-S"});
    return words;
}

std::string capture_file(const std::string& prefix, std::size_t index) {
    return std::format("{}.nic{}.pcap", prefix, index);
}

std::string shell_line(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty())
            line += ' ';
        if (!needs_quotes(word)) {
            line += word;
            continue;
        }
        line += '\'';
        for (const char character : word)
            line += character == '\'' ? std::string("'\\''") : std::string(1, character);
        line += '\'';
    }
    return line;
}

} // namespace exo::tool
