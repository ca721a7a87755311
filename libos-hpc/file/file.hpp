// An open file description (open(2)): what a file descriptor refers to, shared by its duplicates. Reads and writes may
// block. Kinds: node_file.hpp (files and directories), pipe.hpp, event_file.hpp, console_file.hpp.
#pragma once

#include "libos-hpc/vfs/place.hpp"

#include <atomic>

namespace exo::hpc {

using ReadBuffer = std::span<std::byte>;
using WriteBuffer = std::span<const std::byte>;

class EpollFile;
class Socket;
class TimerFile;

// How often something came, or room was made, since the file was opened: what edge-triggered epoll tells.
struct Edges {
    std::uint32_t in = 0, out = 0;
    bool operator==(const Edges&) const = default;
};

// Which of all files it is, whatever its names.
struct FileIdentity {
    std::uint64_t device = 0, inode = 0;
};

class File : public Counted {
public:
    explicit File(std::uint32_t flags) : flags_(flags) {}
    ~File() override;

    std::uint32_t flags() const { return flags_.load(std::memory_order_relaxed); }
    void set_flags(std::uint32_t flags) { flags_.store(flags, std::memory_order_relaxed); }
    bool readable() const { return (flags() & linux_abi::open_flag::access_mask) != linux_abi::open_flag::write_only; }
    bool writable() const { return (flags() & linux_abi::open_flag::access_mask) != linux_abi::open_flag::read_only; }
    bool non_blocking() const { return flags() & linux_abi::open_flag::non_block; }

    virtual Outcome<std::size_t> read(ReadBuffer) { return fail(Errno::INVAL); }
    virtual Outcome<std::size_t> write(WriteBuffer) { return fail(Errno::INVAL); }
    virtual Outcome<std::size_t> read_at(std::uint64_t, ReadBuffer) { return fail(Errno::SPIPE); }
    virtual Outcome<std::size_t> write_at(std::uint64_t, WriteBuffer) { return fail(Errno::SPIPE); }
    virtual Outcome<std::uint64_t> seek(std::int64_t /*offset*/, unsigned /*whence*/) { return fail(Errno::SPIPE); }

    virtual Outcome<Attributes> attributes() = 0;
    // Looked up once, and the same as long as it is open. Errors: as attributes.
    Outcome<FileIdentity> identity();
    virtual Done change(const AttributeChange&) { return fail(Errno::INVAL); }
    virtual Done sync() { return fail(Errno::INVAL); }
    virtual Done list(DirectorySink&) { return fail(Errno::NOTDIR); }

    // Bits of poll_event:: that hold now.
    virtual std::uint16_t ready() { return linux_abi::poll_event::in | linux_abi::poll_event::out; }
    virtual Edges edges() { return {}; }
    // For FIONREAD. Errors: NOTTY.
    virtual Outcome<std::size_t> bytes_readable() { return fail(Errno::NOTTY); }

    // Itself, if it is one of these.
    virtual Socket* socket() { return nullptr; }
    virtual EpollFile* epoll() { return nullptr; }
    virtual TimerFile* timer() { return nullptr; }
    // The node and place behind it, for files that have them.
    virtual Node* node() { return nullptr; }
    virtual Ref<Place> place() { return Ref<Place>(); }

    // Set once it has held a lock of flock(2), or of a range, which goes with it.
    void set_has_lock(bool on) { has_lock_ = on; }
    // Set once an epoll instance watches it, which must learn of its end.
    void set_watched() { watched_.store(true, std::memory_order_relaxed); }

private:
    std::atomic<std::uint32_t> flags_;
    bool has_lock_ = false;
    std::atomic<bool> watched_{false};
    std::atomic<bool> identified_{false}; // release in `identity`; pairs with the acquire there
    std::atomic<std::uint64_t> device_{0}, inode_{0};
};

} // namespace exo::hpc
