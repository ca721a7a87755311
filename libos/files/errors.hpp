// What file operations fail with: Linux' error numbers, so that a personality passes them on as they are.
#pragma once

#include "libos/store/problem.hpp"

#include <cstdint>
#include <expected>

namespace exo::files {

enum class [[nodiscard]] FileError : std::int32_t {
    NoEntry = 2,       // ENOENT
    Io = 5,            // EIO: the disk failed, or gave something else than was written
    NoSuchOffset = 6,  // ENXIO: no data, or no hole, from there on
    NoMemory = 12,     // ENOMEM
    Exists = 17,       // EEXIST
    NotDirectory = 20, // ENOTDIR
    IsDirectory = 21,  // EISDIR
    Invalid = 22,      // EINVAL
    FileTooBig = 27,   // EFBIG
    NoSpace = 28,      // ENOSPC
    ReadOnly = 30,     // EROFS
    TooManyLinks = 31, // EMLINK
    NameTooLong = 36,  // ENAMETOOLONG
    NotEmpty = 39,     // ENOTEMPTY
    NotPermitted = 1,  // EPERM: a hard link to a directory
};

template <typename T>
using Result = std::expected<T, FileError>;
using Status = std::expected<void, FileError>;

constexpr std::unexpected<FileError> fail(FileError error) {
    return std::unexpected<FileError>(error);
}
FileError error_of(store::Problem problem);

} // namespace exo::files
