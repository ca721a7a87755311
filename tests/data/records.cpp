// Records that are acknowledged: each of several threads appends to a file of its own, and says a record's number on
// stdout once fsync has returned. After the machine was killed in the middle of that, everything that was said must be
// there. usage: records FOLDER write THREADS | records FOLDER check
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr int threads_max = 16;

struct Record {
    std::uint64_t thread, number;
    std::uint64_t words[30];
};

Record record_of(std::uint64_t thread, std::uint64_t number) {
    Record record{thread, number, {}};
    std::uint64_t word = thread << 32 | number;
    for (std::uint64_t& each : record.words)
        each = word = word * 6364136223846793005ull + 1442695040888963407ull;
    return record;
}

std::string path_of(const char* folder, int thread) {
    return std::string(folder) + "/records-" + std::to_string(thread);
}

// Whole records from the start of the file on; -1: something else is in it.
long count_records(const std::string& path, std::uint64_t thread) {
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0)
        return 0;
    Record record;
    long count = 0;
    ssize_t got;
    while ((got = ::read(file, &record, sizeof record)) == sizeof record) {
        const Record expected = record_of(thread, static_cast<std::uint64_t>(count));
        if (std::memcmp(&record, &expected, sizeof record) != 0)
            break;
        count++;
    }
    ::close(file);
    return got == 0 ? count : -1; // a write is whole or not at all
}

void append(const char* folder, int thread) {
    const std::string path = path_of(folder, thread);
    long number = count_records(path, static_cast<std::uint64_t>(thread));
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0 || number < 0) {
        std::perror(path.c_str());
        std::exit(1);
    }
    for (;; number++) {
        const Record record = record_of(static_cast<std::uint64_t>(thread), static_cast<std::uint64_t>(number));
        if (::write(file, &record, sizeof record) != sizeof record || ::fsync(file) != 0) {
            std::perror("records");
            std::exit(1);
        }
        char line[64];
        const int bytes = std::snprintf(line, sizeof line, "%d %ld\n", thread, number + 1);
        (void)!::write(1, line, static_cast<std::size_t>(bytes));
    }
}

} // namespace

int main(int count, char** words) {
    if (count == 4 && std::strcmp(words[2], "write") == 0) {
        std::vector<std::thread> threads;
        for (int i = 0; i < std::atoi(words[3]); i++)
            threads.emplace_back(append, words[1], i);
        for (std::thread& thread : threads)
            thread.join();
        return 1;
    }
    for (int i = 0; i < threads_max; i++) {
        const long found = count_records(path_of(words[1], i), static_cast<std::uint64_t>(i));
        if (found != 0)
            std::printf("%d %ld\n", i, found);
    }
    return 0;
}
