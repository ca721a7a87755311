// What the file calls share: from descriptor numbers and paths to files and places, with Linux's errors.
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/call/user.hpp"
#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/name/names.hpp"

namespace exo::hpc::call {

using namespace linux_abi;

// A file to read or write. Errors: BADF (also for the wrong direction, and for O_PATH).
Outcome<Ref<File>> file_to_read(int fd);
Outcome<Ref<File>> file_to_write(int fd);
// Any file that is not only a path. Errors: BADF.
Outcome<Ref<File>> file_of(int fd);

// Where a relative path of an ...at call starts. Errors: BADF, NOTDIR.
Outcome<Ref<Place>> start_of(int directory, std::string_view path);
// As resolve and find_place of vfs/path.hpp, for a directory descriptor and a path.
Outcome<Resolved> resolve_at(int directory, std::string_view path, LastLink last);
Outcome<Ref<Place>> find_at(int directory, std::string_view path, LastLink last);

inline LastLink last_link(bool follow) {
    return follow ? LastLink::Follow : LastLink::Keep;
}

// Opens a path (open(2)). Errors: as open.
Outcome<Ref<File>> open_path(int directory, std::string_view path, std::uint32_t flags, std::uint32_t permissions);

// An answer for a call that can wait: interrupted ones may be made again.
template <typename T>
Answer answer_or_restart(const Outcome<T>& outcome) {
    return !outcome && outcome.error() == Errno::INTR ? interrupted_restartable : answer(outcome);
}

} // namespace exo::hpc::call
