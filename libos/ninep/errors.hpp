// Results of 9P operations: a value or a Linux error number, from the server or from the client itself.
#pragma once

#include <cstdint>
#include <expected>

namespace exo::ninep {

// A positive Linux error number.
struct [[nodiscard]] Errno {
    int number;
    friend constexpr bool operator==(Errno, Errno) = default;
};

template <typename T>
using Result = std::expected<T, Errno>;

// Those the client itself returns (Linux asm-generic/errno-base.h, errno.h).
namespace error_number {
inline constexpr Errno not_found{2};        // ENOENT
inline constexpr Errno input_output{5};     // EIO: the reply made no sense, or the connection is broken
inline constexpr Errno again{11};           // EAGAIN: every exchange is in use
inline constexpr Errno not_a_directory{20}; // ENOTDIR
inline constexpr Errno invalid{22};         // EINVAL
inline constexpr Errno too_many_files{23};  // ENFILE: every fid is in use
inline constexpr Errno name_too_long{36};   // ENAMETOOLONG: the request does not fit into a message
inline constexpr Errno too_many_links{40};  // ELOOP: a symbolic link stands in the middle of the path
inline constexpr Errno not_supported{95};   // EOPNOTSUPP: the server speaks another protocol
inline constexpr Errno timed_out{110};      // ETIMEDOUT
inline constexpr int highest = 4095;
} // namespace error_number

} // namespace exo::ninep
