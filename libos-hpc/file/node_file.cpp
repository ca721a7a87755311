// Reading and writing at an offset that moves (read(2), lseek(2), O_APPEND), and listing with "." and ".." in front.
// Interface: node_file.hpp.
#include "libos-hpc/file/node_file.hpp"

#include "libos-hpc/file/mapped_files.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t offset_max = 0x7fff'ffff'ffff'ffffull;
constexpr std::uint64_t direct_memory_bytes = 4; // what Linux wants of memory for a disk of NVMe

} // namespace

// A block device has no end to append to, and Linux writes where the offset is.
bool NodeFile::appends() const {
    return (flags() & linux_abi::open_flag::append) && !linux_abi::is_block(opened_->type());
}

// O_DIRECT (open(2), NOTES).
bool NodeFile::is_misaligned(std::uint64_t offset, WriteBuffer buffer) const {
    if (!(flags() & linux_abi::open_flag::direct) || buffer.empty())
        return false;
    const std::uint32_t unit = opened_->direct_bytes();
    if (unit == 1)
        return false;
    const auto address = reinterpret_cast<std::uint64_t>(buffer.data()); // Safe: only looked at as a number.
    return (offset | buffer.size()) % unit != 0 || address % direct_memory_bytes != 0;
}

// At the end there is nothing to read, and a device has no room, whatever is asked for.
Outcome<std::size_t> NodeFile::misaligned_read(std::uint64_t offset) {
    const auto end = opened_->seek_end();
    if (!end)
        return fail(end.error());
    if (offset >= *end)
        return 0;
    return fail(Errno::INVAL);
}
Outcome<std::size_t> NodeFile::misaligned_write(std::uint64_t offset) {
    const auto end = opened_->seek_end();
    if (!end)
        return fail(end.error());
    return fail(linux_abi::is_block(opened_->type()) && offset >= *end ? Errno::NOSPC : Errno::INVAL);
}

Outcome<std::size_t> NodeFile::read(ReadBuffer buffer) {
    if (is_directory())
        return fail(Errno::ISDIR);
    MutexGuard guard(lock_);
    if (is_misaligned(offset_, buffer))
        return misaligned_read(offset_);
    auto got = get(offset_, buffer);
    if (got)
        offset_ += *got;
    return got;
}

// What is mapped shared shows what is written here, and what is read here shows what was stored there.
Outcome<std::size_t> NodeFile::get(std::uint64_t offset, ReadBuffer buffer) {
    auto got = opened_->read_at(offset, buffer);
    if (got)
        show_shared(*this, offset, buffer.first(*got));
    return got;
}
Outcome<std::size_t> NodeFile::put(std::uint64_t offset, WriteBuffer buffer) {
    SharedWrite shared(*this);
    auto put = opened_->write_at(offset, buffer);
    if (put)
        shared.wrote(offset, buffer.first(*put));
    return put;
}
Outcome<Node::Appended> NodeFile::put_at_end(WriteBuffer buffer) {
    SharedWrite shared(*this);
    auto put = opened_->append(buffer);
    if (put)
        shared.wrote(put->end - put->bytes, buffer.first(put->bytes));
    return put;
}

Done NodeFile::sync() {
    if (auto done = write_back_shared(*this); !done)
        return done;
    return opened_->sync();
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
    if (is_misaligned(appends() ? 0 : offset_, buffer))
        return misaligned_write(offset_);
    if (appends()) {
        auto put = put_at_end(buffer);
        if (!put)
            return fail(put.error());
        offset_ = put->end;
        return finish_write(put->bytes);
    }
    auto put = this->put(offset_, buffer);
    if (!put)
        return put;
    offset_ += *put;
    return finish_write(*put);
}

Outcome<std::size_t> NodeFile::read_at(std::uint64_t offset, ReadBuffer buffer) {
    if (is_directory())
        return fail(Errno::ISDIR);
    if (is_misaligned(offset, buffer))
        return misaligned_read(offset);
    return get(offset, buffer);
}

Outcome<std::size_t> NodeFile::write_at(std::uint64_t offset, WriteBuffer buffer) {
    if (is_misaligned(appends() ? 0 : offset, buffer))
        return misaligned_write(offset);
    if (appends()) { // as Linux has it: pwrite appends too (pwrite(2), BUGS)
        auto put = put_at_end(buffer);
        return put ? finish_write(put->bytes) : fail(put.error());
    }
    auto put = this->put(offset, buffer);
    return put ? finish_write(*put) : put;
}

Outcome<std::uint64_t> NodeFile::seek(std::int64_t offset, unsigned whence) {
    MutexGuard guard(lock_);
    const bool is_device = linux_abi::is_block(opened_->type()); // offsets end where it does
    if (is_device && whence > linux_abi::seek::end)
        return fail(Errno::INVAL);
    std::uint64_t base = 0;
    switch (whence) {
    case linux_abi::seek::set:
        break;
    case linux_abi::seek::current:
        base = offset_;
        break;
    case linux_abi::seek::end: {
        auto found = opened_->seek_end();
        if (!found)
            return fail(found.error());
        base = *found;
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
        return fail(offset > 0 && !is_device ? Errno::OVERFLOW : Errno::INVAL);
    if (is_device) {
        auto end = opened_->seek_end();
        if (!end || target > *end)
            return fail(end ? Errno::INVAL : end.error());
    }
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
    if (linux_abi::is_block(opened_->type()))
        return fail(Errno::NOTTY);
    auto found = attributes();
    if (!found)
        return fail(found.error());
    MutexGuard guard(lock_);
    return found->bytes > offset_ ? static_cast<std::size_t>(found->bytes - offset_) : 0;
}

} // namespace exo::hpc
