// The mmap family (mmap(2), mprotect(2), mremap(2), brk(2)): Linux's flags in terms of the kit's regions.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/file/mapped_files.hpp"
#include "libos-hpc/linux/memory.hpp"
#include "libos-hpc/memory/program_break.hpp"
#include "libos-hpc/memory/regions.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

bool page_aligned(std::uint64_t value) {
    return value % page_bytes == 0;
}

Rights rights_of(std::uint32_t wanted) {
    Rights rights = 0;
    if (wanted & (protection::read | protection::write | protection::execute))
        rights |= right::Read;
    if (wanted & protection::write)
        rights |= right::Write;
    if (wanted & protection::execute)
        rights |= right::Execute;
    return rights;
}

// A free place below 2 GiB, for MAP_32BIT.
std::uint64_t find_low_place(std::uint64_t bytes) {
    constexpr std::uint64_t low = 0x4000'0000, end = 0x8000'0000;
    std::uint64_t at = low;
    Region region;
    while (address_space().region_after(at, &region) && region.begin < at + bytes)
        at = region.end;
    return at + bytes <= end ? at : 0;
}

// The whole of mmap's arguments.
struct Mapping {
    std::uint64_t address, bytes, offset;
    std::uint32_t wanted, flags;
    bool shared() const { return (flags & map_flag::type_mask) != map_flag::private_; }
};

Done check(const Mapping& mapping) {
    std::uint32_t type = mapping.flags & map_flag::type_mask;
    bool fixed = mapping.flags & (map_flag::fixed | map_flag::fixed_no_replace);
    if (type < map_flag::shared || type > map_flag::shared_validate || mapping.bytes == 0 ||
        !page_aligned(mapping.offset) || (mapping.wanted & ~protection::all) ||
        (mapping.flags & map_flag::grows_down) || (fixed && !page_aligned(mapping.address)))
        return fail(Errno::INVAL);
    if (mapping.bytes > program_memory_end || (fixed && !is_program_memory(mapping.address, mapping.bytes)))
        return fail(Errno::NOMEM);
    return {};
}

Done set_page_size(RegionRequest& request, const Mapping& mapping) {
    if (!(mapping.flags & map_flag::huge))
        return {};
    constexpr unsigned shift_default = 21, shift_2m = 21, shift_1g = 30;
    unsigned shift = (mapping.flags >> map_flag::huge_shift) & map_flag::huge_mask;
    if (shift == 0)
        shift = shift_default;
    if (shift != shift_2m && shift != shift_1g)
        return fail(Errno::INVAL);
    request.page_order = static_cast<std::uint8_t>(shift - page_shift);
    request.require_page_order = true;
    request.bytes = (request.bytes + (1ull << shift) - 1) & ~((1ull << shift) - 1);
    return {};
}

RegionRequest request_of(const Mapping& mapping) {
    RegionRequest request;
    request.address = mapping.address & ~(page_bytes - 1);
    request.bytes = page_round_up(mapping.bytes);
    request.rights = rights_of(mapping.wanted);
    request.shared = mapping.shared();
    if (mapping.flags & map_flag::fixed_no_replace)
        request.placement = Placement::FixedNoReplace;
    else if (mapping.flags & map_flag::fixed)
        request.placement = Placement::Fixed;
    else if (mapping.flags & map_flag::low_32bit)
        request.address = find_low_place(request.bytes), request.placement = Placement::Hint;
    else if (request.address && is_program_memory(request.address, request.bytes))
        request.placement = Placement::Hint;
    // Stacks and reservations are mostly never touched; all else is there at once. A reservation without rights costs
    // nothing either way.
    bool populate = mapping.flags & (map_flag::populate | map_flag::locked);
    bool sparse = (mapping.flags & map_flag::stack) || ((mapping.flags & map_flag::no_reserve) && request.rights);
    if (sparse && !populate && !(mapping.flags & map_flag::huge))
        request.backing = Backing::DemandZero;
    if (mapping.flags & map_flag::stack)
        request.tag = region_tag::thread_stack;
    return request;
}

Outcome<std::uint64_t> map_region(RegionRequest request) {
    auto address = address_space().map(request);
    // More than there is now may be asked for, as long as it is not all used: then it comes page by page.
    if (!address && address.error() == Error::TableFull && request.backing == Backing::Eager &&
        !request.require_page_order) {
        request.backing = Backing::DemandZero;
        address = address_space().map(request);
    }
    if (!address)
        return fail(memory_errno(address.error()));
    return *address;
}

