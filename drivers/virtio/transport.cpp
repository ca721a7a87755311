// Bring-up of a modern virtio PCI device. Each function is one of the numbered steps of virtio 1.2, 3.1.1.
#include "drivers/virtio/transport.hpp"

namespace exo::virtio {

namespace {

Expected<BarWindow> map(const Environment& environment, const Region& region) {
    const auto window = environment.map_bar(environment.context, region.bar, region.offset, region.bytes);
    if (!window)
        return std::unexpected(Problem::Unmappable);
    return *window;
}

constexpr std::uint32_t low_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
constexpr std::uint32_t high_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

// 64-bit fields are written as two 32-bit halves (4.1.3.1).
void write_halves(const Registers& registers, std::uint64_t offset, std::uint64_t value) {
    registers.write32(offset, low_half(value));
    registers.write32(offset + 4, high_half(value));
}

} // namespace

Expected<Transport> Transport::open(const Environment& environment, DeviceType type) {
    const Registers& config = environment.config;
    if (config.read16(pci_config::vendor) != pci_vendor ||
        config.read16(pci_config::device) != pci_device_base + static_cast<std::uint16_t>(type))
        return std::unexpected(Problem::WrongDevice);
    const auto regions = find_regions(config);
    if (!regions)
        return std::unexpected(regions.error());
    Transport transport;
    transport.environment_ = &environment;
    transport.regions_ = *regions;
    const auto common_window = map(environment, regions->common);
    const auto notify_window = map(environment, regions->notify);
    if (!common_window || !notify_window)
        return std::unexpected(Problem::Unmappable);
    transport.common_ = *common_window;
    transport.notify_ = *notify_window;
    if (regions->device.bytes != 0) {
        const auto device_window = map(environment, regions->device);
        if (!device_window)
            return std::unexpected(Problem::Unmappable);
        transport.device_ = *device_window;
    }
    if (!transport.reset())
        return std::unexpected(Problem::ResetTimedOut);
    transport.add_status(status::acknowledge);
    transport.add_status(status::driver);
    return transport;
}

void Transport::add_status(std::uint8_t bits) {
    const std::uint8_t before = common_.registers.read8(common::device_status);
    common_.registers.write8(common::device_status, static_cast<std::uint8_t>(before | bits));
}

std::uint64_t Transport::offered_features() const {
    common_.registers.write32(common::device_feature_select, 0);
    const std::uint64_t low = common_.registers.read32(common::device_feature);
    common_.registers.write32(common::device_feature_select, 1);
    return low | static_cast<std::uint64_t>(common_.registers.read32(common::device_feature)) << 32;
}

void Transport::accept_features(std::uint64_t features) {
    common_.registers.write32(common::driver_feature_select, 0);
    common_.registers.write32(common::driver_feature, low_half(features));
    common_.registers.write32(common::driver_feature_select, 1);
    common_.registers.write32(common::driver_feature, high_half(features));
}

Expected<std::uint64_t> Transport::negotiate(std::uint64_t required, std::uint64_t wanted) {
    required |= feature::version_1 | feature::access_platform;
    const std::uint64_t offered = offered_features();
    if ((offered & required) != required) {
        give_up();
        return std::unexpected(Problem::MissingFeature);
    }
    const std::uint64_t agreed = offered & (required | wanted);
    accept_features(agreed);
    add_status(status::features_ok);
    if ((common_.registers.read8(common::device_status) & status::features_ok) == 0) {
        give_up();
        return std::unexpected(Problem::FeaturesRefused);
    }
    return agreed;
}

std::uint16_t Transport::queue_count() const {
    return common_.registers.read16(common::queue_count);
}

std::uint16_t Transport::queue_size_max(std::uint16_t queue) const {
    if (queue >= queue_count())
        return 0;
    common_.registers.write16(common::queue_select, queue);
    return common_.registers.read16(common::queue_size);
}

Expected<Doorbell> Transport::set_up_queue(std::uint16_t queue, const QueuePlaces& places, std::uint16_t vector) {
    const std::uint16_t size_max = queue_size_max(queue);
    if (size_max == 0 || places.size == 0 || places.size > size_max)
        return std::unexpected(Problem::MissingQueue);
    // queue_select still names this queue.
    const Registers& registers = common_.registers;
    const std::uint64_t notify_at =
        static_cast<std::uint64_t>(registers.read16(common::queue_notify_offset)) * regions_.notify_multiplier;
    if (notify_at % sizeof(std::uint16_t) != 0 || notify_at + sizeof(std::uint16_t) > regions_.notify.bytes)
        return std::unexpected(Problem::BadCapabilities);
    registers.write16(common::queue_size, places.size);
    registers.write16(common::queue_vector, vector);
    // A device that has no room for the vector reads back as none (4.1.5.1.2.2).
    if (registers.read16(common::queue_vector) != vector)
        return std::unexpected(Problem::VectorRefused);
    write_halves(registers, common::queue_descriptors, places.descriptors);
    write_halves(registers, common::queue_driver, places.driver_area);
    write_halves(registers, common::queue_device, places.device_area);
    registers.write16(common::queue_enable, 1);
    // Safe: two aligned bytes inside the mapped notification structure, as checked above.
    auto* const place = reinterpret_cast<volatile std::uint16_t*>(notify_.memory + notify_at);
    return Doorbell{.place = place, .queue = queue};
}

void Transport::start() {
    add_status(status::driver_ok);
}

Expected<void> Transport::read_config(std::uint64_t offset, std::byte* destination, std::size_t bytes) const {
    if (offset > config_bytes() || bytes > config_bytes() - offset)
        return std::unexpected(Problem::MissingStructure);
    for (unsigned attempt = 0; attempt < config_reads_max; ++attempt) {
        const std::uint8_t generation = common_.registers.read8(common::config_generation);
        for (std::size_t index = 0; index < bytes; ++index)
            destination[index] = static_cast<std::byte>(device_.registers.read8(offset + index));
        if (common_.registers.read8(common::config_generation) == generation)
            return {};
    }
    return std::unexpected(Problem::ConfigUnstable);
}

bool Transport::needs_reset() const {
    return (common_.registers.read8(common::device_status) & status::needs_reset) != 0;
}

void Transport::give_up() {
    add_status(status::failed);
}

bool Transport::reset() {
    common_.registers.write8(common::device_status, 0);
    return wait_until(*environment_, reset_timeout_us,
                      [this] { return common_.registers.read8(common::device_status) == 0; });
}

} // namespace exo::virtio
