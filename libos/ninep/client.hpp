// The operations of a 9P2000.L client, each one request and its reply, each waiting for the reply or its time-out.
// Names are single components, except in walk_path. Symbolic links are never followed: that is the caller's policy.
#pragma once

#include "libos/ninep/connection.hpp"

namespace exo::ninep {

// Attributes of a file; those whose bit is not in `valid` are meaningless.
struct Attributes {
    std::uint64_t valid = 0;
    Qid qid;
    std::uint32_t mode = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint64_t links = 0;
    std::uint64_t device = 0;
    std::uint64_t size = 0;
    std::uint64_t block_bytes = 0;
    std::uint64_t blocks = 0; // of 512 bytes
    std::uint64_t accessed_seconds = 0, accessed_nanoseconds = 0;
    std::uint64_t modified_seconds = 0, modified_nanoseconds = 0;
    std::uint64_t changed_seconds = 0, changed_nanoseconds = 0;
};

// What to change: `valid` holds bits of set_attribute.
struct AttributeChange {
    std::uint32_t valid = 0;
    std::uint32_t mode = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint64_t size = 0;
    std::uint64_t accessed_seconds = 0, accessed_nanoseconds = 0;
    std::uint64_t modified_seconds = 0, modified_nanoseconds = 0;
};

struct FileSystemStatus {
    std::uint32_t type = 0;
    std::uint32_t block_bytes = 0;
    std::uint64_t blocks = 0, blocks_free = 0, blocks_available = 0;
    std::uint64_t files = 0, files_free = 0;
    std::uint64_t id = 0;
    std::uint32_t name_bytes_max = 0;
};

struct LockRequest {
    std::uint8_t type = lock_type::read;
    std::uint64_t start = 0;
    std::uint64_t length = 0; // 0: to the end of the file
    std::uint32_t process = 0;
};

// How far a walk came. `fid` is there only when it came to the end; else `count` names were found, `last` being
// the last of them.
struct Walked {
    std::optional<Fid> fid;
    std::size_t count = 0;
    Qid last;
};

struct Opened {
    Qid qid;
    std::uint32_t io_unit = 0; // bytes the server moves at once, or 0
};

class Client {
public:
    Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Agrees on the protocol and attaches to the share as user `user`; root() is then valid. Once only.
    Result<void> connect(const Transport& transport, std::span<const Buffer> buffers, const Lock& lock,
                         std::uint32_t user, const Timeouts& timeouts = {});
    Fid root() const { return root_; }
    bool is_broken() const { return connection_.is_broken(); }
    // Most bytes that one read or write moves: into plain memory, and directly into pieces.
    std::size_t transfer_bytes_max() const { return transfer_bytes_max_; }
    std::size_t direct_bytes_max() const { return connection_.message_bytes() - payload_overhead; }
    std::size_t direct_pieces_max() const { return connection_.pieces_max() - 2; }

    // session.cpp
    Result<Walked> walk(Fid from, std::span<const std::string_view> names);
    // Walks the components of a path of any depth; "" gives a second fid for the same file.
    Result<Fid> walk_path(Fid from, std::string_view path);
    // Gives a fid back; it is free afterwards whatever the result.
    Result<void> clunk(Fid fid);
    // Removes the file and gives the fid back, as clunk.
    Result<void> remove(Fid fid);

    // files.cpp. `flags` are Linux's open flags.
    Result<Opened> open(Fid fid, std::uint32_t flags);
    // Creates a file in the directory that `fid` names; `fid` names the open file afterwards.
    Result<Opened> create(Fid fid, std::string_view name, std::uint32_t flags, std::uint32_t mode, std::uint32_t group);
    // Reads at most transfer_bytes_max() bytes; 0 at the end of the file.
    Result<std::size_t> read(Fid fid, std::uint64_t offset, std::span<std::byte> destination);
    Result<std::size_t> write(Fid fid, std::uint64_t offset, std::span<const std::byte> source);
    // As read and write, without a copy: the pieces are memory the transport reaches. At most direct_bytes_max() bytes.
    Result<std::size_t> read_direct(Fid fid, std::uint64_t offset, std::span<const Piece> destination);
    Result<std::size_t> write_direct(Fid fid, std::uint64_t offset, std::span<const Piece> source);
    Result<void> fsync(Fid fid, bool data_only);
    Result<LockStatus> lock(Fid fid, const LockRequest& request, std::uint32_t flags, std::string_view client_name);
    // What stands in the way of a lock; type unlock when nothing does.
    Result<LockRequest> get_lock(Fid fid, const LockRequest& request, std::string_view client_name);

    // directories.cpp. Reads whole entries behind position `offset` (0, or DirectoryEntry::next) into `storage`.
    Result<std::span<const std::byte>> read_directory(Fid fid, std::uint64_t offset, std::span<std::byte> storage);
    Result<Qid> make_directory(Fid directory, std::string_view name, std::uint32_t mode, std::uint32_t group);
    Result<Qid> symlink(Fid directory, std::string_view name, std::string_view target, std::uint32_t group);
    Result<Qid> make_node(Fid directory, std::string_view name, std::uint32_t mode, std::uint32_t major,
                          std::uint32_t minor, std::uint32_t group);
    // Gives the length of the target, of which as much as fits is copied.
    Result<std::size_t> read_link(Fid fid, std::span<char> target);
    Result<void> link(Fid directory, Fid file, std::string_view name);
    Result<void> rename_at(Fid old_directory, std::string_view old_name, Fid new_directory, std::string_view new_name);
    // `flags`: unlink_flag.
    Result<void> unlink_at(Fid directory, std::string_view name, std::uint32_t flags);

    // attributes.cpp
    Result<Attributes> get_attributes(Fid fid, std::uint64_t mask);
    Result<void> set_attributes(Fid fid, const AttributeChange& change);
    Result<FileSystemStatus> file_system_status(Fid fid);

private:
    Result<void> agree_on_version(std::uint32_t wanted_bytes);
    Result<void> attach(std::uint32_t user);

    Connection connection_;
    Fid root_{no_fid};
    std::size_t transfer_bytes_max_ = 0;
};

// Walks over what read_directory gave.
struct DirectoryEntry {
    Qid qid;
    std::uint64_t next = 0; // position behind this entry
    std::uint8_t type = 0;  // as Linux's d_type
    std::string_view name;  // lies in the block
};

// Takes the first entry off the block; false when it is empty.
bool next_entry(std::span<const std::byte>& block, DirectoryEntry& entry);

} // namespace exo::ninep
