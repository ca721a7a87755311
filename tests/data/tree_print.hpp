// What a tree of files holds, in lines that are the same on every system: names in order, with what stat says of them,
// but for numbers and times that no two systems share, and a digest of contents.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <span>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

// FNV-1a, eight octets a step where there are as many.
class Digest {
public:
    void add(std::span<const char> octets) {
        std::size_t at = 0;
        for (; at + 8 <= octets.size(); at += 8) {
            std::uint64_t word;
            std::copy_n(octets.data() + at, 8, reinterpret_cast<char*>(&word)); // Safe: octets of a number.
            mix(word);
        }
        for (; at < octets.size(); at++)
            mix(static_cast<unsigned char>(octets[at]));
    }
    void add(const std::string& text) { add(std::span(text.data(), text.size())); }
    void add(long number) { mix(static_cast<std::uint64_t>(number)); }
    std::uint64_t value() const { return value_; }

private:
    void mix(std::uint64_t word) {
        value_ = (value_ ^ word) * 0x100000001b3ull;
        value_ ^= value_ >> 29;
    }
    std::uint64_t value_ = 0xcbf29ce484222325ull;
};

// Of a folder neither the size nor the time of its last change.
inline std::string description(const struct stat& about) {
    const bool folder = S_ISDIR(about.st_mode);
    return std::to_string(about.st_mode) + ' ' + std::to_string(about.st_nlink) + ' ' + std::to_string(about.st_uid) +
           ' ' + std::to_string(about.st_gid) + ' ' + std::to_string(folder ? 0 : about.st_size);
}

// Names of a folder in order, without "." and "..". False: it cannot be read.
template <typename Visit>
bool list_folder(const std::string& path, Visit&& visit) {
    DIR* const folder = ::opendir(path.c_str());
    if (!folder)
        return false;
    std::vector<std::string> names;
    while (const dirent* const item = ::readdir(folder))
        if (const std::string name = item->d_name; name != "." && name != "..")
            names.push_back(name);
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
        visit(name);
    return true;
}

inline std::uint64_t contents_digest(const std::string& path) {
    Digest digest;
    std::vector<char> buffer(1 << 16);
    const int file = ::open(path.c_str(), O_RDONLY);
    // Holes are passed over by their length, so that a file of some GiB takes no time.
    for (off_t at = 0; file >= 0;) {
        const ssize_t got = ::pread(file, buffer.data(), buffer.size(), at);
        if (got <= 0)
            break;
        const std::span piece(buffer.data(), static_cast<std::size_t>(got));
        if (std::any_of(piece.begin(), piece.end(), [](char octet) { return octet != 0; })) {
            digest.add(static_cast<long>(at));
            digest.add(piece);
        }
        at += got;
        if (got < static_cast<ssize_t>(buffer.size()))
            continue;
        const off_t data = ::lseek(file, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO) // nothing but a hole is left
            break;
        if (data > at)
            at = data / static_cast<off_t>(buffer.size()) * static_cast<off_t>(buffer.size());
    }
    if (file >= 0)
        ::close(file);
    return digest.value();
}

inline void print_tree(const std::string& path) {
    list_folder(path, [&](const std::string& name) {
        const std::string below = path + '/' + name;
        struct stat about = {};
        if (::lstat(below.c_str(), &about) != 0)
            return;
        char target[4096] = {};
        if (S_ISLNK(about.st_mode))
            (void)!::readlink(below.c_str(), target, sizeof target - 1);
        const std::uint64_t digest = S_ISREG(about.st_mode) ? contents_digest(below) : 0;
        std::printf("%s: %s %s %016llx\n", below.c_str(), description(about).c_str(), target,
                    static_cast<unsigned long long>(digest));
        if (S_ISDIR(about.st_mode))
            print_tree(below);
    });
}
