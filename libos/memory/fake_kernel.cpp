// See fake_kernel.hpp. The rules are those of BindKind (abi/bind.hpp).
#include "libos/memory/fake_kernel.hpp"

namespace exo {

namespace {

std::uint64_t span_of(unsigned level) {
    return page_bytes << (9 * level);
} // covered by a table of that level

} // namespace

Result<std::uint64_t> FakeKernel::allocate_pair() {
    if (pairs_left == 0)
        return std::unexpected(Error::TableFull);
    --pairs_left;
    ++pairs_out;
    next_pair_ += 2;
    return next_pair_;
}

void FakeKernel::free_pair(std::uint64_t) {
    ++pairs_left;
    --pairs_out;
}

Result<std::uint64_t> FakeKernel::allocate_node() {
    if (nodes_left == 0)
        return std::unexpected(Error::TableFull);
    --nodes_left;
    nodes_[++next_node_].resize(512);
    notes[next_node_] = 0;
    return next_node_;
}

void FakeKernel::free_node(std::uint64_t frame) {
    ++nodes_left;
    nodes_.erase(frame);
}

std::uint64_t* FakeKernel::node_words(std::uint64_t frame) const {
    return const_cast<std::uint64_t*>(nodes_.at(frame).data());
}

const FakeKernel::Page* FakeKernel::page_at(std::uint64_t address) const {
    auto found = pages.upper_bound(address);
    if (found == pages.begin())
        return nullptr;
    --found;
    return address - found->first < (page_bytes << found->second.order) ? &found->second : nullptr;
}

std::uint64_t FakeKernel::base_of(std::uint64_t address) const {
    return std::prev(pages.upper_bound(address))->first;
}

Status FakeKernel::map_one(std::uint64_t address, const Page& page) {
    const std::uint64_t bytes = page_bytes << page.order;
    const unsigned level = page.order / 9 + 1;
    if (address % bytes || page.frame % (std::uint64_t{1} << page.order))
        return std::unexpected(Error::Misaligned);
    for (unsigned above = level; above <= 3; ++above) {
        if (!tables.contains({above, address / span_of(above) * span_of(above)}))
            return std::unexpected(Error::NoTable);
    }
    // A table of the page's own place holds it against a larger page.
    if (level > 1 && tables.contains({level - 1, address}))
        return std::unexpected(Error::Occupied);
    const auto next = pages.lower_bound(address);
    if (page_at(address) || (next != pages.end() && next->first < address + bytes))
        return std::unexpected(Error::Occupied);
    pages[address] = page;
    return {};
}

Status FakeKernel::one(const BindOp& row, bool unbinding) {
    const std::uint32_t size = (row.flags & bind_flag::size_mask) >> 4;
    const std::uint32_t order = 9 * size;
    const std::uint64_t bytes = page_bytes << order;
    const Rights rights = row.flags & bind_flag::rights_mask;
    switch (row.kind) {
    case BindKind::Table: {
        const unsigned level = (row.flags & bind_flag::level_mask) >> bind_flag::level_shift;
        const std::pair<unsigned, std::uint64_t> table{level, row.address / span_of(level) * span_of(level)};
        if (unbinding) {
            const auto inside = pages.lower_bound(table.second);
            if (inside != pages.end() && inside->first < table.second + span_of(level))
                return std::unexpected(Error::InUse);
            return tables.erase(table) ? Status{} : std::unexpected(Error::NoTable);
        }
        if (row.resource % 2)
            return std::unexpected(Error::Misaligned);
        for (unsigned above = level + 1; above <= 3; ++above) {
            if (!tables.contains({above, row.address / span_of(above) * span_of(above)}))
                return std::unexpected(Error::NoTable);
        }
        if (page_at(table.second))
            return std::unexpected(Error::Occupied);
        return tables.insert(table).second ? Status{} : std::unexpected(Error::Occupied);
    }
    case BindKind::Page:
    case BindKind::Protect: {
        if (row.count == 0 || row.count > row_pages_max)
            return std::unexpected(Error::OutOfRange);
        const std::uint64_t end = row.address + row.count * bytes;
        if (row.kind == BindKind::Page && !unbinding) {
            for (std::uint64_t i = 0; i < row.count; ++i) {
                if (Status status = map_one(row.address + i * bytes, {row.resource + (i << order), order, rights});
                    !status)
                    return status;
            }
            return {};
        }
        for (std::uint64_t at = row.address; at < end;) {
            const Page* page = page_at(at);
            if (!page)
                return std::unexpected(Error::NotBound);
            const std::uint64_t base = base_of(at), page_end = base + (page_bytes << page->order);
            if (base != at || page_end > end)
                return std::unexpected(Error::Misaligned);
            if (row.kind == BindKind::Protect)
                pages[base].rights = rights;
            else
                pages.erase(base);
            at = page_end;
        }
        return {};
    }
    default:
        return std::unexpected(Error::BadArgument);
    }
}

Status FakeKernel::bind(std::span<const BindOp> rows) {
    ++calls;
    for (const BindOp& row : rows) {
        if (Status status = one(row, false); !status)
            return status;
        ++rows_done;
    }
    return {};
}

Status FakeKernel::unbind(std::span<const BindOp> rows) {
    ++calls;
    for (const BindOp& row : rows) {
        if (Status status = one(row, true); !status)
            return status;
        ++rows_done;
    }
    return {};
}

} // namespace exo
