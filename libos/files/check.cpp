// Names and inodes are judged by the tree in memory, places by a map with one bit a sector, pages by reading them.
#include "libos/files/check.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::files {

namespace {

// Whether a way leads up from an inode to the root.
bool is_reachable(Files& files, Inode& inode) {
    if (inode.number == root_number)
        return true;
    return inode.names != 0 && (!inode.is_directory() || Tree::is_above(*files.tree().find(root_number), inode));
}

void count(Files& files, Inode& inode, CheckReport& report) {
    switch (inode.type()) {
    case mode_type::directory:
        report.directories++;
        break;
    case mode_type::regular:
        report.files++;
        break;
    case mode_type::symlink:
        report.symlinks++;
        break;
    default:
        report.others++;
        break;
    }
    for (const Entry* entry = inode.first; entry; entry = entry->next)
        report.names++;
    // One that is still held has lost its last name and keeps its contents.
    report.unreachable_inodes += !is_reachable(files, inode) && !inode.holds;
}

// Notes that a page lies there; whether another does, too.
bool take_page(unsigned char* used, std::uint64_t first_sector) {
    bool shared = false;
    for (std::uint64_t sector = first_sector; sector < first_sector + store::page_sectors; sector++) {
        unsigned char& octet = used[sector / 8];
        const auto bit = static_cast<unsigned char>(1u << sector % 8);
        shared = shared || (octet & bit) != 0;
        octet = static_cast<unsigned char>(octet | bit);
    }
    return shared;
}

} // namespace

Status check(Files& files, CheckReport& report, bool repair) {
    store::Store& store = files.store();
    files.tree().each([&](Inode& inode) { count(files, inode, report); });
    const std::uint64_t sectors = store.superblock().disk_bytes / store::sector_bytes;
    auto* const used = static_cast<unsigned char*>(heap_allocate(sectors / 8 + 1));
    if (!used)
        return fail(FileError::NoMemory);
    fill_bytes(used, 0, sectors / 8 + 1);
    store.each_object([&](std::uint64_t object, const store::PageMap& pages) {
        const Inode* const inode = files.tree().find(object);
        store::Place* place;
        for (std::uint64_t index = 0; pages.next(index, place); index++) {
            report.stray_pages += !inode || !inode->is_regular();
            if (!place->is_staged() && !place->is_packed())
                report.shared_pages += take_page(used, place->sector);
        }
    });
    store.packed_pages().each(
        [&](const store::PackedPage& page) { report.shared_pages += take_page(used, page.sector); });
    heap_free(used);
    const store::Status read = store.scrub(report.scrub, repair);
    return read ? Status{} : fail(error_of(read.error()));
}

} // namespace exo::files
