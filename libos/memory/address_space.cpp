// Opening, placing, mapping and filling. Changes of what is there: address_space_change.cpp; faults and
// questions: address_space_fault.cpp.
#include "libos/memory/address_space.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>
#include <bit>

namespace exo {

namespace {

constinit AddressSpace environment_space;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
    return (value + unit - 1) & ~(unit - 1);
}
constexpr std::uint64_t bytes_max = 1ull << 46;

} // namespace

AddressSpace& address_space() {
    return environment_space;
}

Status AddressSpace::open(KernelTables& kernel, bool huge_pages) {
    huge_pages_ = huge_pages;
    auto frame = frames().allocate(0);
    if (!frame)
        return std::unexpected(frame.error());
    storage_frame_ = *frame;
    // Safe: a frame of the allocator, used for nothing else.
    regions_.open(reinterpret_cast<Region*>(frame_memory(storage_frame_)), page_bytes / sizeof(Region));
    return pages_.open(kernel);
}

Status AddressSpace::adopt(const StartInfo& start) {
    for (std::uint64_t i = 0; i < start.mapping_count; ++i) {
        const StartMapping& mapping = start.mappings[i];
        const std::uint64_t end = mapping.address + mapping.pages * (page_bytes << mapping.page_order);
        if (Status status = make_room_locked(); !status)
            return status;
        Status status = regions_.insert(
            {mapping.address, end, static_cast<Rights>(mapping.rights), Backing::Reserved, false, false, 0, 0, 0});
        if (status)
            status = pages_.adopt(mapping.address, mapping.first_frame, mapping.page_order, mapping.pages);
        if (!status)
            return status;
    }
    return {};
}

// Every operation needs at most three more places.
Status AddressSpace::make_room_locked() {
    if (regions_.size() + 3 <= regions_.capacity())
        return {};
    if (regions_.capacity() >= regions_max)
        return std::unexpected(Error::TableFull);
    auto frame = frames().allocate(storage_order_ + 1);
    if (!frame)
        return std::unexpected(frame.error());
    // Safe: as in open.
    regions_.move_to(reinterpret_cast<Region*>(frame_memory(*frame)),
                     (page_bytes << (storage_order_ + 1)) / sizeof(Region));
    frames().free(storage_frame_, std::uint64_t{1} << storage_order_);
    storage_frame_ = *frame;
    ++storage_order_;
    return {};
}

Result<std::uint64_t> AddressSpace::place_locked(const RegionRequest& request, std::uint64_t bytes) {
    const bool exact = request.placement == Placement::Fixed || request.placement == Placement::FixedNoReplace;
    if (exact || (request.placement == Placement::Hint && request.address)) {
        const std::uint64_t address = request.address & ~(page_bytes - 1);
        const bool fits =
            address >= page_bytes && address < user_end - page_bytes && bytes <= user_end - page_bytes - address;
        if (exact && (!fits || address != request.address))
            return std::unexpected(Error::BadArgument);
        if (request.placement == Placement::Fixed)
            return address;
        if (fits && !regions_.overlaps(address, address + bytes))
            return address;
        if (exact)
            return std::unexpected(Error::Occupied);
    }
    std::uint64_t alignment = std::max(request.alignment, page_bytes);
    if (!request.alignment) {
        if (bytes >= huge_page_bytes && request.page_order >= order_1g && huge_pages_)
            alignment = huge_page_bytes;
        else if (bytes >= large_page_bytes && request.page_order >= order_2m)
            alignment = large_page_bytes;
    }
    const std::uint64_t lead = request.alignment ? 0 : stagger_locked(bytes, alignment);
    const std::uint64_t room = lead ? alignment - lead : 0;
    const std::uint64_t address = regions_.find_gap_down(low_, high_, room + bytes, alignment);
    if (!address)
        return std::unexpected(Error::TableFull);
    return address + room;
}

// Arrays that a program walks through side by side must not all begin at the same place of a cache or a TLB, as they
// would on large-page boundaries: each begins some pages before one. As many as its uneven end can spare, so that no
// large page is lost; a mapping of many large pages may lose one.
std::uint64_t AddressSpace::stagger_locked(std::uint64_t bytes, std::uint64_t alignment) {
    constexpr std::uint64_t places = 32, step = 11, many = 32;
    if (alignment == page_bytes)
        return 0;
    const std::uint64_t spare = bytes / alignment >= many ? places : bytes % alignment / page_bytes + 1;
    return mappings_placed_++ * step % std::min(places, spare) * page_bytes;
}

// A region without pages.
Result<std::uint64_t> AddressSpace::reserve(const RegionRequest& request) {
    if (request.bytes == 0 || request.bytes > bytes_max || (request.alignment & (request.alignment - 1)) ||
        (request.rights & ~(right::Read | right::Write | right::Execute)))
        return std::unexpected(Error::BadArgument);
    const std::uint64_t bytes = round_up(request.bytes, page_bytes);
    if (request.require_page_order && bytes % (page_bytes << request.page_order))
        return std::unexpected(Error::BadArgument);
    SpinGuard guard(lock_);
    if (Status status = make_room_locked(); !status)
        return std::unexpected(status.error());
    auto address = place_locked(request, bytes);
    if (!address)
        return address;
    if (request.placement == Placement::Fixed) {
        if (Status status = unmap_locked(*address, *address + bytes); !status)
            return std::unexpected(status.error());
    }
    const std::uint8_t granule =
        request.backing == Backing::DemandZero ? std::min<std::uint8_t>(request.page_order, order_2m) : 0;
    const Region region{*address,       *address + bytes, request.rights, request.backing, false,
                        request.shared, granule,          request.tag,    request.offset};
    if (Status status = regions_.insert(region); !status)
        return std::unexpected(status.error());
    return address;
}

