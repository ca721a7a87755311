// Facts of 9P2000.L: message numbers, sizes and flags. All integers are little-endian and unaligned on the wire;
// a string is a 16-bit length and its bytes. No behaviour; the messages are built and read in client.hpp's files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::ninep {

inline constexpr std::string_view protocol_version = "9P2000.L";

// Requests; the reply to request n is n + 1.
enum class MessageType : std::uint8_t {
    Error = 6, // only as the reply, 7
    StatFs = 8,
    Open = 12,
    Create = 14,
    Symlink = 16,
    MakeNode = 18,
    ReadLink = 22,
    GetAttributes = 24,
    SetAttributes = 26,
    ReadDirectory = 40,
    Fsync = 50,
    Lock = 52,
    GetLock = 54,
    Link = 70,
    MakeDirectory = 72,
    RenameAt = 74,
    UnlinkAt = 76,
    Version = 100,
    Attach = 104,
    Flush = 108,
    Walk = 110,
    Read = 116,
    Write = 118,
    Clunk = 120,
    Remove = 122,
};
constexpr std::uint8_t request_number(MessageType type) {
    return static_cast<std::uint8_t>(type);
}
constexpr std::uint8_t reply_number(MessageType type) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(type) + 1);
}

inline constexpr std::size_t header_bytes = 7; // size[4] type[1] tag[2]
inline constexpr std::size_t error_reply_bytes = header_bytes + 4;
// A read reply or write request has its payload after this much: read size..count, write size..offset..count.
inline constexpr std::size_t read_reply_bytes = header_bytes + 4;
inline constexpr std::size_t write_request_bytes = header_bytes + 4 + 8 + 4;
inline constexpr std::size_t payload_overhead = 24; // what servers keep of a message for its header

inline constexpr std::uint16_t no_tag = 0xffff; // of Version
inline constexpr std::uint32_t no_fid = 0xffff'ffff;
inline constexpr std::size_t walk_names_max = 16;
inline constexpr std::uint32_t message_bytes_min = 4096; // servers refuse less
inline constexpr std::uint32_t message_bytes_max = 512 * 1024;

namespace qid_type {
inline constexpr std::uint8_t directory = 0x80;
inline constexpr std::uint8_t symlink = 0x02;
} // namespace qid_type

// The server's name for a file; equal paths are the same file.
struct Qid {
    std::uint8_t type = 0;
    std::uint32_t version = 0;
    std::uint64_t path = 0;

    bool is_directory() const { return (type & qid_type::directory) != 0; }
    bool is_symlink() const { return (type & qid_type::symlink) != 0; }
};
inline constexpr std::size_t qid_bytes = 13;

// Bits of GetAttributes and of Attributes::valid.
namespace attribute {
inline constexpr std::uint64_t mode = 1u << 0;
inline constexpr std::uint64_t links = 1u << 1;
inline constexpr std::uint64_t user = 1u << 2;
inline constexpr std::uint64_t group = 1u << 3;
inline constexpr std::uint64_t device = 1u << 4;
inline constexpr std::uint64_t accessed = 1u << 5;
inline constexpr std::uint64_t modified = 1u << 6;
inline constexpr std::uint64_t changed = 1u << 7;
inline constexpr std::uint64_t inode = 1u << 8;
inline constexpr std::uint64_t size = 1u << 9;
inline constexpr std::uint64_t blocks = 1u << 10;
inline constexpr std::uint64_t basic = 0x7ff;
} // namespace attribute

// Bits of SetAttributes.
namespace set_attribute {
inline constexpr std::uint32_t mode = 1u << 0;
inline constexpr std::uint32_t user = 1u << 1;
inline constexpr std::uint32_t group = 1u << 2;
inline constexpr std::uint32_t size = 1u << 3;
inline constexpr std::uint32_t accessed = 1u << 4; // to now, unless accessed_given
inline constexpr std::uint32_t modified = 1u << 5;
inline constexpr std::uint32_t changed = 1u << 6;
inline constexpr std::uint32_t accessed_given = 1u << 7;
inline constexpr std::uint32_t modified_given = 1u << 8;
} // namespace set_attribute

namespace lock_type {
inline constexpr std::uint8_t read = 0;
inline constexpr std::uint8_t write = 1;
inline constexpr std::uint8_t unlock = 2;
} // namespace lock_type

enum class LockStatus : std::uint8_t { Success = 0, Blocked = 1, Error = 2, Grace = 3 };

namespace unlink_flag {
inline constexpr std::uint32_t remove_directory = 0x200; // AT_REMOVEDIR
}

} // namespace exo::ninep
