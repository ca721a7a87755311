// See nic_e1000e.hpp.
#include "exokernel/network/nic_e1000e.hpp"

#include "exokernel/device/device.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

Status NicE1000e::open(const NicBringUp& where) {
    std::byte* registers = function_registers(where.function, e1000e::register_bar);
    if (!registers || device_infos[where.function].bar[e1000e::register_bar].bytes < e1000e::register_bytes)
        return std::unexpected(Error::Unsupported);
    if (auto opened = control_.open(mapped_registers(registers), function_clock(), {}); !opened) {
        klog("network: function %u: %s", where.function, e1000e::describe(opened.error()));
        return std::unexpected(Error::Unsupported);
    }
    // One slot more than buffers would be right, since one stays empty: sizes are powers of two.
    std::size_t bytes = e1000e::Ring::memory_bytes(nic_buffers);
    NicMemory::Piece memory = where.memory->take(2 * bytes);
    if (!memory.memory)
        return std::unexpected(Error::TableFull);
    // Safe: two of the mapped registers, 32 bits wide.
    auto tail = [registers](std::uint64_t offset) {
        return reinterpret_cast<volatile std::uint32_t*>(registers + offset);
    };
    receive_.room_bytes = nic_buffer_bytes;
    auto opened = receive_.open(memory.memory, nic_buffers, tail(e1000e::reg::receive_tail));
    if (opened)
        opened = transmit_.open(memory.memory + bytes, nic_buffers, tail(e1000e::reg::transmit_tail));
    if (!opened)
        return std::unexpected(Error::Unsupported);
    control_.start({memory.device_address, static_cast<std::uint32_t>(bytes)},
                   {memory.device_address + bytes, static_cast<std::uint32_t>(bytes)},
                   {nic_receive_vector, nic_transmit_vector});
    return {};
}

} // namespace exo
