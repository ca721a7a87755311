// The program's memory as system calls see it: addresses that are claims until a copy succeeds or a range was checked.
// Small structures are copied (and a bad address is EFAULT); buffers are checked against the address space once and
// then used in place, since nobody but the program itself can take them away meanwhile.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos-hpc/linux/errors.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/upcall/user_memory.hpp"

#include <string_view>

namespace exo::hpc {

// Where the program says a T, or an array of T, lies.
template <typename T>
struct User {
    std::uint64_t address;

    explicit operator bool() const { return address != 0; }
    [[nodiscard]] bool load(T& value) const { return copy_from_user(&value, address, sizeof(T)); }
    [[nodiscard]] bool store(const T& value) const { return copy_to_user(address, &value, sizeof(T)); }
    User at(std::size_t index) const { return {address + index * sizeof(T)}; }
};

// Most bytes one read or write moves (read(2), NOTES).
inline constexpr std::size_t transfer_bytes_max = 0x7fff'f000;

// A buffer that the program lets be written, or read. Errors: FAULT.
inline Outcome<ReadBuffer> buffer_to_fill(std::uint64_t address, std::size_t bytes) {
    if (bytes > transfer_bytes_max)
        bytes = transfer_bytes_max;
    if (bytes && !address_space().allows(address, bytes, right::Write))
        return fail(Errno::FAULT);
    // Safe: inside regions the program may write.
    return ReadBuffer(reinterpret_cast<std::byte*>(address), bytes);
}
inline Outcome<WriteBuffer> buffer_to_read(std::uint64_t address, std::size_t bytes) {
    if (bytes > transfer_bytes_max)
        bytes = transfer_bytes_max;
    if (bytes && !address_space().allows(address, bytes, right::Read))
        return fail(Errno::FAULT);
    // Safe: inside regions the program may read.
    return WriteBuffer(reinterpret_cast<const std::byte*>(address), bytes);
}

// A path or other string of the program, copied. Lives on the kit stack.
class UserString {
public:
    // Errors: FAULT, NAMETOOLONG.
    Done load(std::uint64_t address) {
        std::int64_t length = copy_string_from_user(text_, address, sizeof text_);
        if (length < 0)
            return fail(Errno::FAULT);
        if (static_cast<std::size_t>(length) >= sizeof text_)
            return fail(Errno::NAMETOOLONG);
        length_ = static_cast<std::size_t>(length);
        return {};
    }
    std::string_view view() const { return {text_, length_}; }

private:
    char text_[linux_abi::path_bytes_max];
    std::size_t length_ = 0;
};

} // namespace exo::hpc
