// A file system on a disk or a set of them, as the threads of the program share it: one lock, whose waiters sleep,
// around all of it, since the store takes one vcore at a time. Whoever waits until something is durable gives the lock
// away meanwhile, so that what others change becomes the next batch, and those who wait together are served by one
// write.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos/files/files.hpp"
#include "libos/thread/condition.hpp"

namespace exo::hpc {

using linux_abi::Errno;

// Linux' number for what a file system refuses.
constexpr Errno errno_of(files::FileError error) {
    return static_cast<Errno>(error); // the same numbers, of those that Errno has
}

// Lives for good.
class Volume {
public:
    // `number`: what stat shows as the device.
    Volume(std::span<block::Device* const> devices, std::uint64_t number);
    Volume(const Volume&) = delete;
    Volume& operator=(const Volume&) = delete;

    // Errors: as files::Files::open. Once it is open, a thread of its own writes what nobody asks for within
    // write_back_ns.
    store::Status open(const store::OpenOptions& options);

    std::uint64_t number() const { return number_; }
    // All of it is durable, and nothing needs to be played back by the next who opens it. Not for whoever holds the
    // lock.
    void close();
    // Returns when what that ticket is of is durable (store::Store::ticket). Errors: IO, NOSPC.
    Done sync(std::uint64_t ticket);
    // The same for everything that was changed so far.
    Done sync_all();
    // For a thread that may be in a use: then close would wait for itself.
    bool in_use_by_this_thread() const { return lock_.owned(); }

private:
    friend class VolumeUse;

    static std::uint64_t run_write_back(void* volume);
    void write_back();
    Done sync_locked(std::uint64_t ticket);
    void drive();
    bool is_settled() { return files_.store().is_durable(files_.store().ticket()); }
    void notice_changes();

    Mutex lock_; // of all that follows
    files::Files files_;
    std::uint64_t number_;
    Condition ended_;      // a batch is on the medium, or never will be
    bool driven_ = false;  // somebody looks at the disk until the batch under way has ended
    Condition changed_;    // there is something to be written back
    bool resting_ = false; // the thread that writes back waits for that
};

// Inside the volume: holds its lock, for a moment.
class VolumeUse {
public:
    explicit VolumeUse(Volume& volume) : volume_(volume) { volume_.lock_.lock(); }
    ~VolumeUse() {
        volume_.notice_changes();
        volume_.lock_.unlock();
    }
    VolumeUse(const VolumeUse&) = delete;
    VolumeUse& operator=(const VolumeUse&) = delete;

    files::Files* operator->() const { return &volume_.files_; }
    files::Files& files() const { return volume_.files_; }

private:
    Volume& volume_;
};

} // namespace exo::hpc
