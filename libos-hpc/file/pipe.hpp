// A pipe (pipe(7)): bytes in order through a bounded buffer; writes of up to pipe_atomic_bytes are not mixed.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

inline constexpr std::size_t pipe_bytes = 64 * 1024;
inline constexpr std::size_t pipe_atomic_bytes = 4096;

// What both ends share.
class PipeBuffer : public Counted {
public:
    ~PipeBuffer() override { heap_free(bytes); }
    // False when no memory is left.
    bool open();

    Mutex lock;
    ChangeCounter changed;
    std::byte* bytes = nullptr;
    std::size_t first = 0, count = 0;
    unsigned readers = 0, writers = 0;
    std::uint32_t writes = 0, reads = 0; // that moved something, and ends that went
    std::uint64_t inode = 0;
};

class PipeEnd final : public File {
public:
    PipeEnd(Ref<PipeBuffer> buffer, std::uint32_t flags);
    ~PipeEnd() override;

    Outcome<std::size_t> read(ReadBuffer buffer) override;
    Outcome<std::size_t> write(WriteBuffer buffer) override;
    Outcome<Attributes> attributes() override;
    std::uint16_t ready() override;
    Edges edges() override;
    Outcome<std::size_t> bytes_readable() override;

private:
    Ref<PipeBuffer> buffer_;
};

} // namespace exo::hpc
