// Reading and writing at an offset that moves (read(2), lseek(2), O_APPEND), and listing with "." and ".." in front.
// Interface: node_file.hpp.
#include "libos-hpc/file/node_file.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t offset_max = 0x7fff'ffff'ffff'ffffull;

} // namespace

Outcome<std::size_t> NodeFile::read(ReadBuffer buffer) {
    if (is_directory())
        return fail(Errno::ISDIR);
    MutexGuard guard(lock_);
    auto got = opened_->read_at(offset_, buffer);
    if (got)
        offset_ += *got;
    return got;
}

// O_DSYNC: what was written is on the medium.
Outcome<std::size_t> NodeFile::finish_write(std::size_t bytes) {
    if (flags() & linux_abi::open_flag::data_sync) {
        if (auto done = opened_->sync(); !done)
            return fail(done.error());
    }
    return bytes;
}

Outcome<std::size_t> NodeFile::write(WriteBuffer buffer) {
    MutexGuard guard(lock_);
    if (flags() & linux_abi::open_flag::append) {
        auto put = opened_->append(buffer);
        if (!put)
            return fail(put.error());
        offset_ = put->end;
        return finish_write(put->bytes);
    }
    auto put = opened_->write_at(offset_, buffer);
    if (!put)
        return put;
    offset_ += *put;
    return finish_write(*put);
}

Outcome<std::size_t> NodeFile::read_at(std::uint64_t offset, ReadBuffer buffer) {
    if (is_directory())
        return fail(Errno::ISDIR);
    return opened_->read_at(offset, buffer);
}

Outcome<std::size_t> NodeFile::write_at(std::uint64_t offset, WriteBuffer buffer) {
    if (flags() & linux_abi::open_flag::append) { // as Linux has it: pwrite appends too (pwrite(2), BUGS)
        auto put = opened_->append(buffer);
        return put ? finish_write(put->bytes) : fail(put.error());
    }
    auto put = opened_->write_at(offset, buffer);
    return put ? finish_write(*put) : put;
}

Outcome<std::uint64_t> NodeFile::seek(std::int64_t offset, unsigned whence) {
    MutexGuard guard(lock_);
    std::uint64_t base = 0;
    switch (whence) {
    case linux_abi::seek::set:
        break;
    case linux_abi::seek::current:
        base = offset_;
        break;
    case linux_abi::seek::end: {
        auto found = opened_->attributes();
        if (!found)
            return fail(found.error());
        base = found->bytes;
        break;
    }
    case linux_abi::seek::data:
    case linux_abi::seek::hole: {
        if (offset < 0)
            return fail(Errno::NXIO);
        auto from = static_cast<std::uint64_t>(offset);
        auto found = whence == linux_abi::seek::data ? opened_->seek_data(from) : opened_->seek_hole(from);
        if (found)
            offset_ = *found;
        return found;
    }
    default:
        return fail(Errno::INVAL);
    }
    std::uint64_t target = base + static_cast<std::uint64_t>(offset);
    if (target > offset_max || (offset > 0 && target < base))
        return fail(offset > 0 ? Errno::OVERFLOW : Errno::INVAL);
    offset_ = target;
    return target;
}

Done NodeFile::list(DirectorySink& sink) {
    if (!is_directory())
        return fail(Errno::NOTDIR);
    MutexGuard guard(lock_);
    // Positions 0 and 1 are "." and ".."; the node's own follow.
    constexpr std::uint64_t own_items = 2;
    class Shifted final : public DirectorySink {
    public:
        Shifted(DirectorySink& inner, std::uint64_t& position) : inner_(inner), position_(position) {}
        bool take(const DirectoryItem& item) override {
            DirectoryItem shifted = item;
            shifted.next += own_items;
            if (!inner_.take(shifted))
                return false;
            position_ = shifted.next;
            return true;
        }

    private:
        DirectorySink& inner_;
        std::uint64_t& position_;
    };
    constexpr std::uint8_t directory_type = linux_abi::mode::directory >> 12;
    for (std::uint64_t i = offset_; i < own_items; ++i) {
        Ref<Place> place = i == 0 ? place_ : place_->above();
        auto found = place->node().attributes();
        if (!found)
            return fail(found.error());
        if (!sink.take({i == 0 ? "." : "..", found->inode, directory_type, i + 1}))
            return {};
        offset_ = i + 1;
    }
    Shifted shifted(sink, offset_);
    return opened_->list(offset_ - own_items, shifted);
}

Outcome<std::size_t> NodeFile::bytes_readable() {
    auto found = attributes();
    if (!found)
        return fail(found.error());
    MutexGuard guard(lock_);
    return found->bytes > offset_ ? static_cast<std::size_t>(found->bytes - offset_) : 0;
}

} // namespace exo::hpc
