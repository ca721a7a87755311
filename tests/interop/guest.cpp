// Makes the initramfs of a Linux guest for the interop tests and prints the kernel to boot it with:
// interop-guest SCRIPT OUTPUT MODULE... The guest runs SCRIPT as its first process, by Debian's static busybox.
#include "bench/harness/process.hpp"
#include "bench/linux/guest_command.hpp"
#include "bench/linux/peer_kernel.hpp"
#include "bench/linux/peer_modules.hpp"

#include <cstdio>

namespace {

int fail(const std::string& sentence) {
    std::fprintf(stderr, "interop-guest: %s\n", sentence.c_str());
    return 1;
}

} // namespace

int main(int count, char** words) {
    if (count < 3)
        return fail("usage: interop-guest SCRIPT OUTPUT MODULE...");
    const std::vector<std::string_view> names(words + 3, words + count);
    const auto kernel = bench::linux_peer::peer_kernel("build");
    if (!kernel)
        return fail(kernel.error());
    const auto modules = bench::linux_peer::peer_modules("build", names);
    if (!modules)
        return fail(modules.error());
    const auto archive = bench::linux_peer::initramfs(
        words[1], {{"bin/busybox", "/bin/busybox"}, {"bin/udp-peer", "build/tests/interop/udp-peer"}}, *modules);
    if (!archive)
        return fail(archive.error());
    if (const auto written = bench::write_file(words[2], *archive); !written)
        return fail(written.error());
    std::printf("%s\n", kernel->c_str());
    return 0;
}
