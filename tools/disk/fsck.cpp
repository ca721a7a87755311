// `exo disk fsck`: whether an image is sound. Without --repair nothing is written. With it, damage in the log is cut
// off, and whatever has a second copy gets both again.
#include "tools/disk/image.hpp"

#include <format>
#include <print>

namespace exo::tool {

namespace {

std::string path_of(const files::Inode& inode, files::Tree& tree) {
    std::string path;
    tree.each([&](const files::Inode& directory) {
        for (const files::Entry* entry = directory.first; entry && path.empty(); entry = entry->next)
            if (entry->inode == &inode)
                path = (directory.number == files::root_number ? "" : path_of(directory, tree)) + "/" +
                       std::string(entry->name());
    });
    return path.empty() ? std::format("inode {}", inode.number) : path;
}

void say_damaged(void* context, std::uint64_t number, std::uint64_t index) {
    files::Tree& tree = static_cast<files::Files*>(context)->tree();
    const files::Inode* const inode = tree.find(number);
    std::println("damaged: {}, 4096 octets at {}", inode ? path_of(*inode, tree) : std::format("object {}", number),
                 index * store::page_bytes);
}

void say_if(std::uint64_t count, const char* what) {
    if (count)
        std::println("{}: {}", what, count);
}

} // namespace

Outcome<int> check_image(const std::string& path, bool repair) {
    auto image = Image::open(path, repair ? ImageAccess::ReadWrite : ImageAccess::ReadOnly, repair);
    if (!image)
        return std::unexpected(image.error());
    files::Files& files = *image->files;
    files::CheckReport report;
    if (const auto checked = files::check(files, report, say_damaged, &files); !checked)
        return failed(std::format("{}: the disk cannot be read", path));
    const store::StoreCounters& counters = files.store().counters();
    std::println("{} directories, {} files, {} symbolic links, {} names, {} pages of 4 KiB checked", report.directories,
                 report.files, report.symlinks, report.names, report.pages);
    say_if(counters.replayed_batches, "batches played back from the log");
    say_if(counters.torn_batches, "batches at the end of the log that were cut off by a power failure");
    say_if(counters.repaired_index_batches, "parts of the index of which one copy is damaged");
    say_if(report.unreachable_inodes, "inodes that no name leads to");
    say_if(report.stray_pages, "pages that belong to no file");
    say_if(report.shared_pages, "pages that lie on others");
    say_if(report.damaged_pages, "damaged pages");
    if (repair)
        if (const store::Status closed = files.close(); !closed)
            return failed(sentence(path, closed.error()));
    if (report.is_sound())
        return 0;
    return failed(std::format("{} is damaged", path));
}

} // namespace exo::tool