Result<std::uint64_t> AddressSpace::map(const RegionRequest& request) {
    if (request.backing != Backing::Eager && request.backing != Backing::DemandZero)
        return std::unexpected(Error::BadArgument);
    RegionRequest placed = request;
    if (request.require_page_order && !request.alignment)
        placed.alignment = page_bytes << request.page_order;
    auto address = reserve(placed);
    if (!address || request.backing != Backing::Eager || request.rights == 0)
        return address;
    const std::uint64_t end = *address + round_up(request.bytes, page_bytes);
    if (Status status = fill(*address, end, request.page_order, request.require_page_order); !status) {
        (void)unmap(*address, end - *address);
        return std::unexpected(status.error());
    }
    return address;
}

Result<std::uint64_t> AddressSpace::map_frames(const RegionRequest& request, std::uint64_t first_frame) {
    RegionRequest fixed = request;
    fixed.backing = Backing::Fixed;
    auto address = reserve(fixed);
    if (!address)
        return address;
    const std::uint64_t pages = round_up(request.bytes, page_bytes) / page_bytes;
    Status status;
    {
        SpinGuard guard(lock_);
        status = pages_.map(*address, first_frame, order_4k, pages, {request.rights, false, true});
    }
    if (!status) {
        (void)unmap(*address, request.bytes);
        return std::unexpected(status.error());
    }
    return address;
}

Result<std::uint64_t> AddressSpace::map_device(Handle function, unsigned bar, std::uint64_t page, std::uint64_t pages,
                                               Rights rights) {
    const std::uint64_t resource = (std::uint64_t{bar} << 32) | page;
    auto address = reserve({.bytes = pages * page_bytes,
                            .rights = rights,
                            .backing = Backing::Device,
                            .tag = function,
                            .offset = resource});
    if (!address)
        return address;
    SpinGuard guard(lock_);
    if (Status status = pages_.map_device(*address, function, resource, pages, rights); !status) {
        (void)regions_.remove(*address, *address + pages * page_bytes);
        return std::unexpected(status.error());
    }
    return address;
}

Status AddressSpace::fill(std::uint64_t begin, std::uint64_t end, unsigned order_max, bool exact) {
    if (!huge_pages_)
        order_max = std::min(order_max, order_2m);
    while (begin < end) {
        if (Status status = fill_step(begin, end, order_max, exact, &begin); !status)
            return status;
    }
    return {};
}

// Brings in one page of a large size or a run of small ones. Zeroing happens before the lock is taken; whether the
// place still wants the frames is looked at under it.
Status AddressSpace::fill_step(std::uint64_t begin, std::uint64_t end, unsigned order_max, bool exact,
                               std::uint64_t* next) {
    MappedPage page;
    {
        SpinGuard guard(lock_);
        if (pages_.next(begin, end, &page)) {
            if (page.address <= begin) {
                *next = page.address + page.bytes();
                return {};
            }
            end = page.address;
        }
    }
    unsigned order = order_max;
    while (order > 0 && ((begin & ((page_bytes << order) - 1)) || (page_bytes << order) > end - begin))
        order = order > order_2m ? order_2m : 0;
    auto frame = order ? frames().allocate(order) : Result<std::uint64_t>(std::unexpected(Error::TableFull));
    if (!frame && exact)
        return std::unexpected(Error::TableFull);
    std::uint64_t pages = std::uint64_t{1} << order;
    if (!frame && order > order_2m) {
        order = order_2m;
        frame = frames().allocate(order);
        pages = std::uint64_t{1} << order;
    }
    if (!frame) {
        // Small pages, up to the next 2 MiB border, from as long a run of frames as there is.
        const std::uint64_t border = (begin & ~(large_page_bytes - 1)) + large_page_bytes;
        unsigned run = static_cast<unsigned>(std::bit_width((std::min(border, end) - begin) / page_bytes)) - 1;
        for (order = 0; !(frame = frames().allocate(run)) && run > 0; --run) {
        }
        pages = std::uint64_t{1} << run;
    }
    if (!frame)
        return std::unexpected(Error::TableFull);
    zero_pages(frame_memory(*frame), pages);

    const std::uint64_t bytes = pages * page_bytes;
    *next = begin + bytes;
    SpinGuard guard(lock_);
    const Region* region = regions_.find(begin);
    Status status;
    if (region && region->end >= begin + bytes && !pages_.next(begin, begin + bytes, &page) &&
        (region->backing == Backing::Eager || region->backing == Backing::DemandZero)) {
        status = pages_.map(begin, *frame, order, pages >> order, {.rights = region->rights});
        note_peak_locked();
        if (status)
            return status;
    }
    frames().free(*frame, pages);
    return status;
}

void AddressSpace::note_peak_locked() {
    peak_bytes_ = std::max(peak_bytes_, pages_.counts().mapped_bytes());
}

} // namespace exo
