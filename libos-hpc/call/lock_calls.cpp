// Interface: lock_calls.hpp.
#include "libos-hpc/call/lock_calls.hpp"

#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/file/record_locks.hpp"
#include "libos-hpc/thread/task.hpp"

namespace exo::hpc::call {
namespace {

constexpr std::int64_t offset_max = 0x7fff'ffff'ffff'ffff; // of the last octet there can be
constexpr std::int32_t no_process = -1;                    // whom locks of open file descriptions are said to be of

bool is_open_lock(std::uint32_t command) {
    return command >= fcntl_command::get_open_lock;
}
bool asks(std::uint32_t command) {
    return command == fcntl_command::get_lock || command == fcntl_command::get_open_lock;
}
bool waits(std::uint32_t command) {
    return command == fcntl_command::set_lock_wait || command == fcntl_command::set_open_lock_wait;
}

// Where `whence` counts from. Errors: INVAL, or as attributes.
Outcome<std::int64_t> base_of(File& file, std::int16_t whence) {
    switch (whence) {
    case seek::set:
        return 0;
    case seek::current: {
        const auto offset = file.seek(0, seek::current);
        return offset ? static_cast<std::int64_t>(*offset) : 0; // what has no offset is at its beginning
    }
    case seek::end: {
        const auto found = file.attributes();
        return found ? Outcome<std::int64_t>(static_cast<std::int64_t>(found->bytes)) : fail(found.error());
    }
    default:
        return fail(Errno::INVAL);
    }
}

// A length of 0 is all there will ever be; one below 0 counts back.
Outcome<RecordLocks::Range> range_of(File& file, const FileLock& lock) {
    const auto base = base_of(file, lock.whence);
    if (!base)
        return fail(base.error());
    std::int64_t first, last = offset_max;
    if (__builtin_add_overflow(*base, lock.start, &first))
        return fail(Errno::OVERFLOW);
    if (first < 0)
        return fail(Errno::INVAL);
    if (lock.length > 0 && __builtin_add_overflow(first, lock.length - 1, &last))
        return fail(Errno::OVERFLOW);
    if (lock.length < 0) {
        last = first - 1;
        if (__builtin_add_overflow(first, lock.length, &first) || first < 0)
            return fail(Errno::INVAL);
    }
    return RecordLocks::Range{static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)};
}

// False when another thread has closed it meanwhile, and found no lock of the process to give back.
bool is_open_as(int fd, const File& file) {
    const auto now = descriptors().get(fd);
    return now && now->get() == &file;
}

void tell(FileLock& to, const RecordLocks::Lock& from) {
    to.type = from.mode == RecordLocks::Mode::Exclusive ? lock_type::write : lock_type::read;
    to.whence = seek::set;
    to.start = static_cast<std::int64_t>(from.range.first);
    const bool to_the_end = from.range.last == static_cast<std::uint64_t>(offset_max);
    to.length = to_the_end ? 0 : static_cast<std::int64_t>(from.range.last - from.range.first) + 1;
    to.process = from.owner ? no_process : process_id;
}

} // namespace

Answer lock_range(int fd, std::uint32_t command, User<FileLock> where) {
    auto file = file_of(fd);
    FileLock lock;
    if (!file)
        return answer(file.error());
    if (!where.load(lock))
        return answer(Errno::FAULT);
    const bool gives_back = lock.type == lock_type::unlock;
    if (lock.type < lock_type::read || lock.type > lock_type::unlock || (asks(command) && gives_back))
        return answer(Errno::INVAL);
    const auto range = range_of(**file, lock);
    if (!range)
        return answer(range.error());
    const bool exclusive = lock.type == lock_type::write;
    if (!asks(command) && !gives_back && !(exclusive ? (*file)->writable() : (*file)->readable()))
        return answer(Errno::BADF);
    if (is_open_lock(command) && lock.process != 0)
        return answer(Errno::INVAL);
    const File* const owner = is_open_lock(command) ? file->get() : nullptr;
    const auto mode = exclusive ? RecordLocks::Mode::Exclusive : RecordLocks::Mode::Shared;
    if (asks(command)) {
        const auto other = record_locks().find(**file, owner, *range, mode);
        if (!other)
            return answer(other.error());
        if (*other)
            tell(lock, **other);
        else
            lock.type = lock_type::unlock;
        return where.store(lock) ? 0 : answer(Errno::FAULT);
    }
    if (gives_back)
        return answer(record_locks().give_back(**file, owner, *range));
    const Done taken = record_locks().take(**file, owner, *range, mode, waits(command));
    if (taken && !owner && !is_open_as(fd, **file)) {
        (void)record_locks().give_back(**file, owner, *range);
        return answer(Errno::BADF);
    }
    return answer_or_restart(taken);
}

} // namespace exo::hpc::call
