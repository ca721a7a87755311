// The mirror itself: walking, making and removing nodes, and putting pages in. What goes over ranges:
// page_map_ranges.cpp.
#include "libos/memory/page_map.hpp"

#include "libos/memory/bind_rows.hpp"
#include "libos/memory/page_map_entry.hpp"

#include <algorithm>

namespace exo {

using namespace mirror;

Status PageMap::open(KernelTables& kernel) {
    kernel_ = &kernel;
    counts_ = {};
    auto root = kernel.allocate_node();
    if (!root)
        return std::unexpected(root.error());
    root_ = *root;
    return {};
}

PageMap::Entry* PageMap::child(Entry entry, std::uint64_t address, unsigned level) const {
    return kernel_->node_words(frame_of(entry)) + index_at(address, level);
}

// The deepest entry on the way to an address: a page, or the empty place where the path ends.
PageMap::Entry* PageMap::walk(std::uint64_t address, unsigned* level) const {
    unsigned at = 4;
    Entry* entry = kernel_->node_words(root_) + index_at(address, at);
    while (is_node(*entry))
        entry = child(*entry, address, --at);
    *level = at;
    return entry;
}

// The entry of `level` for an address, with all tables above it. `exists`: the starter made the tables.
Result<PageMap::Entry*> PageMap::make_path(std::uint64_t address, unsigned level, bool exists) {
    Entry* entry = kernel_->node_words(root_) + index_at(address, 4);
    for (unsigned at = 4; at > level; --at) {
        if (is_leaf(*entry))
            return std::unexpected(Error::Occupied);
        if (!is_node(*entry)) {
            auto node = kernel_->allocate_node();
            if (!node)
                return std::unexpected(node.error());
            std::uint64_t pair = 0;
            if (!exists) {
                auto got = kernel_->allocate_pair();
                if (!got) {
                    kernel_->free_node(*node);
                    return std::unexpected(got.error());
                }
                pair = *got;
                const BindOp row = table_row(address, kernel_->handle_of(pair), pair, at - 1);
                if (Status status = kernel_->bind({&row, 1}); !status) {
                    kernel_->free_pair(pair);
                    pair = 0;
                    // A table that was there before this library OS is as good as its own.
                    if (status.error() != Error::Occupied) {
                        kernel_->free_node(*node);
                        return std::unexpected(status.error());
                    }
                }
            }
            kernel_->set_node_note(*node, static_cast<std::uint32_t>(pair / 2));
            counts_.tables += pair != 0;
            *entry = make_node(*node);
        }
        entry = child(*entry, address, at - 1);
    }
    return entry;
}

// Takes an empty table out, and the empty ones below it, to make place for a large page.
// Errors: Occupied when something is mapped there.
Status PageMap::remove_empty_node(std::uint64_t address, unsigned level, Entry* entry) {
    const std::uint64_t node = frame_of(*entry);
    std::uint64_t* words = kernel_->node_words(node);
    const std::uint64_t span = bytes_of_level(level - 1);
    for (std::size_t i = 0; i < entries_per_node; ++i) {
        if (is_leaf(words[i]))
            return std::unexpected(Error::Occupied);
        if (is_node(words[i])) {
            if (level == 2)
                return std::unexpected(Error::Occupied); // not a shape that arises
            if (Status status =
                    remove_empty_node((address & ~(bytes_of_level(level) - 1)) + i * span, level - 1, &words[i]);
                !status)
                return status;
        }
    }
    const std::uint64_t pair = std::uint64_t{kernel_->node_note(node)} * 2;
    const BindOp row = table_row(address, no_handle, 0, level - 1);
    if (Status status = kernel_->unbind({&row, 1}); !status)
        return status;
    *entry = 0;
    if (pair) {
        kernel_->free_pair(pair);
        --counts_.tables;
    }
    kernel_->free_node(node);
    return {};
}

Status PageMap::map(std::uint64_t address, std::uint64_t frame, unsigned order, std::uint64_t count,
                    Attributes attributes) {
    const unsigned level = order / 9 + 1;
    const std::uint64_t bytes = page_bytes << order;
    // All tables first: afterwards only the kernel can refuse.
    for (std::uint64_t at = address; at < address + count * bytes;
         at = (at & ~(bytes_of_level(level + 1) - 1)) + bytes_of_level(level + 1)) {
        auto entry = make_path(at, level);
        if (!entry)
            return std::unexpected(entry.error());
        const std::uint64_t end =
            std::min(address + count * bytes, (at & ~(bytes_of_level(level + 1) - 1)) + bytes_of_level(level + 1));
        for (std::uint64_t page = at; page < end; page += bytes, ++*entry) {
            if (is_leaf(**entry))
                return std::unexpected(Error::Occupied);
            if (is_node(**entry)) {
                if (Status status = remove_empty_node(page, level, *entry); !status)
                    return status;
            }
        }
    }
    for (std::uint64_t done = 0; done < count;) {
        const std::uint64_t here = std::min(count - done, row_pages_max);
        const BindOp row = page_row(address + done * bytes, kernel_->handle_of(frame), frame + (done << order), order,
                                    here, attributes.rights);
        if (Status status = kernel_->bind({&row, 1}); !status) {
            if (done)
                (void)unmap(address, address + done * bytes, [](std::uint64_t, std::uint64_t, bool) {});
            return status;
        }
        for (std::uint64_t i = done; i < done + here;) {
            unsigned found;
            Entry* entry = walk(address + i * bytes, &found);
            const std::uint64_t run =
                std::min<std::uint64_t>(done + here - i, entries_per_node - index_at(address + i * bytes, level));
            for (std::uint64_t j = 0; j < run; ++j, ++i)
                entry[j] = make_leaf(frame + (i << order), attributes.shared, attributes.foreign);
        }
        counts_.pages[level - 1] += here;
        done += here;
    }
    return {};
}

Status PageMap::map_device(std::uint64_t address, Handle function, std::uint64_t resource, std::uint64_t count,
                           Rights rights) {
    for (std::uint64_t at = address; at < address + count * page_bytes;
         at = (at & ~(large_page_bytes - 1)) + large_page_bytes) {
        if (auto entry = make_path(at, 1); !entry)
            return std::unexpected(entry.error());
    }
    const BindOp row{BindKind::Bar, rights, function, address, resource, count, 0};
    return kernel_->bind({&row, 1}); // not in the mirror: registers are no frames, and are unbound whole
}

Status PageMap::unmap_device(std::uint64_t address, Handle function, std::uint64_t count) {
    const BindOp row{BindKind::Bar, 0, function, address, 0, count, 0};
    return kernel_->unbind({&row, 1});
}

Status PageMap::adopt(std::uint64_t address, std::uint64_t frame, unsigned order, std::uint64_t count) {
    const unsigned level = order / 9 + 1;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto entry = make_path(address + i * (page_bytes << order), level, true);
        if (!entry)
            return std::unexpected(entry.error());
        **entry = make_leaf(frame + (i << order), false, true);
    }
    counts_.pages[level - 1] += count;
    return {};
}

void PageMap::set_shared(std::uint64_t address, bool shared) {
    unsigned level;
    Entry* entry = walk(address, &level);
    *entry = shared ? *entry | shared_flag : *entry & ~shared_flag;
}

} // namespace exo