Answer map_anonymous(const Mapping& mapping) {
    RegionRequest request = request_of(mapping);
    if (auto done = set_page_size(request, mapping); !done)
        return answer(done);
    return answer(map_region(request));
}

Answer map_file(const Mapping& mapping, int fd) {
    auto file = descriptors().get(fd);
    if (!file)
        return answer(file.error());
    Node* node = (*file)->node();
    if (!node || !is_regular(node->type()) || (mapping.flags & map_flag::huge))
        return answer(Errno::NODEV);
    if (!(*file)->readable() || (mapping.shared() && (mapping.wanted & protection::write) && !(*file)->writable()))
        return answer(Errno::ACCES);
    RegionRequest request = request_of(mapping);
    Rights rights = request.rights;
    request.tag = region_tag::file_first;
    request.offset = mapping.offset;
    if (request.placement == Placement::Fixed)
        (void)unmap_shared_files(request.address, request.bytes);
    if (mapping.shared())
        return answer(map_shared_file(*file, mapping.offset, request));
    request.rights = right::Read | right::Write; // while the file is read in
    request.backing = Backing::Eager;
    auto address = map_region(request);
    if (!address)
        return answer(address.error());
    Done done = read_into_memory(**file, mapping.offset, *address, mapping.bytes);
    if (done && rights != request.rights) {
        if (auto set = address_space().protect(*address, request.bytes, rights); !set)
            done = fail(memory_errno(set.error()));
    }
    if (!done) {
        (void)address_space().unmap(*address, request.bytes);
        return answer(done);
    }
    return static_cast<Answer>(*address);
}

} // namespace

Answer mmap(std::uint64_t address, std::uint64_t bytes, std::uint32_t wanted, std::uint32_t flags, int fd,
            std::uint64_t offset) {
    Mapping mapping{address, bytes, offset, wanted, flags};
    if (auto checked = check(mapping); !checked)
        return answer(checked);
    if (flags & map_flag::anonymous) {
        if (flags & map_flag::fixed)
            (void)unmap_shared_files(address, page_round_up(bytes));
        return map_anonymous(mapping);
    }
    return map_file(mapping, fd);
}

Answer munmap(std::uint64_t address, std::uint64_t bytes) {
    if (!page_aligned(address) || bytes == 0 || !is_program_memory(address, page_round_up(bytes)))
        return answer(Errno::INVAL);
    bytes = page_round_up(bytes);
    (void)unmap_shared_files(address, bytes);
    if (auto done = address_space().unmap(address, bytes); !done)
        return answer(memory_errno(done.error()));
    return 0;
}

Answer mprotect(std::uint64_t address, std::uint64_t bytes, std::uint32_t wanted) {
    if (!page_aligned(address) || (wanted & ~protection::all))
        return answer(Errno::INVAL);
    if (bytes == 0)
        return 0;
    bytes = page_round_up(bytes);
    if (!is_program_memory(address, bytes))
        return answer(Errno::NOMEM);
    if (auto done = address_space().protect(address, bytes, rights_of(wanted)); !done)
        return answer(memory_errno(done.error()));
    return 0;
}

Answer mremap(std::uint64_t address, std::uint64_t old_bytes, std::uint64_t new_bytes, std::uint32_t flags,
              std::uint64_t target) {
    bool fixed = flags & remap_flag::fixed, may_move = flags & remap_flag::may_move;
    if (!page_aligned(address) || new_bytes == 0 || (flags & ~(remap_flag::fixed | remap_flag::may_move)) ||
        (fixed && (!may_move || !page_aligned(target))))
        return answer(Errno::INVAL);
    old_bytes = page_round_up(old_bytes);
    new_bytes = page_round_up(new_bytes);
    if (old_bytes == 0 || !is_program_memory(address, old_bytes) || (fixed && !is_program_memory(target, new_bytes)))
        return answer(Errno::INVAL);
    auto move = fixed      ? AddressSpace::Move::Fixed
                : may_move ? AddressSpace::Move::Allowed
                           : AddressSpace::Move::Forbidden;
    if (fixed)
        (void)unmap_shared_files(target, new_bytes);
    if (auto shared = remap_shared_file({address, old_bytes, new_bytes, target, move}))
        return answer(*shared);
    auto moved = address_space().remap(address, old_bytes, new_bytes, move, target);
    if (!moved)
        return answer(moved.error() == Error::NotBound ? Errno::FAULT : memory_errno(moved.error()));
    return static_cast<Answer>(*moved);
}

Answer brk(std::uint64_t wanted) {
    return static_cast<Answer>(move_program_break(wanted));
}

} // namespace exo::hpc::call
