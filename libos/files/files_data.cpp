// Contents of files. What lies beyond a file's end in its last page is zero, so a file that grows shows zeroes.
#include "libos/files/files.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::files {

namespace {
constexpr std::uint64_t page = store::page_bytes;
constexpr std::uint32_t pages_at_once = 32; // of a long write: room for them is made together
constexpr std::uint32_t pages_ahead = 32;

Status check_range(const Inode& inode, std::uint64_t offset, std::uint64_t bytes) {
    if (inode.is_directory())
        return fail(FileError::IsDirectory);
    if (!inode.is_regular())
        return fail(FileError::Invalid);
    return offset > file_bytes_max || bytes > file_bytes_max - offset ? Status(fail(FileError::FileTooBig)) : Status{};
}
std::uint64_t least(std::uint64_t left, std::uint64_t right) {
    return left < right ? left : right;
}
} // namespace

Result<std::size_t> Files::read(Inode& inode, std::uint64_t offset, std::span<std::byte> into) {
    if (const Status good = check_range(inode, 0, 0); !good)
        return fail(good.error());
    if (offset >= inode.attributes.bytes)
        return 0;
    const std::uint64_t bytes = least(into.size(), inode.attributes.bytes - offset);
    const std::uint64_t first = offset / page, last = bytes ? (offset + bytes - 1) / page : first;
    if (last > first || (first == inode.next_read && first != 0))
        store_.read_ahead(inode.number, first,
                          static_cast<std::uint32_t>(least(last - first + pages_ahead, 2 * pages_ahead)));
    std::uint64_t done = 0;
    while (done < bytes) {
        const std::uint64_t index = (offset + done) / page, begin = (offset + done) % page;
        const std::uint64_t count = least(page - begin, bytes - done);
        if (index > first && (index - first) % pages_ahead == 0)
            store_.read_ahead(inode.number, index, pages_ahead);
        const store::Result<const std::byte*> found = store_.read_page(inode.number, index);
        if (!found && done == 0)
            return fail(error_of(found.error()));
        if (!found)
            break;
        if (*found)
            copy_bytes(into.data() + done, *found + begin, count);
        else
            fill_bytes(into.data() + done, 0, count);
        done += count;
    }
    inode.next_read = (offset + done + page - 1) / page;
    return done;
}

// At most pages_at_once pages, in one batch.
Result<std::size_t> Files::write_some(Inode& inode, std::uint64_t offset, std::span<const std::byte> from) {
    const std::uint64_t bytes = least(from.size(), pages_at_once * page - offset % page);
    const std::uint64_t first = offset / page, last = (offset + bytes - 1) / page;
    // Pages that are written in part are read before anything changes, so that an error leaves all as it was.
    for (const std::uint64_t index : {first, last}) {
        const bool whole = index * page >= offset && (index + 1) * page <= offset + bytes;
        if (whole)
            continue;
        if (const store::Result<const std::byte*> before = store_.read_page(inode.number, index); !before)
            return fail(error_of(before.error()));
    }
    const std::uint32_t new_pages = store_.new_pages(inode.number, first, last - first + 1);
    if (const Status enough = room(inode_room, static_cast<std::uint32_t>(last - first + 1), new_pages); !enough)
        return fail(enough.error());
    std::uint64_t done = 0;
    Status failed;
    while (done < bytes) {
        const std::uint64_t index = (offset + done) / page, begin = (offset + done) % page;
        const std::uint64_t count = least(page - begin, bytes - done);
        const store::Result<std::byte*> to =
            store_.change_page(inode.number, index, count == page ? store::Fill::Nothing : store::Fill::Keep);
        if (!to) {
            failed = fail(error_of(to.error()));
            break;
        }
        copy_bytes(*to + begin, from.data() + done, count);
        done += count;
    }
    if (done == 0)
        return fail(failed.error());
    if (offset + done > inode.attributes.bytes)
        inode.attributes.bytes = offset + done;
    touch(inode, clock_.now());
    return done;
}

Result<std::size_t> Files::write(Inode& inode, std::uint64_t offset, std::span<const std::byte> from) {
    if (const Status good = check_range(inode, offset, from.size()); !good)
        return fail(good.error());
    std::size_t done = 0;
    while (done < from.size()) {
        const Result<std::size_t> some = write_some(inode, offset + done, from.subspan(done));
        if (!some && done == 0)
            return some;
        if (!some)
            break;
        done += *some;
    }
    return done;
}

