// `exo disk list`: what is on an image, a line a name, as find(1) and ls(1) would show it.
#include "tools/disk/image.hpp"

#include <algorithm>
#include <chrono>
#include <format>
#include <print>
#include <vector>

namespace exo::tool {

namespace {

char type_letter(const files::Inode& inode) {
    switch (inode.type()) {
    case files::mode_type::directory:
        return 'd';
    case files::mode_type::symlink:
        return 'l';
    case files::mode_type::fifo:
        return 'p';
    case files::mode_type::socket:
        return 's';
    default:
        return '-';
    }
}

void print_line(const files::Inode& inode, const std::string& path) {
    std::string mode = "rwxrwxrwx";
    for (unsigned bit = 0; bit < 9; bit++)
        if (!(inode.attributes.mode >> (8 - bit) & 1))
            mode[bit] = '-';
    const std::chrono::sys_time<std::chrono::seconds> modified(
        std::chrono::seconds(inode.attributes.modified_ns / 1'000'000'000));
    std::println("{}{} {:>3} {:>5} {:>5} {:>12} {:%Y-%m-%d %H:%M:%S} {}{}", type_letter(inode), mode, inode.links(),
                 inode.attributes.user, inode.attributes.group, inode.attributes.bytes, modified, path,
                 inode.target ? std::format(" -> {}", std::string_view(inode.target, inode.target_bytes)) : "");
}

void print_below(const files::Inode& directory, const std::string& path) {
    std::vector<const files::Entry*> entries;
    for (const files::Entry* entry = directory.first; entry; entry = entry->next)
        entries.push_back(entry);
    std::ranges::sort(entries, {}, [](const files::Entry* entry) { return entry->name(); });
    for (const files::Entry* entry : entries) {
        const std::string below = std::format("{}/{}", path, entry->name());
        print_line(*entry->inode, below);
        if (entry->inode->is_directory())
            print_below(*entry->inode, below);
    }
}

} // namespace

Outcome<int> list_image(const Paths& paths, const std::string& folder) {
    const auto image = Image::open(paths, ImageAccess::ReadOnly);
    if (!image)
        return std::unexpected(image.error());
    files::Files& files = *image->files;
    files::Inode* at = &files.root();
    std::string walked;
    for (std::size_t begin = 0; begin < folder.size();) {
        const std::size_t end = std::min(folder.find('/', begin), folder.size());
        const std::string name = folder.substr(begin, end - begin);
        begin = end + 1;
        if (name.empty())
            continue;
        const auto next = files.lookup(*at, name);
        if (!next)
            return failed(std::format("{}: there is no {}/{} on it", names_of(paths), walked, name));
        at = *next;
        walked += "/" + name;
    }
    if (at->is_directory())
        print_below(*at, walked);
    else
        print_line(*at, walked);
    return 0;
}

} // namespace exo::tool
