// Interface: event_file.hpp.
#include "libos-hpc/file/event_file.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::hpc {

Outcome<std::size_t> EventFile::read(ReadBuffer buffer) {
    std::uint64_t taken = 0;
    if (buffer.size() < sizeof taken)
        return fail(Errno::INVAL);
    for (;;) {
        std::uint32_t seen = changed_.seen();
        {
            MutexGuard guard(lock_);
            taken = semaphore_ && count_ ? 1 : count_;
            count_ -= taken;
            edges_.out += taken != 0;
        }
        if (taken) {
            changed_.advance();
            copy_bytes(buffer.data(), &taken, sizeof taken);
            return sizeof taken;
        }
        if (non_blocking())
            return fail(Errno::AGAIN);
        if (auto waited = changed_.wait(seen); !waited)
            return fail(waited.error());
    }
}

Outcome<std::size_t> EventFile::write(WriteBuffer buffer) {
    std::uint64_t added = 0;
    if (buffer.size() < sizeof added)
        return fail(Errno::INVAL);
    copy_bytes(&added, buffer.data(), sizeof added);
    if (added > count_max)
        return fail(Errno::INVAL);
    for (;;) {
        std::uint32_t seen = changed_.seen();
        bool fits;
        {
            MutexGuard guard(lock_);
            fits = added <= count_max - count_;
            if (fits)
                count_ += added, ++edges_.in;
        }
        if (fits) {
            changed_.advance();
            return sizeof added;
        }
        if (non_blocking())
            return fail(Errno::AGAIN);
        if (auto waited = changed_.wait(seen); !waited)
            return fail(waited.error());
    }
}

Outcome<Attributes> EventFile::attributes() {
    Attributes result;
    result.mode = 0600;
    return result;
}

Edges EventFile::edges() {
    MutexGuard guard(lock_);
    return edges_;
}

std::uint16_t EventFile::ready() {
    MutexGuard guard(lock_);
    return static_cast<std::uint16_t>((count_ ? linux_abi::poll_event::in : 0) |
                                      (count_ < count_max ? linux_abi::poll_event::out : 0));
}

} // namespace exo::hpc
