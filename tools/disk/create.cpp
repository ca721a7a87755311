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

namespace {

std::uint64_t least_bytes(unsigned data_disks) {
    constexpr std::uint64_t ends = store::segments_begin_bytes + 2 * store::page_bytes;
    if (data_disks == 0)
        return ends - store::page_bytes + std::uint64_t{store::segments_min} * store::segment_bytes_min;
    const store::Geometry least = store::Geometry::of_set(0, data_disks);
    return ends + std::uint64_t{store::segments_min} * least.segment_bytes / data_disks;
}

Outcome<void> make_images(const CreateRequest& request, const store::CreateSpec& spec) {
    std::vector<std::unique_ptr<FileDisk>> disks;
    std::vector<block::Device*> devices;
    for (const std::string& path : request.paths) {
        auto disk = FileDisk::open(path, ImageAccess::ReadWrite);
        if (!disk)
            return std::unexpected(disk.error());
        devices.push_back(disk->get());
        disks.push_back(std::move(*disk));
    }
    if (const store::Status created = files::Files::create(devices, spec, host_clock()); !created)
        return failed(sentence(names_of(request.paths), created.error()));
    return {};
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
    spec.data_disks = request.data_disks;
    spec.parity_disks = request.parity_disks;
    spec.compress = request.compress;
    const std::size_t disks = request.data_disks ? request.data_disks + request.parity_disks : 1;
    if (request.paths.size() != disks)
        return usage_error(request.data_disks
                               ? std::format("a set {}+{} has {} disks, not {}", request.data_disks,
                                             request.parity_disks, disks, request.paths.size())
                               : "several images are a set: exo disk create needs --code=K+M to know of what kind");
    const std::uint64_t least = least_bytes(request.data_disks);
    Paths made;
    const auto remove_made = [&] {
        for (const std::string& path : made)
            ::unlink(path.c_str());
    };
    if (!request.force) {
        if (request.bytes == 0)
            return usage_error("exo disk create needs --size=SIZE for a new image, or --force for one that is there");
        if (request.bytes < least)
            return failed(std::format("{}: {} octets are too few; a disk has at least {}", names_of(request.paths),
                                      request.bytes, least));
        for (const std::string& path : request.paths) {
            if (const auto file = make_file(path, request.bytes); !file) {
                remove_made();
                return std::unexpected(file.error());
            }
            made.push_back(path);
        }
    }
    const auto created = make_images(request, spec);
    if (created)
        return 0;
    remove_made();
    return std::unexpected(created.error());
}

} // namespace exo::tool
