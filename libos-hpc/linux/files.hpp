// Linux file structures and flags of x86-64: stat(2), statx(2), getdents(2), open(2), fcntl(2), poll(2). Facts only.
#pragma once

#include "libos-hpc/linux/time.hpp"

#include <cstddef>
#include <cstdint>

namespace exo::linux_abi {

namespace open_flag {
inline constexpr std::uint32_t access_mask = 3;
inline constexpr std::uint32_t read_only = 0;
inline constexpr std::uint32_t write_only = 1;
inline constexpr std::uint32_t read_write = 2;
inline constexpr std::uint32_t create = 0100;
inline constexpr std::uint32_t exclusive = 0200;
inline constexpr std::uint32_t no_tty = 0400;
inline constexpr std::uint32_t truncate = 01000;
inline constexpr std::uint32_t append = 02000;
inline constexpr std::uint32_t non_block = 04000;
inline constexpr std::uint32_t data_sync = 010000;
inline constexpr std::uint32_t direct = 040000;
inline constexpr std::uint32_t large_file = 0100000;
inline constexpr std::uint32_t directory = 0200000;
inline constexpr std::uint32_t no_follow = 0400000;
inline constexpr std::uint32_t no_access_time = 01000000;
inline constexpr std::uint32_t close_on_exec = 02000000;
inline constexpr std::uint32_t path = 010000000;
inline constexpr std::uint32_t temporary = 020000000; // O_TMPFILE without O_DIRECTORY
} // namespace open_flag

namespace mode {
inline constexpr std::uint32_t type_mask = 0170000;
inline constexpr std::uint32_t fifo = 0010000;
inline constexpr std::uint32_t character = 0020000;
inline constexpr std::uint32_t directory = 0040000;
inline constexpr std::uint32_t block = 0060000;
inline constexpr std::uint32_t regular = 0100000;
inline constexpr std::uint32_t symlink = 0120000;
inline constexpr std::uint32_t socket = 0140000;
inline constexpr std::uint32_t permission_mask = 07777;
} // namespace mode

constexpr bool is_directory(std::uint32_t mode_bits) {
    return (mode_bits & mode::type_mask) == mode::directory;
}
constexpr bool is_symlink(std::uint32_t mode_bits) {
    return (mode_bits & mode::type_mask) == mode::symlink;
}
constexpr bool is_regular(std::uint32_t mode_bits) {
    return (mode_bits & mode::type_mask) == mode::regular;
}

constexpr bool is_block(std::uint32_t mode_bits) {
    return (mode_bits & mode::type_mask) == mode::block;
}

namespace at {
inline constexpr std::int32_t current_directory = -100;
inline constexpr std::uint32_t symlink_no_follow = 0x100;
inline constexpr std::uint32_t effective_access = 0x200; // same bit as remove_directory, of other calls
inline constexpr std::uint32_t remove_directory = 0x200;
inline constexpr std::uint32_t symlink_follow = 0x400;
inline constexpr std::uint32_t no_automount = 0x800;
inline constexpr std::uint32_t empty_path = 0x1000;
inline constexpr std::uint32_t statx_sync_mask = 0x6000;
} // namespace at

inline constexpr std::size_t path_bytes_max = 4096;
inline constexpr std::size_t name_bytes_max = 255;
inline constexpr unsigned symlinks_max = 40;

struct Stat {
    std::uint64_t device;
    std::uint64_t inode;
    std::uint64_t links;
    std::uint32_t mode;
    std::uint32_t user;
    std::uint32_t group;
    std::uint32_t padding;
    std::uint64_t special_device;
    std::int64_t bytes;
    std::int64_t block_bytes;
    std::int64_t blocks; // of 512 bytes
    Timespec accessed;
    Timespec modified;
    Timespec changed;
    std::int64_t reserved[3];
};
static_assert(sizeof(Stat) == 144);
static_assert(offsetof(Stat, bytes) == 48);
static_assert(offsetof(Stat, accessed) == 72);

struct StatxTimestamp {
    std::int64_t seconds;
    std::uint32_t nanoseconds;
    std::int32_t reserved;
};

struct Statx {
    std::uint32_t mask;
    std::uint32_t block_bytes;
    std::uint64_t attributes;
    std::uint32_t links;
    std::uint32_t user;
    std::uint32_t group;
    std::uint16_t mode;
    std::uint16_t padding;
    std::uint64_t inode;
    std::uint64_t bytes;
    std::uint64_t blocks;
    std::uint64_t attributes_mask;
    StatxTimestamp accessed;
    StatxTimestamp born;
    StatxTimestamp changed;
    StatxTimestamp modified;
    std::uint32_t special_major;
    std::uint32_t special_minor;
    std::uint32_t device_major;
    std::uint32_t device_minor;
    std::uint64_t mount;
    std::uint32_t direct_memory_alignment;
    std::uint32_t direct_offset_alignment;
    std::uint64_t reserved[12];
};
static_assert(sizeof(Statx) == 256);
static_assert(offsetof(Statx, accessed) == 64);
static_assert(offsetof(Statx, special_major) == 128);
inline constexpr std::uint32_t statx_basic = 0x7ff;

struct StatFs {
    std::int64_t type;
    std::int64_t block_bytes;
    std::uint64_t blocks;
    std::uint64_t blocks_free;
    std::uint64_t blocks_available;
    std::uint64_t files;
    std::uint64_t files_free;
    std::uint64_t identity;
    std::int64_t name_bytes;
    std::int64_t fragment_bytes;
    std::int64_t flags;
    std::int64_t reserved[4];
};
static_assert(sizeof(StatFs) == 120);

namespace file_system {
inline constexpr std::int64_t v9fs = 0x01021997;
inline constexpr std::int64_t proc = 0x9fa0;
inline constexpr std::int64_t sysfs = 0x62656572;
inline constexpr std::int64_t tmpfs = 0x01021994;
inline constexpr std::int64_t ramfs = 0x858458f6;
inline constexpr std::int64_t exo_data = 0x45584f44; // of this system alone: file systems on its disks
inline constexpr std::int64_t read_only_flag = 1;    // ST_RDONLY
} // namespace file_system

// Followed by the NUL-terminated name, padded to 8 bytes.
struct DirectoryEntryHeader {
    std::uint64_t inode;
    std::int64_t next_offset;
    std::uint16_t record_bytes;
    std::uint8_t type; // mode >> 12
} __attribute__((packed));
static_assert(sizeof(DirectoryEntryHeader) == 19);

struct IoVector {
    std::byte* base;
    std::size_t length;
};
static_assert(sizeof(IoVector) == 16);
inline constexpr std::size_t io_vectors_max = 1024;

namespace seek {
inline constexpr unsigned set = 0, current = 1, end = 2, data = 3, hole = 4;
} // namespace seek

namespace fcntl_command {
inline constexpr unsigned dup_fd = 0, get_fd = 1, set_fd = 2, get_flags = 3, set_flags = 4, get_lock = 5, set_lock = 6,
                          set_lock_wait = 7, get_open_lock = 36, set_open_lock = 37, set_open_lock_wait = 38,
                          dup_fd_close_on_exec = 1030, set_pipe_bytes = 1031, get_pipe_bytes = 1032;
} // namespace fcntl_command

struct FileLock {
    std::int16_t type; // lock_type::
    std::int16_t whence;
    std::int64_t start;
    std::int64_t length;
    std::int32_t process;
};
static_assert(sizeof(FileLock) == 32);
namespace lock_type {
inline constexpr std::int16_t read = 0, write = 1, unlock = 2;
} // namespace lock_type
namespace flock_operation {
inline constexpr unsigned shared = 1, exclusive = 2, non_block = 4, unlock = 8;
} // namespace flock_operation

struct PollFd {
    std::int32_t fd;
    std::uint16_t events;
    std::uint16_t returned;
};
static_assert(sizeof(PollFd) == 8);
namespace poll_event {
inline constexpr std::uint16_t in = 0x001, priority = 0x002, out = 0x004, error = 0x008, hang_up = 0x010,
                               invalid = 0x020, read_normal = 0x040, write_normal = 0x100, read_hang_up = 0x2000;
} // namespace poll_event
inline constexpr std::size_t select_fds_max = 1024;

namespace ioctl_request {
inline constexpr std::uint32_t terminal_get = 0x5401, window_get = 0x5413, bytes_readable = 0x541b, non_block = 0x5421,
                               close_on_exec = 0x5451, no_close_on_exec = 0x5450;
// Of block devices (<linux/fs.h>).
inline constexpr std::uint32_t block_read_only = 0x125e, block_sectors = 0x1260, block_flush = 0x1261,
                               block_sector_bytes = 0x1268, block_discard = 0x1277, block_physical_bytes = 0x127b,
                               block_zero = 0x127f, block_io_bytes = 0x8008'1270, block_bytes = 0x8008'1272;
} // namespace ioctl_request

namespace rename_flag {
inline constexpr std::uint32_t no_replace = 1, exchange = 2, whiteout = 4;
} // namespace rename_flag

namespace fallocate_mode {
inline constexpr std::uint32_t keep_size = 1, punch_hole = 2, zero_range = 0x10;
} // namespace fallocate_mode

namespace access_mode {
inline constexpr std::uint32_t execute = 1, write = 2, read = 4;
} // namespace access_mode

namespace eventfd_flag {
inline constexpr std::uint32_t semaphore = 1;
} // namespace eventfd_flag

struct OpenHow {
    std::uint64_t flags;
    std::uint64_t mode;
    std::uint64_t resolve;
};
static_assert(sizeof(OpenHow) == 24);

} // namespace exo::linux_abi
