// A disk image, or a block device of the host, as a disk of the library OS's store. Locked while it is open, so that no
// two programs have it at once; QEMU takes locks of the same kind.
#pragma once

#include "libos/host-double/direct_disk.hpp"
#include "tools/exo/outcome.hpp"

#include <memory>

namespace exo::tool {

enum class ImageAccess : std::uint8_t { ReadOnly, ReadWrite };

class FileDisk final : public block::DirectDisk {
public:
    // Opens an existing image. Fails when it is missing, no ordinary file, in use, or read-only and should be written.
    static Outcome<std::unique_ptr<FileDisk>> open(const std::string& path, ImageAccess access);
    ~FileDisk();
    FileDisk(const FileDisk&) = delete;
    FileDisk& operator=(const FileDisk&) = delete;

protected:
    bool read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) override;
    bool write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) override;
    bool flush_octets() override;

private:
    explicit FileDisk(int file) : file_(file) {}
    int file_;
};

} // namespace exo::tool
