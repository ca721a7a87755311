// Checks of `--disk` against the host. See disk_host.hpp.
#include "tools/exo/disk_host.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <sys/stat.h>
#include <unistd.h>

namespace exo::tool {

namespace {

// A descriptor that closes itself.
struct Descriptor {
    explicit Descriptor(int number) : number(number) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0)
            ::close(number);
    }
    int number;
};

// QEMU holds read locks on single octets of an image that it has open.
bool is_locked(int descriptor) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

} // namespace

Outcome<void> check_disk_host(const DiskImage& disk) {
    if (disk.in_qemu_words)
        return {};
    struct stat about = {};
    if (::stat(disk.path.c_str(), &about) != 0) {
        if (errno != ENOENT)
            return failed(std::format("cannot look at the disk image {}: {}", disk.path, std::strerror(errno)));
        if (disk.create_bytes)
            return {};
        return failed(std::format("the disk image does not exist: {0}; --disk {0},size=1G makes one", disk.path));
    }
    if (!S_ISREG(about.st_mode))
        return failed(std::format("what is to be a disk is no plain file: {}", disk.path));
    if (static_cast<std::uint64_t>(about.st_size) < disk_bytes_min || about.st_size % 512 != 0)
        return failed(
            std::format("the disk image is not a whole number of 512-byte blocks from 1 MiB on: {}", disk.path));
    const Descriptor image(::open(disk.path.c_str(), (disk.read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
    if (image.number < 0 && (errno == EACCES || errno == EROFS || errno == EPERM) && !disk.read_only)
        return failed(std::format("the disk image is read-only here; use it as {0},ro: {0}", disk.path));
    if (image.number < 0)
        return failed(std::format("cannot open the disk image {}: {}", disk.path, std::strerror(errno)));
    // A lock for writing can only be asked about on a descriptor that can write.
    if (!disk.read_only && is_locked(image.number))
        return failed(std::format("the disk image is in use by a running machine: {}", disk.path));
    return {};
}

Outcome<void> create_disk(const DiskImage& disk) {
    if (!disk.create_bytes)
        return {};
    const Descriptor image(::open(disk.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (image.number < 0 && errno == EEXIST)
        return {};
    if (image.number < 0 || ::ftruncate(image.number, static_cast<off_t>(*disk.create_bytes)) != 0) {
        const int error = errno;
        if (image.number >= 0)
            ::unlink(disk.path.c_str());
        return failed(std::format("cannot make the disk image {}: {}", disk.path, std::strerror(error)));
    }
    return {};
}

} // namespace exo::tool
