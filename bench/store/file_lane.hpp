// Appending to a file at /data, on whatever system: write() at its end, and fsync(); or over a file that is as long
// already, where fdatasync() has no metadata to write.
#pragma once

#include "bench/store/suite.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace bench::store {

[[noreturn]] inline void give_up(const char* step) {
    std::fprintf(stderr, "store: %s: %s\n", step, std::strerror(errno));
    std::exit(1);
}

template <typename Result>
Result checked(Result result, const char* step) {
    if (result < 0)
        give_up(step);
    return result;
}

inline void print_row(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

enum class Space { appended, preallocated };

class FileLane {
public:
    explicit FileLane(Space space) : space_(space) {
        file_ = checked(::open("/data/log", O_RDWR | O_CREAT | O_CLOEXEC, 0644), "making a file");
        if (space == Space::preallocated) {
            const std::string zeroes(std::size_t{appends_max} * record_bytes, '\0');
            if (::write(file_, zeroes.data(), zeroes.size()) != static_cast<ssize_t>(zeroes.size()) ||
                ::fsync(file_) != 0 || ::lseek(file_, 0, SEEK_SET) != 0)
                give_up("filling the file");
        }
    }
    bool append(std::uint32_t count) {
        char record[record_bytes];
        for (std::uint32_t index = 0; index < count; ++index) {
            std::memset(record, static_cast<int>(++value_), sizeof record);
            if (::write(file_, record, sizeof record) != sizeof record)
                return false;
        }
        return (space_ == Space::appended ? ::fsync(file_) : ::fdatasync(file_)) == 0;
    }
    void print(std::string_view text) { print_row(text); }

private:
    const Space space_;
    int file_ = -1;
    std::uint32_t value_ = 0;
};

} // namespace bench::store
