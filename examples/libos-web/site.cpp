// Opening a site and finding documents in it. See site.hpp.
#include "examples/libos-web/site.hpp"

#include "libos/block/run_command.hpp"
#include "libos/coding/checksum.hpp"
#include "libos/memory/heap.hpp"

#include <cstring>

namespace web {

namespace {

using exo::block::Operation;

bool is_blank(std::span<const std::byte> page) {
    for (const std::byte octet : page)
        if (octet != std::byte{})
            return false;
    return true;
}

bool is_whole(const Document& document, std::uint64_t begin, std::uint64_t end) {
    return exo::coding::crc32c(0, &document, offsetof(Document, crc)) == document.crc &&
           document.path[path_octets_max] == 0 && document.header_octets < slot_octets_max &&
           document.octets < end * page_bytes && document.first_page >= begin && document.first_page <= end &&
           document.pages() <= end - document.first_page;
}

} // namespace

Site::State Site::open(exo::block::Device& disk) {
    const exo::block::Piece page = disk.allocate(page_bytes);
    if (!page.address)
        return bad("there is no memory to read the disk");
    if (!carry(disk, Operation::Read, 0, page))
        return bad("the disk's first page cannot be read");
    if (is_blank({page.address, page_bytes}))
        return State::Blank;
    Superblock super;
    std::memcpy(&super, page.address, sizeof super);
    if (std::string_view(super.magic, sizeof super.magic) != site_magic)
        return bad("the disk holds something else than a site");
    if (exo::coding::crc32c(0, &super, offsetof(Superblock, crc)) != super.crc)
        return bad("the site's first page is damaged");
    if (super.version != site_version)
        return bad("the site is of another version");
    if (super.documents > documents_max || super.pages > disk.bytes() / page_bytes ||
        super.table_pages() >= super.pages)
        return bad("the site is larger than the disk");

    void* const table = exo::heap_allocate(super.table_pages() * page_bytes + 1);
    if (!table)
        return bad("there is no memory for the table of documents");
    for (std::uint64_t i = 0; i < super.table_pages(); i++) {
        if (!carry(disk, Operation::Read, (1 + i) * page_bytes, page))
            return bad("the table of documents cannot be read");
        std::memcpy(static_cast<std::byte*>(table) + i * page_bytes, page.address, page_bytes);
    }
    disk.release(page);
    pages_ = super.pages;
    documents_ = {static_cast<Document*>(table), super.documents};
    std::string_view before;
    for (const Document& document : documents_) {
        if (!is_whole(document, 1 + super.table_pages(), super.pages) || document.name() <= before)
            return bad("the table of documents is damaged");
        before = document.name();
    }
    return State::Sound;
}

const Document* Site::find(std::string_view path) const {
    std::size_t low = 0, high = documents_.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (documents_[middle].name() < path)
            low = middle + 1;
        else
            high = middle;
    }
    return low < documents_.size() && documents_[low].name() == path ? &documents_[low] : nullptr;
}

} // namespace web