// Whether a page is not a hole. Brings it into memory, so that what can fail fails before anything is changed.
Result<bool> Files::has_page(const Inode& inode, std::uint64_t index) {
    const store::Result<const std::byte*> found = store_.read_page(inode.number, index);
    if (!found)
        return fail(error_of(found.error()));
    return *found != nullptr;
}

// Zeroes octets inside one page. Room was reserved.
Status Files::zero_part(Inode& inode, std::uint64_t offset, std::uint64_t bytes) {
    const store::Result<std::byte*> to = store_.change_page(inode.number, offset / page, store::Fill::Keep);
    if (!to)
        return fail(error_of(to.error()));
    fill_bytes(*to + offset % page, 0, bytes);
    return {};
}

Status Files::truncate(Inode& inode, std::uint64_t bytes) {
    if (const Status good = check_range(inode, 0, bytes); !good)
        return good;
    const bool shrinks = bytes < inode.attributes.bytes;
    Result<bool> partly = false;
    if (shrinks && bytes % page)
        if (partly = has_page(inode, bytes / page); !partly)
            return fail(partly.error());
    if (const Status enough = room(inode_room + drop_room, *partly, 0); !enough)
        return enough;
    if (*partly)
        if (const Status zeroed = zero_part(inode, bytes, page - bytes % page); !zeroed)
            return zeroed;
    if (shrinks)
        store_.drop_pages(inode.number, (bytes + page - 1) / page, ~0ull);
    inode.attributes.bytes = bytes;
    touch(inode, clock_.now());
    return {};
}

Status Files::punch_hole(Inode& inode, std::uint64_t offset, std::uint64_t bytes) {
    if (const Status good = check_range(inode, offset, bytes); !good)
        return good;
    const std::uint64_t end = least(offset + bytes, (inode.attributes.bytes + page - 1) / page * page);
    if (end <= offset)
        return {};
    const std::uint64_t first = (offset + page - 1) / page, last = end / page; // whole pages: [first, last)
    // What is to be zeroed in pages that stay: one run inside one page, or up to two.
    const std::uint64_t head = first > last ? end - offset : first * page - offset,
                        tail = first > last ? 0 : end % page;
    Result<bool> zeroes_head = false, zeroes_tail = false;
    if (head)
        zeroes_head = has_page(inode, offset / page);
    if (tail)
        zeroes_tail = has_page(inode, last);
    if (!zeroes_head || !zeroes_tail)
        return fail(zeroes_head ? zeroes_tail.error() : zeroes_head.error());
    if (const Status enough = room(inode_room + drop_room, 2, 0); !enough)
        return enough;
    if (*zeroes_head)
        if (const Status zeroed = zero_part(inode, offset, head); !zeroed)
            return zeroed;
    if (*zeroes_tail)
        if (const Status zeroed = zero_part(inode, last * page, tail); !zeroed)
            return zeroed;
    if (last > first)
        store_.drop_pages(inode.number, first, last - 1);
    touch(inode, clock_.now());
    return {};
}

Status Files::allocate(Inode& inode, std::uint64_t offset, std::uint64_t bytes) {
    if (const Status good = check_range(inode, offset, bytes); !good)
        return good;
    if (bytes == 0)
        return fail(FileError::Invalid);
    for (std::uint64_t index = offset / page; index <= (offset + bytes - 1) / page; index++) {
        const store::PageMap* const pages = store_.pages_of(inode.number);
        if (pages && pages->find(index))
            continue;
        if (const Status enough = room(inode_room, 1, 1); !enough)
            return enough;
        if (const store::Result<std::byte*> zeroes = store_.change_page(inode.number, index, store::Fill::Keep);
            !zeroes)
            return fail(error_of(zeroes.error()));
        tree_.unsettle(store_, inode);
    }
    return {};
}

Result<std::uint64_t> Files::seek_data(const Inode& inode, std::uint64_t offset) const {
    const store::PageMap* const pages = store_.pages_of(inode.number);
    std::uint64_t index = offset / page;
    store::Place* place;
    if (offset >= inode.attributes.bytes || !pages || !pages->next(index, place) ||
        index * page >= inode.attributes.bytes)
        return fail(FileError::NoSuchOffset);
    return index * page > offset ? index * page : offset;
}

Result<std::uint64_t> Files::seek_hole(const Inode& inode, std::uint64_t offset) const {
    if (offset >= inode.attributes.bytes)
        return fail(FileError::NoSuchOffset);
    const store::PageMap* const pages = store_.pages_of(inode.number);
    const std::uint64_t index = pages ? pages->next_hole(offset / page) : offset / page;
    const std::uint64_t hole = index * page > offset ? index * page : offset;
    return least(hole, inode.attributes.bytes);
}

} // namespace exo::files
