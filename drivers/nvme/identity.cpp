// See identity.hpp. Every octet comes from the device.
#include "drivers/nvme/identity.hpp"

#include "drivers/nvme/queue.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace exo::nvme {

namespace {

template <typename T>
T field(std::span<const std::byte, page_bytes> data, std::size_t offset) {
    T value;
    std::memcpy(&value, data.data() + offset, sizeof value);
    return value;
}

void read_text(std::span<const std::byte, page_bytes> data, std::size_t offset, std::size_t bytes, char* into) {
    std::size_t length = 0;
    for (std::size_t index = 0; index < bytes; ++index) {
        const auto letter = static_cast<char>(data[offset + index]);
        into[index] = letter == 0 ? ' ' : letter >= ' ' && letter <= '~' ? letter : '?';
        if (into[index] != ' ')
            length = index + 1;
    }
    into[length] = 0;
}

} // namespace

Identity read_identity(std::span<const std::byte, page_bytes> data, std::uint64_t capabilities) {
    Identity identity;
    read_text(data, controller_data::serial, controller_data::serial_bytes, identity.serial);
    read_text(data, controller_data::model, controller_data::model_bytes, identity.model);
    identity.controller = field<std::uint16_t>(data, controller_data::controller_id);
    identity.entries_most =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(capabilities::entries_most(capabilities), 0x8000));
    // One run from the middle of a page on needs one table entry more than whole pages.
    identity.transfer_bytes_max = table_pages * page_bytes;
    const auto power = field<std::uint8_t>(data, controller_data::transfer_power);
    if (power != 0 && power < 32)
        identity.transfer_bytes_max =
            std::min(identity.transfer_bytes_max, capabilities::page_bytes_least(capabilities) << power);
    identity.sgl = (field<std::uint32_t>(data, controller_data::sgl_support) & 3) != 0;
    identity.write_cache = (field<std::uint8_t>(data, controller_data::write_cache) & 1) != 0;
    // QEMU 7.2's carries such a write out as any other: beneath it neither the flag nor a flush is seen (blklogwrites).
    identity.force_unit_access = std::string_view(identity.model) != "QEMU NVMe Ctrl";
    const auto commands = field<std::uint16_t>(data, controller_data::optional_commands);
    identity.write_zeroes = (commands & optional_commands::write_zeroes) != 0;
    identity.deallocates = (commands & optional_commands::dataset) != 0;
    return identity;
}

Expected<NamespaceIdentity> read_namespace(std::span<const std::byte, page_bytes> data) {
    const unsigned format = field<std::uint8_t>(data, namespace_data::format) & 0xf;
    const auto shape = field<std::uint32_t>(data, namespace_data::formats + 4 * format);
    const unsigned power = shape >> 16 & 0xff;
    const bool plain = (shape & 0xffff) == 0 && field<std::uint8_t>(data, namespace_data::protection) % 8 == 0;
    NamespaceIdentity identity;
    identity.blocks = field<std::uint64_t>(data, namespace_data::size);
    if (!plain || power < 9 || 1u << std::min(power, 31u) > block_bytes_most || identity.blocks == 0 ||
        identity.blocks > ~0ull >> power)
        return std::unexpected(Problem::BadNamespace);
    identity.block_bytes = 1u << power;
    identity.deallocated_reads_zero = (field<std::uint8_t>(data, namespace_data::deallocated) & 7) == 1;
    return identity;
}

std::size_t read_secondaries(std::span<const std::byte, page_bytes> data, std::span<SecondaryController> into) {
    namespace at = secondary_data;
    const std::size_t said = std::min<std::size_t>(field<std::uint8_t>(data, at::count), at::entries_max);
    const std::size_t count = std::min(said, into.size());
    for (std::size_t index = 0; index < count; ++index) {
        const std::size_t entry = at::entry_bytes * (index + 1);
        into[index] = {.id = field<std::uint16_t>(data, entry + at::controller),
                       .function = field<std::uint16_t>(data, entry + at::function),
                       .online = (field<std::uint8_t>(data, entry + at::state) & 1) != 0};
    }
    return count;
}

FlexibleResources read_flexible(std::span<const std::byte, page_bytes> data) {
    return {.queues = field<std::uint32_t>(data, primary_data::queues),
            .interrupts = field<std::uint32_t>(data, primary_data::interrupts),
            .queues_of_one = field<std::uint16_t>(data, primary_data::queues_of_one),
            .interrupts_of_one = field<std::uint16_t>(data, primary_data::interrupts_of_one)};
}

} // namespace exo::nvme
