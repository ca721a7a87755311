// Stores to a file that is mapped shared: each number goes to a page of its own and to the first page, and is said on
// stdout once msync has returned. After the machine was killed in the middle of that, both must be there.
// usage: mapped FILE write | mapped FILE check
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr std::size_t page_words = 512, pages = 64;

std::size_t word_of(std::uint64_t number) {
    return (1 + number * 37 % (pages - 1)) * page_words;
}

int write_numbers(int file) {
    if (::ftruncate(file, pages * page_words * 8) != 0)
        return 1;
    void* const at = ::mmap(nullptr, pages * page_words * 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        return 1;
    auto* const words = static_cast<std::uint64_t*>(at);
    for (std::uint64_t number = words[0] + 1;; ++number) {
        words[word_of(number)] = number;
        words[0] = number;
        if (::msync(at, pages * page_words * 8, MS_SYNC) != 0)
            return 1;
        std::printf("0 %llu\n1 %llu\n", static_cast<unsigned long long>(number),
                    static_cast<unsigned long long>(number));
        std::fflush(stdout);
    }
}

int find_numbers(int file) {
    static std::uint64_t words[pages * page_words];
    if (::pread(file, words, sizeof words, 0) != sizeof words)
        return 1;
    std::uint64_t greatest = 0;
    for (std::size_t page = 1; page < pages; ++page)
        greatest = std::max(greatest, words[page * page_words]);
    std::printf("0 %llu\n1 %llu\n", static_cast<unsigned long long>(words[0]),
                static_cast<unsigned long long>(greatest));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3)
        return 2;
    const bool writes = std::strcmp(argv[2], "write") == 0;
    const int file = ::open(argv[1], writes ? O_RDWR | O_CREAT : O_RDONLY, 0600);
    if (file < 0)
        return 1;
    return writes ? write_numbers(file) : find_numbers(file);
}
