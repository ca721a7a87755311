// Rows about PCI functions: register windows, DMA windows and their tables, interrupts. Each finds the
// Function capability and makes the environment its owner before the device layer acts.
#include "exokernel/syscall/bind_rows.hpp"

#include "exokernel/cpu/core.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/event/interrupts.hpp"
#include "exokernel/syscall/resolve.hpp"
#include "secure-bindings/dma/dma_window.hpp"

namespace exo {

namespace {

// The function that a row's handle names, with Bind and the rights given; a run of functions in one
// capability is refused, since a row is about one.
Result<std::uint32_t> named_function(const Environment& environment, Handle handle, Rights rights) {
    Result<SlotRef> ref = capabilities.find(environment.number, handle, Kind::Function, right::Bind | rights);
    if (!ref)
        return std::unexpected(ref.error());
    const Slot& slot = capabilities.at(*ref);
    if (slot.count != 1)
        return std::unexpected(Error::OutOfRange);
    auto function = static_cast<std::uint32_t>(slot.first);
    if (function_driven(function))
        return std::unexpected(Error::Occupied);
    return function;
}

// The same, for a function that the environment already has.
Result<std::uint32_t> owned_function(const Environment& environment, Handle handle) {
    Result<std::uint32_t> function = named_function(environment, handle, 0);
    if (function && device_infos[*function].owner != environment.number)
        return std::unexpected(Error::NotBound);
    return function;
}

std::uint8_t page_level(const BindOp& row) {
    return static_cast<std::uint8_t>(((row.flags & bind_flag::size_mask) >> 4) + 1);
}

std::uint32_t table_level(const BindOp& row) {
    return (row.flags & bind_flag::level_mask) >> bind_flag::level_shift;
}

} // namespace

Status bind_registers(Environment& environment, const BindOp& row) {
    Rights rights = row.flags & bind_flag::rights_mask;
    if (row.flags & ~bind_flag::rights_mask || rights & right::Execute)
        return std::unexpected(Error::BadArgument);
    Result<std::uint32_t> function = named_function(environment, row.handle, rights);
    if (!function)
        return std::unexpected(function.error());
    auto slot = static_cast<std::uint16_t>(handle_slot(row.handle));
    if (row.address >= user_end || row.count == 0 || row.count > window_pages_max ||
        row.count * page_bytes > user_end - row.address)
        return std::unexpected(Error::BadAddress);
    if (Status status = function_acquire(*function, environment.number); !status)
        return status;
    return bind_bar(*function, environment.tree,
                    {row.address, static_cast<std::uint32_t>(row.resource >> 32), row.resource & 0xffff'ffff, row.count,
                     rights, slot});
}

Status unbind_registers(Environment& environment, const BindOp& row, BindBatch& batch) {
    Result<std::uint32_t> function = owned_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    batch.tlb.everything = true;
    return unbind_bar(*function, environment.tree, row.address, row.count);
}

Status bind_dma_window(Environment& environment, const BindOp& row) {
    std::uint8_t level = page_level(row);
    if (level > 3 || row.flags & bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    if (row.count == 0 || row.count > dma_pages_max)
        return std::unexpected(Error::OutOfRange);
    Result<std::uint32_t> function = named_function(environment, row.handle, 0);
    if (!function)
        return std::unexpected(function.error());
    Rights rights = row.flags & bind_flag::rights_mask;
    Result<SlotRef> ref = capabilities.find(environment.number, row.argument, Kind::Frames, right::Dma | rights);
    if (!ref)
        return std::unexpected(ref.error());
    const Slot& slot = capabilities.at(*ref);
    if (Status status = function_acquire(*function, environment.number); !status)
        return status;
    if (Status status = check_dma_window({row.address, row.resource, row.count, level, rights}, slot, frame_map,
                                         dma_limits(*function));
        !status)
        return status;
    return bind_dma(*function,
                    {row.address, row.resource, level, rights, slot.rights & 7u,
                     static_cast<std::uint16_t>(slot_index(*ref)), environment.number},
                    row.count);
}

Status unbind_dma_window(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = owned_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    if (page_level(row) > 3)
        return std::unexpected(Error::BadArgument);
    return unbind_dma(*function, row.address, page_level(row), row.count);
}

Status bind_dma_tables(Environment& environment, const BindOp& row) {
    std::uint32_t level = table_level(row);
    if (level < 1 || level > 4 || row.flags & ~bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    Result<std::uint32_t> function = named_function(environment, row.handle, 0);
    if (!function)
        return std::unexpected(function.error());
    Result<SlotRef> ref =
        capabilities.find(environment.number, row.argument, Kind::Frames, right::Retype | right::Write);
    if (!ref)
        return std::unexpected(ref.error());
    if (!covers(capabilities.at(*ref), row.resource, 2))
        return std::unexpected(Error::OutOfRange);
    if (Status status = function_acquire(*function, environment.number); !status)
        return status;
    return bind_dma_table(*function, row.address, static_cast<std::uint8_t>(level), row.resource,
                          static_cast<std::uint16_t>(slot_index(*ref)), environment.number);
}

Status unbind_dma_tables(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = owned_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    std::uint32_t level = table_level(row);
    if (level < 1 || level > 4)
        return std::unexpected(Error::BadArgument);
    Result<std::uint64_t> frame = unbind_dma_table(*function, row.address, static_cast<std::uint8_t>(level));
    if (!frame)
        return std::unexpected(frame.error());
    return {};
}

Status bind_vector(Environment& environment, const BindOp& row) {
    if (row.flags)
        return std::unexpected(Error::BadArgument);
    Result<std::uint32_t> function = named_function(environment, row.handle, 0);
    if (!function)
        return std::unexpected(function.error());
    std::uint64_t index = row.resource >> 8;
    std::uint64_t event = row.resource & 0xff;
    if (row.address > 0xffff'ffff || index >= environment.vcore_count || event >= events_per_vcore)
        return std::unexpected(Error::OutOfRange);
    if (Status status = function_acquire(*function, environment.number); !status)
        return status;
    const Vcore& vcore = *vcore_table[environment.vcore[index]];
    return interrupt_bind(*function, static_cast<std::uint32_t>(row.address), cores[vcore.core],
                          {vcore.number, static_cast<std::uint8_t>(event), InterruptTarget::Vcore});
}

Status unbind_vector(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = owned_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    if (row.address > 0xffff'ffff)
        return std::unexpected(Error::OutOfRange);
    Result<std::uint32_t> cookie = unbind_interrupt(*function, static_cast<std::uint32_t>(row.address));
    if (!cookie)
        return std::unexpected(cookie.error());
    interrupt_route_remove(*cookie);
    return {};
}

Status arm_vector(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = owned_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    if (row.address > 0xffff'ffff)
        return std::unexpected(Error::OutOfRange);
    return arm_interrupt(*function, static_cast<std::uint32_t>(row.address));
}

} // namespace exo
