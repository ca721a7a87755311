// The one descriptor table. Interface: descriptors.hpp.
#include "libos-hpc/file/descriptors.hpp"

#include "libos-hpc/console/console_file.hpp"

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit DescriptorTable table;

} // namespace

DescriptorTable& descriptors() {
    return table;
}

bool open_descriptors() {
    struct {
        Stream stream;
        std::uint32_t flags;
    } constexpr standard[] = {{Stream::Input, linux_abi::open_flag::read_only},
                              {Stream::Output, linux_abi::open_flag::write_only},
                              {Stream::Error, linux_abi::open_flag::write_only}};
    int number = 0;
    for (const auto& one : standard) {
        auto file = make<ConsoleFile>(one.stream, one.flags);
        if (!file || !table.put(number++, Ref<File>(file), false))
            return false;
    }
    return true;
}

} // namespace exo::hpc
