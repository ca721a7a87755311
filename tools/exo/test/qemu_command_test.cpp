// The QEMU command line and the kernel's log, the two ends of a machine, without starting one.
#include "tools/exo/kernel_log.hpp"
#include "tools/exo/qemu_command.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace exo::tool;

namespace {

const MachinePaths paths = {"kernel.elf", "boot.cpio", {10, 11, 12, 13, 14}};

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::contains(words, word);
}

} // namespace

TEST_CASE("qemu: every share is a function behind a root port of its own") {
    RunOptions options;
    options.shares = {{"/a,b", ShareAccess::read_only}, {"/c", ShareAccess::read_write}};
    const auto words = qemu_command(options, Accelerator::tcg, paths);
    CHECK(has(words, "local,id=share,path=/a,,b,security_model=none,multidevs=remap,readonly=on"));
    CHECK(has(words, "local,id=share1,path=/c,security_model=none,multidevs=remap"));
    CHECK(has(words, "virtio-9p-pci,disable-legacy=on,iommu_platform=on,fsdev=share1,mount_tag=share1,bus=port3"));
    CHECK(std::ranges::count_if(words, [](const std::string& word) { return word.starts_with("pcie-root-port"); }) ==
          3);
}

TEST_CASE("qemu: further devices and words for the kernel") {
    RunOptions options;
    options.devices = {"edu"};
    CHECK_FALSE(has(qemu_command(options, Accelerator::tcg, paths), "-append"));
    options.kernel_options = "cores=0-0 slot-us=500";
    const auto words = qemu_command(options, Accelerator::tcg, paths);
    CHECK(has(words, "edu,bus=port2"));
    CHECK(has(words, "cores=0-0 slot-us=500"));
}

TEST_CASE("qemu: with a trace, what passes each NIC is recorded") {
    RunOptions options;
    options.interfaces.resize(2);
    options.interfaces[1].wire = Wire::tap;
    options.interfaces[1].place = "tap7";
    CHECK_FALSE(has(qemu_command(options, Accelerator::tcg, paths), "-object"));
    options.capture_prefix = "a,b.json";
    const auto words = qemu_command(options, Accelerator::tcg, paths);
    CHECK(has(words, "filter-dump,id=capture0,netdev=net0,file=a,,b.json.nic0.pcap"));
    CHECK(has(words, "filter-dump,id=capture1,netdev=net1,file=a,,b.json.nic1.pcap"));
    CHECK(has(words, "tap,id=net1,ifname=tap7,script=no,downscript=no,vnet_hdr=off"));
}

TEST_CASE("qemu: accelerators") {
    RunOptions options;
    CHECK(has(qemu_command(options, Accelerator::tcg, paths), "tcg,thread=multi"));
    CHECK(has(qemu_command(options, Accelerator::kvm, paths), "kvm,kernel-irqchip=split"));
    CHECK_FALSE(has(qemu_command(options, Accelerator::tcg, paths), "-icount"));
    options.icount = true;
    CHECK(has(qemu_command(options, Accelerator::tcg, paths), "tcg,thread=single"));
    CHECK(has(qemu_command(options, Accelerator::tcg, paths), "-icount"));
    options.processor = "max,-la57";
    CHECK(has(qemu_command(options, Accelerator::tcg, paths), "max,-la57"));
    options.icount = false;
    CHECK(has(qemu_command(options, Accelerator::tcg, paths), "max,-la57"));
    CHECK_FALSE(has(qemu_command(options, Accelerator::kvm, paths), "max,-la57"));
}

TEST_CASE("qemu: the command line can be pasted into a shell") {
    CHECK(shell_line({"a", "b c", "it's", ""}) == "a 'b c' 'it'\\''s' ''");
}

TEST_CASE("log: the exit status is found however the bytes arrive") {
    const std::string text = "boot\r\nexo: exit status 139\r\nbye\n";
    for (std::size_t split = 0; split <= text.size(); ++split) {
        KernelLog log;
        log.append(std::string_view(text).substr(0, split));
        log.append(std::string_view(text).substr(split));
        log.close();
        CHECK(log.exit_status() == 139);
        CHECK(log.tail(2) == "exo: exit status 139\nbye\n");
    }
}

TEST_CASE("log: what only resembles an exit status is none") {
    for (const char* line : {"exo: exit status 256\n", "exo: exit status -1\n", "exo: exit status 1 maybe\n",
                             " exo: exit status 1\n", "exo: exit status \n", "x"}) {
        KernelLog log;
        log.append(line);
        log.close();
        CHECK_FALSE(log.exit_status());
    }
}

TEST_CASE("log: neither long lines nor many lines take more than their share") {
    KernelLog log;
    log.append(std::string(10 * KernelLog::line_size_max, 'a'));
    for (int line = 0; line < 2000; ++line)
        log.append("line\n");
    log.close();
    const std::string all = log.tail(100'000);
    CHECK(std::ranges::count(all, '\n') == static_cast<std::ptrdiff_t>(KernelLog::lines_max));
}
