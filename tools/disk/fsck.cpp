// `exo disk fsck`: whether an image is sound. Without --repair nothing is written. With it, damage in the log is cut
// off, and whatever has a second copy gets both again.
#include "tools/disk/image.hpp"

#include <bit>
#include <format>
#include <print>
#include <unistd.h>

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

// Makes the images that members are rebuilt on, as large as the first that is given.
Outcome<void> make_fresh(const CheckRequest& request) {
    for (const std::string& path : request.fresh) {
        const auto model = FileDisk::open(request.paths.front(), ImageAccess::ReadOnly);
        if (!model)
            return std::unexpected(model.error());
        if (const auto made = make_file(path, (*model)->bytes()); !made)
            return made;
    }
    return {};
}

void say_counts(const files::CheckReport& report, const store::Store& store) {
    const store::StoreCounters& counters = store.counters();
    const store::ScrubReport& scrub = report.scrub;
    std::println("{} directories, {} files, {} symbolic links, {} names, {} pages of 4 KiB checked", report.directories,
                 report.files, report.symlinks, report.names, scrub.pages);
    say_if(scrub.rows, "rows of the set compared with their parity");
    say_if(store.packed_pages().streams(), "pages that are compressed");
    say_if(store.packed_pages().count(), "pages that those take");
    say_if(counters.replayed_batches, "batches played back from the log");
    say_if(counters.torn_batches, "batches at the end of the log that were cut off by a power failure");
    say_if(counters.repaired_index_batches, "parts of the index of which one copy is damaged");
    say_if(counters.recovered_batches, "parts of index and log that were computed from other disks");
    say_if(counters.misdirected_batches + scrub.misdirected_pages, "writes that went to another place");
    say_if(scrub.false_batches, "parts of index and log that were damaged");
    say_if(scrub.recovered_pages, "damaged pages whose contents other disks know");
    say_if(scrub.false_rows, "rows whose parity was wrong");
    say_if(report.unreachable_inodes, "inodes that no name leads to");
    say_if(report.stray_pages, "pages that belong to no file");
    say_if(report.shared_pages, "pages that lie on others");
    say_if(scrub.damaged_pages, "damaged pages");
}

} // namespace

Outcome<int> check_image(const CheckRequest& request) {
    const std::string names = names_of(request.paths);
    if (const auto made = make_fresh(request); !made)
        return std::unexpected(made.error());
    Paths all = request.paths;
    all.insert(all.end(), request.fresh.begin(), request.fresh.end());
    auto image = Image::open(all, request.repair ? ImageAccess::ReadWrite : ImageAccess::ReadOnly,
                             {.accept_damaged_log = request.repair, .spares = request.repair});
    if (!image) {
        for (const std::string& path : request.fresh)
            ::unlink(path.c_str());
        return std::unexpected(image.error());
    }
    files::Files& files = *image->files;
    const unsigned spares = static_cast<unsigned>(std::popcount(files.store().disk().spares()));
    if (request.repair)
        if (const store::Status rebuilt = files.store().rebuild(); !rebuilt)
            return failed(sentence(names, rebuilt.error()));
    files::CheckReport report{.scrub = {.damaged = say_damaged, .context = &files}};
    if (const auto checked = files::check(files, report, request.repair); !checked)
        return failed(std::format("{}: the disk cannot be read", names));
    say_counts(report, files.store());
    say_if(request.repair ? spares : 0, "disks filled anew");
    if (request.repair)
        if (const store::Status closed = files.close(); !closed)
            return failed(sentence(names, closed.error()));
    if (report.is_sound() && (request.repair ? report.scrub.repaired : report.scrub.is_clean()))
        return 0;
    return failed(std::format("{} is damaged{}", names,
                              report.is_sound() && !request.repair ? "; exo disk fsck --repair mends it" : ""));
}

} // namespace exo::tool
