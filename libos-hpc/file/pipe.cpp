// Reading and writing a pipe; a write to a pipe without readers is EPIPE, and SIGPIPE is the caller's to send.
// Interface: pipe.hpp.
#include "libos-hpc/file/pipe.hpp"

#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint64_t pipe_device = 13;

} // namespace

bool PipeBuffer::open() {
    bytes = static_cast<std::byte*>(heap_allocate(pipe_bytes));
    inode = next_generated_inode();
    return bytes != nullptr;
}

PipeEnd::PipeEnd(Ref<PipeBuffer> buffer, std::uint32_t flags) : File(flags), buffer_(std::move(buffer)) {
    MutexGuard guard(buffer_->lock);
    ++(readable() ? buffer_->readers : buffer_->writers);
}

PipeEnd::~PipeEnd() {
    {
        MutexGuard guard(buffer_->lock);
        --(readable() ? buffer_->readers : buffer_->writers);
        ++(readable() ? buffer_->reads : buffer_->writes);
    }
    buffer_->changed.advance();
}

Outcome<std::size_t> PipeEnd::read(ReadBuffer buffer) {
    if (buffer.empty())
        return 0;
    for (;;) {
        std::uint32_t seen = buffer_->changed.seen();
        std::size_t done = 0;
        {
            MutexGuard guard(buffer_->lock);
            std::size_t wanted = std::min(buffer.size(), buffer_->count);
            while (done < wanted) {
                std::size_t piece = std::min(wanted - done, pipe_bytes - buffer_->first);
                copy_bytes(buffer.data() + done, buffer_->bytes + buffer_->first, piece);
                buffer_->first = (buffer_->first + piece) % pipe_bytes;
                done += piece;
            }
            buffer_->count -= done;
            buffer_->reads += done != 0;
            if (!done && !buffer_->writers)
                return 0;
        }
        if (done) {
            buffer_->changed.advance();
            return done;
        }
        if (non_blocking())
            return fail(Errno::AGAIN);
        if (auto waited = buffer_->changed.wait(seen); !waited)
            return fail(waited.error());
    }
}

Outcome<std::size_t> PipeEnd::write(WriteBuffer buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        std::uint32_t seen = buffer_->changed.seen();
        std::size_t before = done;
        {
            MutexGuard guard(buffer_->lock);
            if (!buffer_->readers)
                return done ? Outcome<std::size_t>(done) : fail(Errno::PIPE);
            std::size_t room = pipe_bytes - buffer_->count;
            bool whole = buffer.size() <= pipe_atomic_bytes;
            if (!whole || room >= buffer.size()) {
                std::size_t end = done + std::min(buffer.size() - done, room);
                while (done < end) {
                    std::size_t at = (buffer_->first + buffer_->count) % pipe_bytes;
                    std::size_t piece = std::min(end - done, pipe_bytes - at);
                    copy_bytes(buffer_->bytes + at, buffer.data() + done, piece);
                    buffer_->count += piece;
                    done += piece;
                }
            }
            buffer_->writes += done != before;
        }
        if (done != before) {
            buffer_->changed.advance();
            continue;
        }
        if (non_blocking())
            return done ? Outcome<std::size_t>(done) : fail(Errno::AGAIN);
        if (auto waited = buffer_->changed.wait(seen); !waited)
            return done ? Outcome<std::size_t>(done) : fail(waited.error());
    }
    return done;
}

Outcome<Attributes> PipeEnd::attributes() {
    Attributes result;
    result.device = pipe_device;
    result.inode = buffer_->inode;
    result.mode = linux_abi::mode::fifo | 0600;
    result.accessed = result.modified = result.changed = wall_clock();
    return result;
}

std::uint16_t PipeEnd::ready() {
    using namespace linux_abi::poll_event;
    MutexGuard guard(buffer_->lock);
    std::uint16_t bits = 0;
    if (readable()) {
        if (buffer_->count)
            bits |= in;
        if (!buffer_->writers)
            bits |= hang_up;
    } else {
        if (pipe_bytes - buffer_->count >= pipe_atomic_bytes)
            bits |= out;
        if (!buffer_->readers)
            bits |= error;
    }
    return bits;
}

Edges PipeEnd::edges() {
    MutexGuard guard(buffer_->lock);
    return readable() ? Edges{buffer_->writes, 0} : Edges{0, buffer_->reads};
}

Outcome<std::size_t> PipeEnd::bytes_readable() {
    MutexGuard guard(buffer_->lock);
    return buffer_->count;
}

} // namespace exo::hpc
