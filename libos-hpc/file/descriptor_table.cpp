// Descriptors are found by a scan from the lowest allowed one: the table is small and the answer must be the lowest.
// Interface: descriptor_table.hpp.
#include "libos-hpc/file/descriptor_table.hpp"

namespace exo::hpc {

Outcome<int> DescriptorTable::add(Ref<File> file, bool close_on_exec, std::size_t lowest) {
    SpinGuard guard(lock_);
    if (lowest >= limit_)
        return fail(Errno::INVAL);
    for (std::size_t i = lowest; i < limit_; ++i) {
        if (!entries_[i].file) {
            entries_[i].file = std::move(file);
            entries_[i].close_on_exec = close_on_exec;
            return static_cast<int>(i);
        }
    }
    return fail(Errno::MFILE);
}

Done DescriptorTable::put(int descriptor, Ref<File> file, bool close_on_exec) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= limit_)
        return fail(Errno::BADF);
    {
        SpinGuard guard(lock_);
        std::swap(entries_[descriptor].file, file);
        entries_[descriptor].close_on_exec = close_on_exec;
    }
    return {}; // what was there goes here, outside the lock
}

Outcome<Ref<File>> DescriptorTable::get(int descriptor) const {
    SpinGuard guard(lock_);
    if (!valid(descriptor))
        return fail(Errno::BADF);
    return entries_[descriptor].file;
}

Outcome<Ref<File>> DescriptorTable::remove(int descriptor) {
    SpinGuard guard(lock_);
    if (!valid(descriptor))
        return fail(Errno::BADF);
    return std::move(entries_[descriptor].file);
}

Outcome<bool> DescriptorTable::close_on_exec(int descriptor) const {
    SpinGuard guard(lock_);
    if (!valid(descriptor))
        return fail(Errno::BADF);
    return entries_[descriptor].close_on_exec;
}

Done DescriptorTable::set_close_on_exec(int descriptor, bool on) {
    SpinGuard guard(lock_);
    if (!valid(descriptor))
        return fail(Errno::BADF);
    entries_[descriptor].close_on_exec = on;
    return {};
}

int DescriptorTable::next_open(int from) const {
    SpinGuard guard(lock_);
    for (std::size_t i = from < 0 ? 0 : static_cast<std::size_t>(from); i < descriptors_max; ++i) {
        if (entries_[i].file)
            return static_cast<int>(i);
    }
    return -1;
}

} // namespace exo::hpc
