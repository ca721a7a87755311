// Rows of a set: written whole, with their parity, once; read page by page; what cannot be read, or is not to be
// believed, computed from any k units that are left.
#include "libos/memory/bytes.hpp"
#include "libos/store/checksum.hpp"
#include "libos/store/disk.hpp"

namespace exo::store {

namespace {

block::Piece page_of(const block::Piece& memory, std::uint64_t number) {
    return {memory.address + number * page_bytes, memory.device_address + number * page_bytes, page_bytes};
}

// Takes pages off runs of octets that are whole pages together.
class PageTaker {
public:
    explicit PageTaker(std::span<const block::Piece> pieces) : pieces_(pieces) {}
    bool next(block::Piece& page) {
        if (!pieces_.empty() && offset_ == pieces_[0].bytes) {
            pieces_ = pieces_.subspan(1);
            offset_ = 0;
        }
        if (pieces_.empty())
            return false;
        page = {pieces_[0].address + offset_, pieces_[0].device_address + offset_, page_bytes};
        offset_ += page_bytes;
        return true;
    }

private:
    std::span<const block::Piece> pieces_;
    std::uint32_t offset_ = 0;
};

} // namespace

// Lays out whole rows for a write, parity made; how many there are.
std::uint32_t Disk::make_rows(const RowPlace& place, std::span<const block::Piece> pieces) {
    Stripes& set = *stripes_;
    const unsigned data = set.code.data(), parity = set.code.parity();
    const coding::VectorUse use(coding::vector_level()); // once for all rows
    PageTaker pages(pieces);
    std::uint32_t rows = 0;
    for (block::Piece page; rows < set.rows_max && pages.next(page); rows++) {
        const std::byte* from[coding::data_units_max];
        std::byte* to[coding::parity_units_max];
        for (unsigned unit = 0; unit < data; unit++) {
            if (unit && !pages.next(page))
                page = set.zeroes;
            set.pieces[set.member_of(place.segment, unit) * set.rows_max + rows] = page;
            from[unit] = page.address;
        }
        for (unsigned i = 0; i < parity; i++) {
            const block::Piece made = page_of(set.parity_memory, std::uint64_t{rows} * parity + i);
            set.pieces[set.member_of(place.segment, data + i) * set.rows_max + rows] = made;
            to[i] = made.address;
        }
        set.code.encoding().make(use, page_bytes, from, to);
    }
    return rows;
}

void Disk::start_rows(std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces, Transfer& transfer) {
    const Stripes& set = *stripes_;
    const RowPlace place = set.place_of(at);
    const std::uint32_t rows = make_rows(place, pieces);
    for (unsigned member = 0; member < set.units(); member++)
        if (uses(member))
            start_run(member, block::Operation::Write, flags, place.member_byte,
                      {set.pieces + member * set.rows_max, rows}, transfer);
}

void Disk::start_pages(std::uint64_t at, std::span<const block::Piece> pieces, std::uint32_t bad, Transfer& transfer) {
    PageTaker pages(pieces);
    for (block::Piece page; pages.next(page); at += page_bytes) {
        const RowPlace place = stripes_->place_of(at);
        const unsigned member = stripes_->member_of(place.segment, place.unit);
        if (uses(member) && !(bad >> member & 1))
            start_run(member, block::Operation::Read, 0, place.member_byte, {&page, 1}, transfer);
        else
            transfer.failed = true;
    }
}

// Computes one unit of a row from members that are present and not `bad`; more of them turn out to be while reading.
Status Disk::recover(std::uint64_t sector, unsigned unit, std::uint32_t bad, const block::Piece& into) {
    Stripes& set = *stripes_;
    const RowPlace place = set.place_of(sector * sector_bytes);
    for (;;) {
        const std::uint32_t usable = set.units_of(place.segment, present_ & ~bad) & ~(1u << unit);
        const coding::Recipe* const recipe = set.recipe_for(usable, 1u << unit);
        if (!recipe)
            return fail(Problem::DeviceFailed);
        Transfer transfer;
        const std::byte* from[coding::data_units_max];
        for (unsigned i = 0; i < recipe->source_count(); i++) {
            const block::Piece page = page_of(set.sources, recipe->source(i));
            from[i] = page.address;
            start_run(set.member_of(place.segment, recipe->source(i)), block::Operation::Read, 0, place.member_byte,
                      {&page, 1}, transfer);
        }
        if (!finish(transfer)) {
            bad |= transfer.failed_members;
            continue;
        }
        std::byte* const to = into.address;
        recipe->make(page_bytes, from, &to);
        return {};
    }
}

Result<bool> Disk::read_page(std::uint64_t sector, const block::Piece& piece, std::uint64_t salt,
                             std::uint64_t checksum) {
    const auto is_whole = [&] { return page_checksum(salt, sector, piece.address) == checksum; };
    Transfer transfer;
    start(block::Operation::Read, 0, sector * sector_bytes, {&piece, 1}, transfer);
    const Status read = finish(transfer);
    if (read && is_whole())
        return false;
    if (!stripes_)
        return fail(read ? Problem::Damaged : Problem::DeviceFailed);
    // The page's own member is bad, and perhaps others: as many as can be, fewest first.
    const RowPlace place = stripes_->place_of(sector * sector_bytes);
    const std::uint32_t own = 1u << stripes_->member_of(place.segment, place.unit), others = present_ & ~own;
    const unsigned spare = static_cast<unsigned>(__builtin_popcount(others)) - stripes_->code.data();
    for (unsigned count = 0; count <= spare && spare <= coding::parity_units_max; count++)
        if (any_choice(others, count,
                       [&](std::uint32_t bad) { return recover(sector, place.unit, bad | own, piece) && is_whole(); }))
            return true;
    return fail(Problem::Damaged);
}

Status Disk::write_page(std::uint64_t sector, const block::Piece& piece) {
    const RowPlace place = stripes_->place_of(sector * sector_bytes);
    const unsigned member = stripes_->member_of(place.segment, place.unit);
    Transfer transfer;
    if (uses(member))
        start_run(member, block::Operation::Write, 0, place.member_byte, {&piece, 1}, transfer);
    return finish_write(transfer);
}

Result<bool> Disk::row_agrees(std::uint64_t sector, bool mend) {
    Stripes& set = *stripes_;
    const RowPlace place = set.place_of(sector * sector_bytes);
    const std::uint32_t units = set.units_of(place.segment, present_);
    Transfer transfer;
    for (unsigned unit = 0; unit < set.units(); unit++)
        if (units >> unit & 1) {
            const block::Piece page = page_of(set.sources, unit);
            start_run(set.member_of(place.segment, unit), block::Operation::Read, 0, place.member_byte, {&page, 1},
                      transfer);
        }
    if (!finish(transfer))
        return fail(Problem::DeviceFailed);
    // The first k make up all others.
    std::uint32_t chosen = 0;
    for (unsigned unit = 0, count = 0; unit < set.units() && count < set.code.data(); unit++)
        if (units >> unit & 1) {
            chosen |= 1u << unit;
            count++;
        }
    const std::uint32_t wanted = units & ~chosen;
    const coding::Recipe* const recipe = wanted ? set.recipe_for(chosen, wanted) : nullptr;
    if (!recipe)
        return true;
    const std::byte* from[coding::data_units_max];
    std::byte* to[coding::parity_units_max];
    for (unsigned i = 0; i < recipe->source_count(); i++)
        from[i] = page_of(set.sources, recipe->source(i)).address;
    for (unsigned i = 0; i < recipe->target_count(); i++)
        to[i] = page_of(set.parity_memory, i).address;
    recipe->make(page_bytes, from, to);
    bool agrees = true;
    for (unsigned i = 0; i < recipe->target_count(); i++) {
        const unsigned unit = recipe->target(i), member = set.member_of(place.segment, unit);
        if (compare_bytes(to[i], page_of(set.sources, unit).address, page_bytes) == 0)
            continue;
        agrees = false;
        const block::Piece page = page_of(set.parity_memory, i);
        Transfer written;
        if (mend && unit >= set.code.data())
            start_run(member, block::Operation::Write, 0, place.member_byte, {&page, 1}, written);
        if (const Status done = finish_write(written); !done)
            return fail(done.error());
    }
    return agrees;
}

Status Disk::rebuild(std::uint64_t at, std::uint64_t bytes) {
    Stripes& set = *stripes_;
    for (std::uint64_t end = at + bytes; at < end; at += set.geometry.row_bytes()) {
        const RowPlace place = set.place_of(at);
        for (unsigned member = 0; member < set.units(); member++) {
            if (!(spares_ >> member & 1))
                continue;
            const block::Piece page = page_of(set.parity_memory, 0);
            const unsigned unit = (member + set.units() - place.segment % set.units()) % set.units();
            Transfer transfer;
            if (const Status recovered = recover(at / sector_bytes, unit, 0, page); !recovered)
                return recovered;
            start_run(member, block::Operation::Write, 0, place.member_byte, {&page, 1}, transfer);
            if (const Status written = finish(transfer); !written)
                return written;
        }
    }
    return {};
}

} // namespace exo::store
