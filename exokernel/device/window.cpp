// Windows on a function's registers: pages of its BARs, and its configuration space, in the owner's address space.
// What a window must never give: writing the MSI-X table (the kernel's messages), or configuration space (bus
// mastering, BARs), or any page that is memory.
#include "exokernel/device/function_table.hpp"

namespace exo {

namespace {

struct PageRange {
    std::uint64_t first;
    std::uint64_t count;
    bool overlaps(std::uint64_t other_first, std::uint64_t other_count) const {
        return count != 0 && other_first < first + count && first < other_first + other_count;
    }
};

PageRange pages_of(std::uint64_t offset, std::uint64_t bytes) {
    const std::uint64_t first = offset / page_bytes;
    return {.first = first, .count = (offset + bytes - 1) / page_bytes - first + 1};
}

// Whether a range of a BAR holds the MSI-X table or its pending bits.
bool holds_msix(const Function& function, const BarRequest& request) {
    const pci::MsixLocation& msix = function.msix;
    if (msix.vectors == 0) {
        return false;
    }
    return (request.bar == msix.table_bar &&
            pages_of(msix.table_offset, msix.table_bytes()).overlaps(request.first_page, request.count)) ||
           (request.bar == msix.pending_bar &&
            pages_of(msix.pending_offset, msix.pending_bytes()).overlaps(request.first_page, request.count));
}

// The first frame of the register pages asked for.
Result<std::uint64_t> register_frame(const Function& function, const BarRequest& request) {
    if (request.count == 0 || request.count > window_pages_max || request.bar > config_space_bar) {
        return std::unexpected(Error::OutOfRange);
    }
    std::uint64_t base = function.config_physical;
    std::uint64_t bytes = pci::config_bytes;
    if (request.bar != config_space_bar) {
        base = function.bars.bar[request.bar].base;
        bytes = function.bars.bar[request.bar].bytes;
    }
    // A BAR below a page shares it with registers that may be another function's.
    const std::uint64_t pages = bytes / page_bytes;
    if (base == 0 || request.first_page >= pages || request.count > pages - request.first_page) {
        return std::unexpected(Error::OutOfRange);
    }
    if ((request.rights & right::Write) != 0 && (request.bar == config_space_bar || holds_msix(function, request))) {
        return std::unexpected(Error::NoRight);
    }
    const std::uint64_t first = base / page_bytes + request.first_page;
    for (std::uint64_t frame = first; frame < first + request.count && frame < device_host.frames->size(); ++frame) {
        if (device_host.frames->at(frame).type != FrameType::Absent) {
            return std::unexpected(Error::OutOfRange); // firmware placed the BAR over memory
        }
    }
    return first;
}

Window* free_window(Function& function) {
    for (Window& window : function.window) {
        if (window.count == 0) {
            return &window;
        }
    }
    return nullptr;
}

} // namespace

Status bind_bar(std::uint32_t index, const Tree& tree, const BarRequest& request) {
    Function& function = functions[index];
    if ((request.rights & ~(right::Read | right::Write)) != 0 || request.rights == 0) {
        return std::unexpected(Error::BadArgument);
    }
    const Result<std::uint64_t> frame = register_frame(function, request);
    if (!frame) {
        return std::unexpected(frame.error());
    }
    Window* window = free_window(function);
    if (window == nullptr) {
        return std::unexpected(Error::TableFull);
    }
    *window = {.address = request.address, .first_frame = *frame, .count = 0};
    function.owner_tree = tree;
    for (std::uint64_t page = 0; page < request.count; ++page) {
        const Status mapped = device_host.mapping->map_unowned(tree, {.address = request.address + page * page_bytes,
                                                                      .frame = *frame + page,
                                                                      .rights = request.rights,
                                                                      .slot = request.slot,
                                                                      .cache = CacheMode::Uncached});
        if (!mapped) {
            break_window(function, *window); // nobody has used these pages yet: no TLB holds them
            return mapped;
        }
        window->count = page + 1;
    }
    return {};
}

void break_window(Function& function, Window& window) {
    for (std::uint64_t page = 0; page < window.count; ++page) {
        const std::uint64_t address = window.address + page * page_bytes;
        // The owner may have lost the page table around the window and bound something else there since.
        const auto now = device_host.mapping->translate(function.owner_tree, address);
        if (now && now->unowned && now->frame == window.first_frame + page) {
            (void)device_host.mapping->unmap(function.owner_tree, address);
        }
    }
    window = {};
}

Status unbind_bar(std::uint32_t index, const Tree& tree, std::uint64_t address, std::uint64_t count) {
    Function& function = functions[index];
    for (Window& window : function.window) {
        if (window.count != 0 && window.count == count && window.address == address) {
            function.owner_tree = tree;
            break_window(function, window);
            return {};
        }
    }
    return std::unexpected(Error::NotBound);
}

} // namespace exo
