// `exo disk create`: a new image, or a file system on one that is there. Nothing is overwritten unless asked for.
#include "tools/disk/image.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <print>
#include <random>
#include <unistd.h>

namespace exo::tool {

namespace {

// A new file of that size, all zeroes.
Outcome<void> make_file(const std::string& path, std::uint64_t bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return failed(errno == EEXIST ? std::format("{} exists; --force makes an empty file system on it", path)
                                      : std::format("cannot create {}: {}", path, std::strerror(errno)));
    const bool sized = ::ftruncate(file, static_cast<off_t>(bytes)) == 0;
    const int error = errno;
    ::close(file);
    if (sized)
        return {};
    ::unlink(path.c_str());
    return failed(std::format("cannot make {} {} octets long: {}", path, bytes, std::strerror(error)));
}

} // namespace

Outcome<int> create_image(const CreateRequest& request) {
    store::CreateSpec spec;
    if (request.label.size() >= sizeof spec.label)
        return usage_error(std::format("a label has at most {} octets", sizeof spec.label - 1));
    std::ranges::copy(request.label, spec.label);
    std::random_device random;
    for (std::uint8_t& octet : spec.uuid)
        octet = static_cast<std::uint8_t>(random());
    spec.salt = std::uint64_t{random()} << 32 | random();
    spec.now_ns = static_cast<std::uint64_t>(host_clock().now());
    const std::uint64_t least =
        store::segments_begin_bytes + store::page_bytes + std::uint64_t{store::segments_min} * store::segment_bytes_min;
    if (!request.force) {
        if (request.bytes == 0)
            return usage_error("exo disk create needs --size=SIZE for a new image, or --force for one that is there");
        if (request.bytes < least)
            return failed(
                std::format("{}: {} octets are too few; a disk has at least {}", request.path, request.bytes, least));
        if (const auto made = make_file(request.path, request.bytes); !made)
            return std::unexpected(made.error());
    }
    const auto disk = FileDisk::open(request.path, ImageAccess::ReadWrite);
    if (!disk)
        return std::unexpected(disk.error());
    if (const store::Status created = files::Files::create(**disk, spec, host_clock()); !created) {
        if (!request.force)
            ::unlink(request.path.c_str());
        return failed(sentence(request.path, created.error()));
    }
    return 0;
}

} // namespace exo::tool
