// `exo disk export`: the files of an image, as files of the host.
#include "tools/disk/image.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <map>
#include <print>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace exo::tool {

namespace {

class Exporter {
public:
    explicit Exporter(files::Files& files) : files_(files) {}

    // What could not be exported whole is said on stderr and counted.
    void directory(const files::Inode& directory, const std::string& path) {
        for (files::Entry* entry = directory.first; entry; entry = entry->next)
            one(*entry->inode, std::format("{}/{}", path, entry->name()));
    }
    unsigned failures() const { return failures_; }

private:
    void complain(const std::string& path, const char* why) {
        std::println(stderr, "exo: {}: {}", path, why);
        failures_++;
    }

    void one(files::Inode& inode, const std::string& path) {
        if (const auto before = linked_.find(inode.number); before != linked_.end()) {
            if (::link(before->second.c_str(), path.c_str()) != 0)
                complain(path, std::strerror(errno));
            return;
        }
        if (inode.is_directory()) {
            if (::mkdir(path.c_str(), 0777) != 0)
                return complain(path, std::strerror(errno));
            directory(inode, path);
            ::chmod(path.c_str(), inode.attributes.mode & 0777);
        } else if (inode.type() == files::mode_type::symlink) {
            if (::symlink(std::string(inode.target ? inode.target : "", inode.target_bytes).c_str(), path.c_str()) != 0)
                return complain(path, std::strerror(errno));
        } else if (inode.is_regular()) {
            regular(inode, path);
        } else {
            return complain(path, "is neither a file, a directory nor a symbolic link; left out");
        }
        const std::int64_t second = 1'000'000'000;
        const auto time = [&](std::int64_t ns) {
            return timespec{ns / second - (ns % second < 0), (ns % second + second) % second};
        };
        const timespec times[2] = {time(inode.attributes.accessed_ns), time(inode.attributes.modified_ns)};
        ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
        if (!inode.is_directory() && inode.names > 1)
            linked_[inode.number] = path;
    }

    void regular(files::Inode& inode, const std::string& path) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode.attributes.mode & 0777);
        if (file < 0)
            return complain(path, std::strerror(errno));
        bool good = ::ftruncate(file, static_cast<off_t>(inode.attributes.bytes)) == 0;
        std::vector<std::byte> buffer(std::size_t{1} << 20);
        // Holes stay holes.
        for (auto at = files_.seek_data(inode, 0); good && at;) {
            const std::uint64_t end = files_.seek_hole(inode, *at).value_or(inode.attributes.bytes);
            const std::size_t bytes = static_cast<std::size_t>(std::min<std::uint64_t>(end - *at, buffer.size()));
            const auto read = files_.read(inode, *at, std::span(buffer).first(bytes));
            if (!read || *read == 0) {
                complain(path, "damaged; the rest of it is left out");
                break;
            }
            good = ::pwrite(file, buffer.data(), *read, static_cast<off_t>(*at)) == static_cast<ssize_t>(*read);
            at = files_.seek_data(inode, *at + *read);
        }
        if (!good)
            complain(path, std::strerror(errno));
        ::close(file);
    }

    files::Files& files_;
    std::map<std::uint64_t, std::string> linked_; // the first name of each inode that has several
    unsigned failures_ = 0;
};

} // namespace

Outcome<int> export_image(const Paths& paths, const std::string& folder) {
    const auto image = Image::open(paths, ImageAccess::ReadOnly);
    if (!image)
        return std::unexpected(image.error());
    if (::mkdir(folder.c_str(), 0777) != 0)
        return failed(std::format("cannot create the folder {}: {}", folder, std::strerror(errno)));
    Exporter exporter(*image->files);
    files::Inode& root = image->files->root();
    exporter.directory(root, folder);
    return exporter.failures() ? status_failed : 0;
}

} // namespace exo::tool
