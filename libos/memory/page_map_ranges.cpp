// What the page map does over ranges: finding, splitting, unmapping, protecting and moving, with rows in batches.
#include "libos/memory/bind_rows.hpp"
#include "libos/memory/page_map.hpp"
#include "libos/memory/page_map_entry.hpp"

#include <algorithm>

namespace exo {

using namespace mirror;

// Rows about neighbouring pages of one size join; so do runs of neighbouring frames.
struct PageMap::Batch {
    static constexpr std::size_t rows_max = 32;
    struct Run {
        std::uint64_t first, count;
        bool shared;
    };
    BindOp rows[rows_max];
    Run runs[rows_max];
    std::size_t row_count = 0, run_count = 0;

    bool full() const { return row_count == rows_max || run_count == rows_max; }

    void add_row(BindKind kind, const MappedPage& page, Rights rights) {
        if (row_count) {
            BindOp& last = rows[row_count - 1];
            if (last.address + last.count * page.bytes() == page.address && last.count < row_pages_max &&
                last.flags == (rights | page_size_flag(page.order))) {
                ++last.count;
                return;
            }
        }
        rows[row_count++] = {kind, rights | page_size_flag(page.order), no_handle, page.address, 0, 1, 0};
    }
    void add_run(const MappedPage& page) {
        if (page.foreign)
            return;
        const std::uint64_t count = std::uint64_t{1} << page.order;
        if (run_count) {
            Run& last = runs[run_count - 1];
            if (last.first + last.count == page.frame && last.shared == page.shared) {
                last.count += count;
                return;
            }
        }
        runs[run_count++] = {page.frame, count, page.shared};
    }
};

bool PageMap::next(std::uint64_t address, std::uint64_t end, MappedPage* page) const {
    while (address < end) {
        unsigned level;
        const Entry* entry = walk(address, &level);
        const std::uint64_t bytes = bytes_of_level(level);
        if (is_leaf(*entry)) {
            *page = {address & ~(bytes - 1), frame_of(*entry), 9 * (level - 1), (*entry & shared_flag) != 0,
                     (*entry & foreign_flag) != 0};
            return true;
        }
        address = (address & ~(bytes - 1)) + bytes;
        if (level > 1)
            continue;
        // Within one table: look along its words instead of walking again.
        while (address < end && address % large_page_bytes && !is_leaf(*++entry))
            address += page_bytes;
    }
    return false;
}

Status PageMap::split(std::uint64_t address, Rights rights) {
    MappedPage page;
    while (find(address, &page) && page.address != address) {
        // One level down: 512 pages of the next smaller size, in a new table that is made before the page goes.
        const unsigned level = page.order / 9 + 1;
        auto node = kernel_->allocate_node();
        if (!node)
            return std::unexpected(node.error());
        auto pair = kernel_->allocate_pair();
        if (!pair) {
            kernel_->free_node(*node);
            return std::unexpected(pair.error());
        }
        const unsigned order = page.order - 9;
        const Rights allowed = page.shared ? rights & ~right::Write : rights;
        const BindOp whole = page_row(page.address, no_handle, 0, page.order, 1, 0);
        const BindOp parts[] = {
            table_row(page.address, kernel_->handle_of(*pair), *pair, level - 1),
            page_row(page.address, kernel_->handle_of(page.frame), page.frame, order, entries_per_node, allowed),
        };
        Status status = kernel_->unbind({&whole, 1});
        if (status)
            status = kernel_->bind(parts);
        if (!status)
            return status;
        std::uint64_t* words = kernel_->node_words(*node);
        for (std::size_t i = 0; i < entries_per_node; ++i)
            words[i] = make_leaf(page.frame + (i << order), page.shared, page.foreign);
        kernel_->set_node_note(*node, static_cast<std::uint32_t>(*pair / 2));
        unsigned found;
        *walk(page.address, &found) = make_node(*node);
        ++counts_.tables;
        --counts_.pages[level - 1];
        counts_.pages[level - 2] += entries_per_node;
    }
    return {};
}

void PageMap::forget(std::uint64_t begin, std::uint64_t end) {
    MappedPage page;
    for (std::uint64_t at = begin; next(at, end, &page); at = page.address + page.bytes()) {
        unsigned level;
        *walk(page.address, &level) = 0;
        --counts_.pages[level - 1];
    }
}

Status PageMap::unmap(std::uint64_t begin, std::uint64_t end, Released released) {
    while (begin < end) {
        Batch batch;
        MappedPage page;
        std::uint64_t at = begin;
        while (!batch.full() && next(at, end, &page)) {
            batch.add_row(BindKind::Page, page, 0);
            batch.add_run(page);
            at = page.address + page.bytes();
        }
        if (!batch.full())
            at = end;
        if (Status status = kernel_->unbind({batch.rows, batch.row_count}); !status)
            return status;
        forget(begin, at);
        for (std::size_t i = 0; i < batch.run_count; ++i)
            released(batch.runs[i].first, batch.runs[i].count, batch.runs[i].shared);
        begin = at;
    }
    return {};
}

Status PageMap::protect(std::uint64_t begin, std::uint64_t end, Rights rights) {
    while (begin < end) {
        Batch batch;
        MappedPage page;
        std::uint64_t at = begin;
        while (batch.row_count < Batch::rows_max && next(at, end, &page)) {
            batch.add_row(BindKind::Protect, page, page.shared ? rights & ~right::Write : rights);
            at = page.address + page.bytes();
        }
        if (batch.row_count < Batch::rows_max)
            at = end;
        if (Status status = kernel_->bind({batch.rows, batch.row_count}); !status)
            return status;
        begin = at;
    }
    return {};
}

Status PageMap::protect_whole(std::uint64_t begin, std::uint64_t end, Rights rights) {
    const BindOp row{
        BindKind::Protect, rights | bind_flag::size_4k, no_handle, begin, 0, (end - begin) / page_bytes, 0};
    return kernel_->bind({&row, 1});
}

Status PageMap::move(std::uint64_t from, std::uint64_t to, std::uint64_t bytes, Rights rights) {
    const std::uint64_t end = from + bytes;
    for (std::uint64_t at = from; at < end;) {
        MappedPage page;
        if (!next(at, end, &page))
            break;
        if ((page.address - from + to) & (page.bytes() - 1)) {
            // The new place does not fit its size.
            if (Status status = split(page.address + page_bytes, rights); !status)
                return status;
            continue;
        }
        // A run of pages that are neighbours in both ways moves at once.
        MappedPage last = page, following;
        std::uint64_t count = 1;
        while (count < row_pages_max && next(last.address + last.bytes(), end, &following) &&
               following.address == last.address + last.bytes() && following.order == page.order &&
               following.frame == last.frame + (std::uint64_t{1} << page.order) && following.shared == page.shared &&
               following.foreign == page.foreign) {
            last = following;
            ++count;
        }
        // The tables of the new place come first, so that nothing is lost when there are no frames for them.
        const std::uint64_t target = page.address - from + to;
        for (std::uint64_t table = target; table < target + count * page.bytes();) {
            const std::uint64_t span = bytes_of_level(page.order / 9 + 2);
            if (auto path = make_path(table, page.order / 9 + 1); !path)
                return std::unexpected(path.error());
            table = (table & ~(span - 1)) + span;
        }
        const std::uint64_t run_end = page.address + count * page.bytes();
        if (Status status = unmap(page.address, run_end, [](std::uint64_t, std::uint64_t, bool) {}); !status)
            return status;
        const Rights allowed = page.shared ? rights & ~right::Write : rights;
        if (Status status = map(target, page.frame, page.order, count, {allowed, page.shared, page.foreign}); !status)
            return status;
        at = run_end;
    }
    return {};
}

} // namespace exo
