// The store bench in the peer's guest: store FILESYSTEM [preallocated] [--smoke], of ext4 and xfs on the NVMe disk.
#include "bench/store/file_lane.hpp"
#include "bench/store/file_work.hpp"

#include <memory>
#include <sys/mount.h>
#include <sys/stat.h>

using namespace bench::store;

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
    const auto suite = std::make_unique<StoreSuite<FileLane>>(*lane, effort, "");
    if (!suite->run())
        give_up("appending");
    if (space == Space::preallocated)
        return 0;
    create_small_files(effort);
    overwrite_and_sync(effort);
    mix_of_sqlite(effort);
    return 0;
}
