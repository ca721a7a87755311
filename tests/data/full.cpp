// A disk that becomes full: files of a pattern of their own are written until there is no room, and then everything
// that was taken is still there; what is removed makes room for as much again. In the end a number of files is left,
// for the next boot to find. usage: full FOLDER fill | full FOLDER check
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t file_bytes = 128 * 1024;
constexpr int rounds = 3, files_max = 100'000;
int wrong = 0;

void expect(bool holds, const char* what, long number = 0) {
    if (holds)
        return;
    if (wrong++ < 10)
        std::fprintf(stderr, "full: not so: %s (%ld, %s)\n", what, number, std::strerror(errno));
}

std::vector<std::uint64_t> contents_of(int number) {
    std::vector<std::uint64_t> words(file_bytes / 8);
    std::uint64_t word = static_cast<std::uint64_t>(number) + 1;
    for (std::uint64_t& each : words)
        each = word = word * 6364136223846793005ull + 1442695040888963407ull;
    return words;
}

std::string path_of(const std::string& folder, int number) {
    return folder + "/f" + std::to_string(number);
}

// A file that is there and durable, or none. False: there was no room.
bool put(const std::string& folder, int number) {
    const std::string path = path_of(folder, number);
    const std::vector<std::uint64_t> contents = contents_of(number);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (file < 0) {
        expect(errno == ENOSPC, "creating fails for want of room alone", number);
        return false;
    }
    const auto* octets = reinterpret_cast<const char*>(contents.data()); // Safe: octets of numbers.
    std::size_t done = 0;
    while (done < file_bytes) {
        const ssize_t wrote = ::write(file, octets + done, file_bytes - done);
        if (wrote <= 0)
            break;
        done += static_cast<std::size_t>(wrote);
    }
    const bool whole = done == file_bytes && ::fsync(file) == 0;
    expect(whole || errno == ENOSPC, "writing fails for want of room alone", number);
    ::close(file);
    if (!whole)
        expect(::unlink(path.c_str()) == 0, "on a full disk files can be removed", number);
    return whole;
}

void check(const std::string& folder, int number) {
    const std::vector<std::uint64_t> expected = contents_of(number);
    std::vector<std::uint64_t> found(expected.size());
    const int file = ::open(path_of(folder, number).c_str(), O_RDONLY);
    expect(file >= 0, "a file that was written is there", number);
    struct stat about = {};
    expect(::fstat(file, &about) == 0 && about.st_size == file_bytes, "it has its size", number);
    expect(::read(file, found.data(), file_bytes) == static_cast<ssize_t>(file_bytes) && found == expected,
           "it has its contents", number);
    ::close(file);
}

// Files from `first` on until the disk is full; how many there are then.
int fill(const std::string& folder, int first) {
    int number = first;
    while (number < files_max && put(folder, number))
        number++;
    expect(number < files_max, "the disk becomes full");
    for (int i = first; i < number; i++)
        check(folder, i);
    return number;
}

// On a full disk, one page of a file anew: there is room for that, since the old one goes.
void overwrite(const std::string& folder, int number) {
    const std::vector<std::uint64_t> contents = contents_of(number);
    const int file = ::open(path_of(folder, number).c_str(), O_WRONLY);
    expect(file >= 0 && ::pwrite(file, contents.data(), 4096, 0) == 4096 && ::fsync(file) == 0,
           "on a full disk what is there can be overwritten", number);
    ::close(file);
}

int fill_again_and_again(const std::string& folder) {
    expect(::mkdir(folder.c_str(), 0755) == 0, "a folder is made");
    int first = 0, most = 0;
    for (int round = 0; round < rounds; round++) {
        const int end = fill(folder, first);
        const int count = end - first;
        std::printf("round %d: %d files\n", round, count);
        // What a round leaves behind is not lost for the next: a sixteenth is for what a folder and its log take.
        expect(count > 8 && (round == 0 || count >= most - most / 16), "there is as much room as before", count);
        most = round == 0 ? count : most;
        for (int i = first; i < end; i++)
            overwrite(folder, i);
        for (int i = first; i < end; i++)
            check(folder, i);
        struct statvfs room = {};
        expect(::statvfs(folder.c_str(), &room) == 0 && room.f_bavail * room.f_bsize < 2 * file_bytes,
               "statvfs says that it is full", static_cast<long>(room.f_bavail));
        const bool last = round == rounds - 1;
        for (int i = first; i < end && !last; i++)
            expect(::unlink(path_of(folder, i).c_str()) == 0, "a file is removed", i);
        first = last ? first : end;
        if (last)
            std::printf("left %d %d\n", first, end);
    }
    return wrong != 0;
}

// What `fill` left: names say which, and none is missing in between.
int check_what_is_left(const std::string& folder) {
    int first = 0;
    struct stat about = {};
    while (first < files_max && ::stat(path_of(folder, first).c_str(), &about) != 0)
        first++;
    int end = first;
    while (::stat(path_of(folder, end).c_str(), &about) == 0)
        check(folder, end++);
    std::printf("left %d %d\n", first, end);
    return wrong != 0 || first == end;
}

} // namespace

int main(int count, char** words) {
    if (count != 3)
        return 2;
    if (std::strcmp(words[2], "fill") == 0)
        return fill_again_and_again(words[1]);
    return check_what_is_left(words[1]);
}
