// See file_work.hpp.
#include "bench/store/file_work.hpp"

#include "bench/store/file_lane.hpp"

#include <sys/stat.h>

namespace bench::store {

namespace {

constexpr std::size_t small_bytes = 512, block_bytes = 4096;

void row(std::string_view name, std::uint64_t cycles, std::uint64_t divisor) {
    char buffer[row_bytes_max];
    print_row(format_row(buffer, name, "cycles", cycles * 1000 / divisor));
}

// What was done below a folder is on the medium.
void sync_folder(const char* path) {
    const int folder = checked(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "opening a folder");
    checked(::syncfs(folder), "syncfs");
    ::close(folder);
}

} // namespace

void create_small_files(Effort effort) {
    const unsigned count = effort == Effort::smoke ? 200 : 10'000;
    checked(::mkdir("/data/small", 0755), "making a folder");
    const std::string content(small_bytes, 's');
    const std::uint64_t begin = read_tsc();
    for (unsigned index = 0; index < count; ++index) {
        char path[64];
        std::snprintf(path, sizeof path, "/data/small/file-%05u", index);
        const int file = checked(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), "making a file");
        if (::write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
            give_up("writing a file");
        ::close(file);
    }
    sync_folder("/data/small");
    row("create_small_file", read_tsc() - begin, count);
}

void overwrite_and_sync(Effort effort) {
    constexpr std::uint64_t blocks = 4096; // 16 MiB
    const unsigned count = effort == Effort::smoke ? 16 : 512;
    const int file = checked(::open("/data/blocks", O_RDWR | O_CREAT | O_CLOEXEC, 0644), "making a file");
    std::string content(block_bytes, 'a');
    for (std::uint64_t block = 0; block < blocks; ++block)
        if (::write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
            give_up("filling a file");
    checked(::fsync(file), "fsync");
    std::uint64_t samples[512];
    std::uint64_t block = 0;
    for (unsigned index = 0; index < count; ++index) {
        block = (block + 1543) % blocks; // a prime
        std::memset(content.data(), static_cast<int>('b' + index % 20), content.size());
        const std::uint64_t begin = read_tsc();
        if (::pwrite(file, content.data(), content.size(), static_cast<off_t>(block * block_bytes)) !=
            static_cast<ssize_t>(content.size()))
            give_up("overwriting");
        checked(::fsync(file), "fsync");
        samples[index] = read_tsc() - begin;
    }
    ::close(file);
    std::sort(samples, samples + count);
    row("overwrite_4k_fsync", samples[count / 2], 1);
}

} // namespace bench::store
