// The store bench in the peer's guest: store FILESYSTEM [preallocated] [--smoke], of ext4 and xfs on the NVMe disk. An
// append is write() at the end of a file, and fsync(); with `preallocated` it overwrites a file that is there already,
// and fdatasync() has no metadata to write.
#include "bench/store/suite.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace bench::store;

[[noreturn]] void give_up(const char* step) {
    std::fprintf(stderr, "store: %s: %s\n", step, std::strerror(errno));
    std::exit(1);
}

enum class Space { appended, preallocated };

class FileLane {
public:
    explicit FileLane(Space space) : space_(space) {
        file_ = ::open("/data/log", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file_ < 0)
            give_up("making a file");
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
    void print(std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

private:
    const Space space_;
    int file_ = -1;
    std::uint32_t value_ = 0;
};

} // namespace

int main(int count, char** words) {
    std::string kind;
    Space space = Space::appended;
    Effort effort = Effort::measure;
    for (int index = 1; index < count; ++index) {
        const std::string_view word = words[index];
        if (word == "preallocated")
            space = Space::preallocated;
        else if (word == "--smoke")
            effort = Effort::smoke;
        else
            kind = word;
    }
    if ((::mkdir("/data", 0755) != 0 && errno != EEXIST) ||
        ::mount("/dev/nvme0n1", "/data", kind.c_str(), 0, nullptr) != 0)
        give_up("mounting /dev/nvme0n1");
    const auto lane = std::make_unique<FileLane>(space);
    const auto suite = std::make_unique<StoreSuite<FileLane>>(*lane, effort);
    if (!suite->run())
        give_up("appending");
    return 0;
}
