// Moves bytes between the user's descriptors and the machine's pipes and sockets, without changing, mixing or losing
// any. One Pump is one direction of one stream with one bounded buffer; the loop that polls them is in machine.cpp.
#pragma once

#include "tools/exo/kernel_log.hpp"

#include <array>
#include <cstddef>
#include <poll.h>

namespace exo::tool {

// A poll(2) slot with no descriptor is skipped by the kernel.
inline constexpr pollfd idle_slot = {-1, 0, 0};

enum class AtEnd { leave_open, shut_down_socket };

class Pump {
public:
    // Owns neither descriptor. `at_end` says what the sink learns when the source has ended.
    Pump(int source, int sink, AtEnd at_end) : source_(source), sink_(sink), at_end_(at_end) {}

    // The slots to poll for now: [0] the source while there is room, [1] the sink while there are bytes.
    std::array<pollfd, 2> wanted() const;
    void step(const std::array<pollfd, 2>& polled);

    // The source has ended and every byte is in the sink, or the sink takes no more.
    bool finished() const { return sink_closed_ || (source_ended_ && begin_ == end_); }
    bool sink_closed() const { return sink_closed_; }

private:
    static constexpr std::size_t buffer_size = 64 * 1024;
    // A blocking pipe that polls writable takes this much without blocking (PIPE_BUF).
    static constexpr std::size_t write_size_max = 4096;

    void fill();
    void drain();
    void tell_end();

    int source_;
    int sink_;
    AtEnd at_end_;
    bool source_ended_ = false;
    bool sink_closed_ = false;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::array<char, buffer_size> buffer_;
};

// Reads a stream into a log, and repeats it on `echo` when that is a descriptor.
class LogReader {
public:
    LogReader(int source, int echo) : source_(source), echo_(echo) {}

    pollfd wanted() const { return finished_ ? idle_slot : pollfd{source_, POLLIN, 0}; }
    void step(const pollfd& polled);
    bool finished() const { return finished_; }
    const KernelLog& log() const { return log_; }
    KernelLog& log() { return log_; }

private:
    int source_;
    int echo_;
    bool finished_ = false;
    KernelLog log_;
};

} // namespace exo::tool
