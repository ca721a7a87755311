// A short list of ranges, each with its file. Interface: mapped_files.hpp.
#include "libos-hpc/memory/mapped_files.hpp"

#include "libos-hpc/object/array.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/thread/mutex.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

struct Mapped {
    Ref<File> file;
    std::uint64_t offset;
    std::uint64_t begin, end;

    std::uint64_t offset_at(std::uint64_t address) const { return offset + (address - begin); }
};

[[clang::no_destroy]] constinit Mutex lock;
[[clang::no_destroy]] constinit Array<Mapped> mapped_files;

std::span<std::byte> memory(std::uint64_t address, std::uint64_t bytes) {
    return {reinterpret_cast<std::byte*>(address), bytes}; // Safe: callers made sure that it is mapped.
}

// Not beyond the end of the file, which mapping never moves.
Done write_back(Mapped& mapped, std::uint64_t begin, std::uint64_t end) {
    auto found = mapped.file->attributes();
    if (!found)
        return fail(found.error());
    std::uint64_t offset = mapped.offset_at(begin);
    if (offset >= found->bytes || !address_space().allows(begin, end - begin, right::Read))
        return {};
    std::uint64_t left = std::min(end - begin, found->bytes - offset);
    while (left) {
        auto put = mapped.file->node()->write_at(offset, memory(begin, left));
        if (!put)
            return fail(put.error());
        if (*put == 0)
            return fail(Errno::IO);
        offset += *put, begin += *put, left -= *put;
    }
    return {};
}

} // namespace

Done read_into_memory(File& file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes) {
    while (bytes) {
        auto got = file.read_at(offset, memory(address, bytes));
        if (!got)
            return fail(got.error());
        if (*got == 0)
            return {};
        offset += *got, address += *got, bytes -= *got;
    }
    return {};
}

Done add_mapped_file(Ref<File> file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes) {
    MutexGuard guard(lock);
    if (mapped_files.size() >= mapped_files_max ||
        !mapped_files.push({std::move(file), offset, address, address + bytes}))
        return fail(Errno::NOMEM);
    return {};
}

Done sync_mapped_files(std::uint64_t address, std::uint64_t bytes) {
    MutexGuard guard(lock);
    Done result;
    for (Mapped& mapped : mapped_files) {
        std::uint64_t begin = std::max(mapped.begin, address), end = std::min(mapped.end, address + bytes);
        if (begin < end) {
            if (auto done = write_back(mapped, begin, end); !done)
                result = done;
        }
    }
    return result;
}

Done remove_mapped_files(std::uint64_t address, std::uint64_t bytes) {
    if (mapped_files.empty())
        return {};
    Done result = sync_mapped_files(address, bytes);
    MutexGuard guard(lock);
    for (std::size_t i = mapped_files.size(); i-- > 0;) {
        Mapped& mapped = mapped_files[i];
        std::uint64_t begin = std::max(mapped.begin, address), end = std::min(mapped.end, address + bytes);
        if (begin >= end)
            continue;
        if (end < mapped.end) { // what is left above
            if (!mapped_files.push({mapped.file, mapped.offset_at(end), end, mapped.end}))
                result = fail(Errno::NOMEM);
        }
        if (begin > mapped_files[i].begin)
            mapped_files[i].end = begin;
        else
            mapped_files.erase(i);
    }
    return result;
}

} // namespace exo::hpc
