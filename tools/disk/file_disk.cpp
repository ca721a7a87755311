// Images by pread and pwrite; a flush is fdatasync.
#include "tools/disk/file_disk.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <sys/stat.h>
#include <unistd.h>

namespace exo::tool {

namespace {

// Takes the locks that QEMU takes on an image: it holds shared locks on octets from 100 on for what it does, and from
// 200 on for what it lets nobody else do. Whoever holds a write lock on all of them excludes it, and every one of us.
bool lock(int file, ImageAccess access) {
    struct flock range = {};
    range.l_type = static_cast<short>(access == ImageAccess::ReadWrite ? F_WRLCK : F_RDLCK);
    range.l_whence = SEEK_SET;
    range.l_start = 100;
    range.l_len = 200;
    if (access == ImageAccess::ReadOnly) {
        // Reading beside a reader is fine; beside one that writes it is not, which shows as its lock on octet 101.
        struct flock writer = {};
        writer.l_type = F_WRLCK;
        writer.l_whence = SEEK_SET;
        writer.l_start = 101;
        writer.l_len = 1;
        if (::fcntl(file, F_OFD_GETLK, &writer) == 0 && writer.l_type != F_UNLCK)
            return false;
        range.l_start = 201; // nobody may begin to write: what QEMU takes for "share no write"
        range.l_len = 1;
    }
    return ::fcntl(file, F_OFD_SETLK, &range) == 0;
}

} // namespace

Outcome<std::unique_ptr<FileDisk>> FileDisk::open(const std::string& path, ImageAccess access) {
    const int file = ::open(path.c_str(), (access == ImageAccess::ReadWrite ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (file < 0)
        return failed(std::format("cannot open {}: {}", path, std::strerror(errno)));
    std::unique_ptr<FileDisk> disk(new FileDisk(file));
    struct stat status = {};
    if (::fstat(file, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)))
        return failed(std::format("{} is neither an ordinary file nor a block device", path));
    if (!lock(file, access))
        return failed(std::format("{} is in use by a running machine or another exo disk", path));
    const off_t end = ::lseek(file, 0, SEEK_END);
    disk->block_count_ = end > 0 ? static_cast<std::uint64_t>(end) / disk->block_bytes_ : 0;
    disk->offers_ = block::disk_offer::volatile_cache;
    if (access == ImageAccess::ReadOnly)
        disk->offers_ |= block::disk_offer::read_only;
    return disk;
}

FileDisk::~FileDisk() {
    ::close(file_);
}

bool FileDisk::read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) {
    while (bytes) {
        const ssize_t count = ::pread(file_, into, bytes, static_cast<off_t>(at));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += static_cast<std::uint64_t>(count);
        into += count;
        bytes -= static_cast<std::size_t>(count);
    }
    return true;
}

bool FileDisk::write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) {
    while (bytes) {
        const ssize_t count = ::pwrite(file_, from, bytes, static_cast<off_t>(at));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += static_cast<std::uint64_t>(count);
        from += count;
        bytes -= static_cast<std::size_t>(count);
    }
    return true;
}

bool FileDisk::flush_octets() {
    return ::fdatasync(file_) == 0;
}

} // namespace exo::tool
