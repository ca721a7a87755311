// Random operations on a small tree of files, from a seed: what each returned, and what is there in the end, must be
// the same on every system that has Linux' files. Names are few, so that operations meet; descriptors stay open while
// names go. usage: torture FOLDER SEED OPERATIONS [FIRST LAST]: also prints each operation from FIRST to LAST
#include "tests/data/tree_print.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t handles = 10, write_bytes_max = 70'000;
constexpr long far_offset = 1L << 31;
constexpr long operations_per_line = 5000;

class Torture {
public:
    Torture(std::uint64_t seed, long first, long last) : random_(seed), first_(first), last_(last) {
        for (int& fd : fds_)
            fd = -1;
        buffer_.resize(write_bytes_max);
    }

    void run(long operations) {
        for (number_ = 0; number_ < operations; number_++) {
            step();
            if ((number_ + 1) % operations_per_line == 0)
                std::printf("%ld operations: %016llx\n", number_ + 1, static_cast<unsigned long long>(digest_.value()));
        }
        for (int& fd : fds_)
            if (fd >= 0)
                ::close(fd);
    }

private:
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    bool one_in(std::uint32_t bound) { return below(bound) == 0; }

    // Up to three levels of five names; sometimes a slash behind, a dot in between, or a name that is too long.
    std::string path() {
        std::string text;
        for (std::uint32_t left = 1 + below(3); left; left--)
            text += std::string(text.empty() ? "" : "/") + "abcde"[below(5)];
        if (one_in(40))
            text += '/';
        if (one_in(60))
            text = "a/../" + text;
        if (one_in(80))
            text = "./" + text + "/.";
        if (one_in(300))
            text += std::string(250 + below(12), 'n');
        return text;
    }
    long offset() {
        if (one_in(60))
            return far_offset + below(1 << 20);
        return one_in(3) ? below(60) * 4096L : below(300'000);
    }
    int& fd() { return fds_[below(handles)]; }
    std::span<char> filled(std::size_t bytes) {
        const char first = static_cast<char>(below(256));
        for (std::size_t i = 0; i < bytes; i++)
            buffer_[i] = static_cast<char>(first + static_cast<char>(i * 7) + static_cast<char>(i >> 8));
        return {buffer_.data(), bytes};
    }
    std::size_t length() {
        return one_in(8) ? below(write_bytes_max) : one_in(3) ? 4096 * (1 + below(4)) : below(3000);
    }

    // What came of an operation.
    void note(const char* what, long result, const std::string& more = {}) {
        const int error = result < 0 ? errno : 0;
        digest_.add(what);
        digest_.add(result);
        digest_.add(error);
        digest_.add(more);
        if (number_ >= first_ && number_ <= last_)
            std::printf("%ld %s %s = %ld %s %016llx\n", number_, what, arguments_.c_str(), result,
                        error           ? std::strerror(error)
                        : is_text(more) ? more.c_str()
                                        : "",
                        static_cast<unsigned long long>(digest_.value()));
        arguments_.clear();
    }
    static bool is_text(const std::string& octets) {
        return octets.size() < 200 && std::all_of(octets.begin(), octets.end(), [](char c) { return c >= ' '; });
    }
    std::string said(const std::string& text) {
        arguments_ += (arguments_.empty() ? "" : " ") + text;
        return text;
    }
    template <typename T>
    T said(T number) {
        (void)said(std::to_string(number));
        return number;
    }

    void open();
    void transfer();
    void shape();
    void names();
    void look();
    void change();
    void step() {
        switch (below(12)) {
        case 0:
        case 1:
            return open();
        case 2:
        case 3:
        case 4:
        case 5:
            return transfer();
        case 6:
            return shape();
        case 7:
        case 8:
            return names();
        case 9:
        case 10:
            return look();
        default:
            return change();
        }
    }

    std::mt19937_64 random_;
    long first_, last_, number_ = 0;
    int fds_[handles];
    std::vector<char> buffer_;
    std::string arguments_;
    Digest digest_;
};

void Torture::open() {
    static constexpr int flags[] = {O_RDONLY,
                                    O_RDWR | O_CREAT,
                                    O_RDWR | O_CREAT,
                                    O_RDWR | O_CREAT | O_TRUNC,
                                    O_RDWR | O_CREAT | O_EXCL,
                                    O_WRONLY | O_CREAT | O_APPEND,
                                    O_RDWR | O_APPEND,
                                    O_RDONLY | O_DIRECTORY,
                                    O_RDWR | O_NOFOLLOW,
                                    O_WRONLY | O_TRUNC,
                                    O_RDWR | O_TMPFILE,
                                    O_WRONLY | O_TMPFILE | O_EXCL,
                                    O_RDONLY | O_TMPFILE,
                                    O_RDWR};
    int& at = fd();
    if (at >= 0)
        ::close(at);
    const int chosen = said(flags[below(std::size(flags))]);
    at = ::open(said(path()).c_str(), chosen, 0600 + below(0200));
    note("open", at < 0 ? -1 : 0);
}

void Torture::transfer() {
    const int at = fd();
    const std::size_t bytes = said(length());
    const long where = said(offset());
    long result;
    switch (below(6)) {
    case 0:
        return note("write", ::write(at, filled(bytes).data(), bytes));
    case 1:
    case 2:
        return note("pwrite", ::pwrite(at, filled(bytes).data(), bytes, where));
    case 3:
        result = ::pread(at, buffer_.data(), bytes, where);
        break;
    case 4:
        result = ::read(at, buffer_.data(), bytes);
        break;
    default: {
        (void)filled(bytes);
        const iovec pieces[2] = {{buffer_.data(), bytes / 3}, {buffer_.data() + bytes / 3, bytes - bytes / 3}};
        return note("pwritev", ::pwritev(at, pieces, 2, where));
    }
    }
    note("read", result, result > 0 ? std::string(buffer_.data(), static_cast<std::size_t>(result)) : "");
}

void Torture::shape() {
    const int at = fd();
    const long where = said(offset()), bytes = said(static_cast<long>(length()));
    switch (said(below(8))) {
    case 0:
    case 1:
        return note("ftruncate", ::ftruncate(at, where));
    case 2:
        return note("truncate", ::truncate(said(path()).c_str(), where));
    case 3:
        return note("fallocate", ::fallocate(at, one_in(2) ? FALLOC_FL_KEEP_SIZE : 0, where % 400'000, bytes));
    case 4:
        return note("punch", ::fallocate(at, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, where, bytes));
    case 5:
        return note("zero", ::fallocate(at, FALLOC_FL_ZERO_RANGE | (one_in(2) ? FALLOC_FL_KEEP_SIZE : 0),
                                        where % 400'000, bytes));
    case 6:
        return note("sync", one_in(2) ? ::fsync(at) : ::fdatasync(at));
    default: {
        const long by = said(one_in(3) ? -static_cast<long>(below(5000)) : where);
        const int whence = static_cast<int>(below(3));
        struct stat about = {};
        if (::fstat(at, &about) == 0 && S_ISDIR(about.st_mode)) // ends where its file system says
            return note("lseek", 0);
        return note("lseek", ::lseek(at, by, whence));
    }
    }
}

void Torture::names() {
    // Which of two errors comes first with a name that is too long depends on the file system.
    const std::string from = said(path().substr(0, 200)), to = said(path().substr(0, 200));
    switch (said(below(12))) {
    case 0:
        return note("mkdir", ::mkdir(from.c_str(), 0755));
    case 1:
        return note("rmdir", ::rmdir(from.c_str()));
    case 2:
        return note("unlink", ::unlink(from.c_str()));
    case 3:
        return note("link", ::link(from.c_str(), to.c_str()));
    case 4:
        return note("symlink", ::symlink(from.c_str(), to.c_str()));
    case 5:
        return note("mkdir", ::mkdir(to.c_str(), 0700));
    case 6:
        return note("rename", ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE));
    case 7:
        return note("exchange", ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE));
    case 8: {
        const std::string open = "/proc/self/fd/" + std::to_string(fd());
        return note("link of open", ::linkat(AT_FDCWD, open.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW));
    }
    case 9:
        return note("link of open", ::linkat(fd(), "", AT_FDCWD, to.c_str(), AT_EMPTY_PATH));
    default:
        return note("rename", ::rename(from.c_str(), to.c_str()));
    }
}

void Torture::look() {
    struct stat about = {};
    const std::string name = said(path());
    switch (said(below(7))) {
    case 0: {
        const int result = ::stat(name.c_str(), &about);
        return note("stat", result, result ? "" : description(about));
    }
    case 1:
    case 2: {
        const int result = ::lstat(name.c_str(), &about);
        return note("lstat", result, result ? "" : description(about));
    }
    case 3: {
        const int result = ::fstat(fd(), &about);
        return note("fstat", result, result ? "" : description(about));
    }
    case 4: {
        const long result = ::readlink(name.c_str(), buffer_.data(), 300);
        return note("readlink", result,
                    result > 0 ? std::string(buffer_.data(), static_cast<std::size_t>(result)) : "");
    }
    case 5: {
        std::string listed;
        const bool good = list_folder(name, [&](const std::string& item) { listed += item + '/'; });
        return note("list", good ? 0 : -1, listed);
    }
    default:
        return note("access", ::access(name.c_str(), static_cast<int>(below(8))));
    }
}

void Torture::change() {
    const std::string name = said(path());
    const timespec times[2] = {
        {said(static_cast<long>(below(2'000'000'000))), static_cast<long>(below(1'000'000'000))},
        {said(static_cast<long>(below(2'000'000'000))), static_cast<long>(below(1'000'000'000))}};
    switch (said(below(6))) {
    case 0:
        return note("chmod", ::chmod(name.c_str(), below(010000)));
    case 1:
        return note("chown", ::lchown(name.c_str(), below(1000), below(1000)));
    case 2:
        return note("utimens", ::utimensat(AT_FDCWD, name.c_str(), times, one_in(2) ? AT_SYMLINK_NOFOLLOW : 0));
    case 3: {
        loff_t from = offset(), to = offset();
        const long bytes = said(static_cast<long>(length()));
        const int source = fd(), target = said(fd());
        if (source < 0 || target < 0 || source == target)
            return note("copy", 0);
        struct stat one = {}, other = {};
        (void)::fstat(source, &one), (void)::fstat(target, &other);
        if (one.st_ino == other.st_ino) // Linux refuses what overlaps
            return note("copy", 0);
        return note("copy", ::copy_file_range(source, &from, target, &to, static_cast<std::size_t>(bytes), 0));
    }
    case 4:
        return note("fchmod", ::fchmod(fd(), below(010000)));
    default: {
        int& at = fd();
        const int result = at < 0 ? 0 : ::close(at);
        at = -1;
        return note("close", result);
    }
    }
}

} // namespace

int main(int count, char** words) {
    if (count != 4 && count != 6) {
        std::fputs("usage: torture FOLDER SEED OPERATIONS [FIRST LAST]\n", stderr);
        return 2;
    }
    ::umask(022);
    if (::mkdir(words[1], 0755) != 0 || ::chdir(words[1]) != 0) {
        std::perror(words[1]);
        return 1;
    }
    const auto number = [&](int at) { return std::strtol(words[at], nullptr, 10); };
    std::printf("seed %s\n", words[2]);
    Torture(static_cast<std::uint64_t>(number(2)), count == 6 ? number(4) : -1, count == 6 ? number(5) : -1)
        .run(number(3));
    print_tree(".");
    return 0;
}
