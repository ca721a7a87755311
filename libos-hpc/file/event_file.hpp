// An eventfd (eventfd(2)): a 64-bit counter that reads take down and writes add to.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

class EventFile final : public File {
public:
    EventFile(std::uint64_t initial, bool semaphore, std::uint32_t flags)
        : File(flags), count_(initial), semaphore_(semaphore) {}

    Outcome<std::size_t> read(ReadBuffer buffer) override;
    Outcome<std::size_t> write(WriteBuffer buffer) override;
    Outcome<Attributes> attributes() override;
    std::uint16_t ready() override;
    Edges edges() override;

private:
    static constexpr std::uint64_t count_max = ~0ull - 1;

    Mutex lock_;
    ChangeCounter changed_;
    std::uint64_t count_;
    Edges edges_; // writes, and reads
    bool semaphore_;
};

} // namespace exo::hpc
