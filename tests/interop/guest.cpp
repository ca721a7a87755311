// Makes the initramfs of a Linux guest for the interop tests and prints the kernel to boot it with:
// interop-guest SCRIPT OUTPUT WORD... The guest runs SCRIPT as its first process, by Debian's static busybox. A word is
// the name of a module to load, or PATH=FILE: a file of this machine to have there.
#include "bench/harness/process.hpp"
#include "bench/linux/guest_command.hpp"
#include "bench/linux/peer_kernel.hpp"
#include "bench/linux/peer_modules.hpp"

#include <cstdio>
#include <span>

namespace {

int fail(const std::string& sentence) {
    std::fprintf(stderr, "interop-guest: %s\n", sentence.c_str());
    return 1;
}

} // namespace

int main(int count, char** words) {
    if (count < 3)
        return fail("usage: interop-guest SCRIPT OUTPUT WORD...");
    std::vector<std::string_view> names;
    std::vector<bench::linux_peer::InitramfsFile> files = {{"bin/busybox", "/bin/busybox"}};
    for (const std::string_view word : std::span(words + 3, words + count)) {
        const std::size_t split = word.find('=');
        if (split == word.npos)
            names.push_back(word);
        else
            files.push_back({std::string(word.substr(0, split)), word.substr(split + 1)});
    }
    const auto kernel = bench::linux_peer::peer_kernel("build");
    if (!kernel)
        return fail(kernel.error());
    const auto modules = bench::linux_peer::peer_modules("build", names);
    if (!modules)
        return fail(modules.error());
    const auto archive = bench::linux_peer::initramfs(words[1], files, *modules);
    if (!archive)
        return fail(archive.error());
    if (const auto written = bench::write_file(words[2], *archive); !written)
        return fail(written.error());
    std::printf("%s\n", kernel->c_str());
    return 0;
}
