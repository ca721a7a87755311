// The device's half of virtio 1.2, as little of it as the drivers' tests need, and the ways to break it.
#include "tests/unit/virtio/fake_device.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace exo::test {

namespace {

constexpr std::uint32_t common_offset = 0x000, isr_offset = 0x100, device_offset = 0x200, notify_offset = 0x1000;
constexpr std::uint8_t bar_number = 4;
constexpr std::uint32_t doorbell_stride = 4;

template <typename T>
T load(const std::byte* memory) {
    T value;
    std::memcpy(&value, memory, sizeof(T));
    return value;
}

template <typename T>
void store(std::byte* memory, T value) {
    std::memcpy(memory, &value, sizeof(T));
}

} // namespace

std::size_t FakeDevice::Chain::room_bytes() const {
    std::size_t total = 0;
    for (const Room& room : rooms)
        total += room.bytes;
    return total;
}

std::uint32_t FakeDevice::Chain::write(std::string_view reply) const {
    std::size_t written = 0;
    for (const Room& room : rooms) {
        const std::size_t part = std::min<std::size_t>(room.bytes, reply.size() - written);
        std::memcpy(room.memory, reply.data() + written, part);
        written += part;
    }
    return static_cast<std::uint32_t>(written);
}

FakeDevice::FakeDevice(virtio::DeviceType type, std::vector<std::uint16_t> queue_sizes, std::string device_config)
    : device_config_(std::move(device_config)) {
    for (const std::uint16_t size : queue_sizes)
        queues.push_back({.size_max = size});
    const auto put16 = [this](std::size_t offset, std::uint16_t value) {
        std::memcpy(config.data() + offset, &value, sizeof(value));
    };
    put16(virtio::pci_config::vendor, virtio::pci_vendor);
    put16(virtio::pci_config::device,
          static_cast<std::uint16_t>(virtio::pci_device_base + static_cast<std::uint16_t>(type)));
    put16(virtio::pci_config::status, virtio::pci_config::status_has_capabilities);
    add_capability(virtio::StructureType::Common, bar_number, common_offset, virtio::common::bytes_min);
    add_capability(virtio::StructureType::Isr, bar_number, isr_offset, 1);
    add_capability(virtio::StructureType::Device, bar_number, device_offset,
                   static_cast<std::uint32_t>(device_config_.size()));
    add_capability(virtio::StructureType::Notify, bar_number, notify_offset, sizeof(doorbell_memory_));
    doorbell_memory_.fill(0xffff);
    handle = [](FakeDevice& device, Chain chain) { device.complete(chain, 0); };
}

std::size_t FakeDevice::add_capability(virtio::StructureType type, std::uint8_t bar, std::uint32_t offset,
                                       std::uint32_t bytes) {
    const std::size_t place = next_capability_;
    const bool notify = type == virtio::StructureType::Notify;
    const std::uint8_t length = notify ? 20 : 16;
    std::uint8_t* const capability = config.data() + place;
    capability[virtio::pci_capability::id] = virtio::pci_config::capability_vendor;
    capability[virtio::pci_capability::length] = length;
    capability[virtio::pci_capability::type] = static_cast<std::uint8_t>(type);
    capability[virtio::pci_capability::bar] = bar;
    std::memcpy(capability + virtio::pci_capability::offset, &offset, 4);
    std::memcpy(capability + virtio::pci_capability::bytes, &bytes, 4);
    if (notify)
        std::memcpy(capability + virtio::pci_capability::notify_multiplier, &doorbell_stride, 4);
    config[last_link_] = static_cast<std::uint8_t>(place);
    last_link_ = place + virtio::pci_capability::next;
    next_capability_ += length;
    return place;
}

namespace {
// The clock takes no context, so the device that tells the time is the last one that was asked for its environment.
FakeDevice* timekeeper = nullptr;
} // namespace

virtio::Environment FakeDevice::environment() {
    timekeeper = this;
    return {.context = this,
            .config = {.context = this,
                       .read =
                           [](void* context, std::uint64_t offset, unsigned bytes) {
                               std::uint64_t value = 0;
                               if (offset + bytes > self(context).config.size())
                                   throw std::out_of_range("configuration space");
                               std::memcpy(&value, self(context).config.data() + offset, bytes);
                               return value;
                           },
                       .write = nullptr},
            .map_bar = [](void* context, unsigned bar, std::uint64_t offset,
                          std::uint64_t bytes) { return self(context).map(bar, offset, bytes); },
            .allocate_dma = [](void* context, std::size_t bytes) { return self(context).allocate(bytes); },
            .relax =
                [](void* context) {
                    FakeDevice& device = self(context);
                    device.now_us += 100;
                    if (device.on_step)
                        device.on_step();
                    device.step();
                },
            .clock = {.now = [] { return timekeeper->now_us; }, .ticks_per_us = 1}};
}

std::optional<virtio::BarWindow> FakeDevice::map(unsigned bar, std::uint64_t offset, std::uint64_t bytes) {
    constexpr std::uint64_t bar_bytes = 0x2000;
    if (bar != bar_number || offset > bar_bytes || bytes > bar_bytes - offset)
        return std::nullopt;
    if (offset == notify_offset)
        return virtio::BarWindow{.memory = reinterpret_cast<std::byte*>(doorbell_memory_.data())};
    if (offset == device_offset)
        return virtio::BarWindow{
            .registers = {.context = this,
                          .read =
                              [](void* context, std::uint64_t at, unsigned) {
                                  return std::uint64_t(static_cast<std::uint8_t>(self(context).device_config_.at(at)));
                              },
                          .write = nullptr}};
    return virtio::BarWindow{
        .registers = {.context = this,
                      .read = [](void* context, std::uint64_t at,
                                 unsigned width) { return self(context).read_common(at, width); },
                      .write = [](void* context, std::uint64_t at, std::uint64_t value,
                                  unsigned width) { self(context).write_common(at, value, width); }}};
}

std::optional<virtio::DmaBuffer> FakeDevice::allocate(std::size_t bytes) {
    if (bytes > dma_left)
        return std::nullopt;
    dma_left -= bytes;
    allocations_.push_back({next_address_, std::make_unique<std::byte[]>(bytes), bytes});
    next_address_ += (bytes + 0x1fff) & ~0xfffull; // a hole behind each
    return virtio::DmaBuffer{allocations_.back().memory.get(), allocations_.back().device_address, bytes};
}

std::byte* FakeDevice::at(std::uint64_t device_address, std::size_t bytes) {
    for (const Allocation& allocation : allocations_)
        if (device_address >= allocation.device_address &&
            device_address - allocation.device_address + bytes <= allocation.bytes)
            return allocation.memory.get() + (device_address - allocation.device_address);
    throw std::out_of_range("DMA outside the domain");
}

std::uint64_t FakeDevice::read_common(std::uint64_t offset, unsigned) {
    namespace common = virtio::common;
    const Queue queue = queue_select_ < queues.size() ? queues[queue_select_] : Queue{};
    switch (offset) {
    case common::device_feature:
        return feature_select_ < 2 ? features >> (32 * feature_select_) & 0xffff'ffff : 0;
    case common::queue_count:
        return queues.size();
    case common::device_status:
        return wrong.never_resets ? status | 1u : status;
    case common::config_generation:
        return wrong.config_never_settles ? ++generation_ : generation_;
    case common::queue_size:
        return queue.size != 0 ? queue.size : queue.size_max;
    case common::queue_vector:
        return wrong.refuses_vectors ? virtio::no_vector : queue.vector;
    case common::queue_notify_offset:
        return queue_select_;
    default:
        return 0;
    }
}

void FakeDevice::write_common(std::uint64_t offset, std::uint64_t value, unsigned) {
    namespace common = virtio::common;
    const auto half = [&](std::uint64_t& whole, std::uint64_t first) {
        const unsigned shift = offset == first ? 0 : 32;
        whole = (whole & ~(0xffff'ffffull << shift)) | value << shift;
    };
    if (offset == common::device_feature_select || offset == common::driver_feature_select) {
        feature_select_ = static_cast<std::uint32_t>(value);
    } else if (offset == common::driver_feature) {
        const unsigned shift = 32 * feature_select_;
        accepted_features = (accepted_features & ~(0xffff'ffffull << shift)) | value << shift;
    } else if (offset == common::device_status) {
        status = static_cast<std::uint8_t>(value);
        if (wrong.refuses_features)
            status &= static_cast<std::uint8_t>(~virtio::status::features_ok);
        if (value == 0)
            for (Queue& queue : queues)
                queue = {.size_max = queue.size_max};
    } else if (offset == common::queue_select) {
        queue_select_ = static_cast<std::uint16_t>(value);
    } else {
        Queue& queue = queues.at(queue_select_);
        if (offset == common::queue_size)
            queue.size = static_cast<std::uint16_t>(value);
        else if (offset == common::queue_vector)
            queue.vector = static_cast<std::uint16_t>(value);
        else if (offset == common::queue_enable)
            queue.enabled = value == 1;
        else if (offset < common::queue_driver)
            half(queue.descriptors, common::queue_descriptors);
        else if (offset < common::queue_device)
            half(queue.driver_area, common::queue_driver);
        else
            half(queue.device_area, common::queue_device);
    }
}

void FakeDevice::step() {
    for (std::size_t index = 0; index < doorbell_memory_.size(); ++index) {
        if (doorbell_memory_[index] == 0xffff)
            continue;
        if (index % 2 != 0 || doorbell_memory_[index] != index / 2)
            throw std::logic_error("a doorbell of another queue was rung");
        doorbell_memory_[index] = 0xffff;
        ++doorbells_rung;
    }
    if (wrong.loses_everything || (status & virtio::status::driver_ok) == 0)
        return;
    for (std::uint16_t number = 0; number < queues.size(); ++number)
        while (take_one(number)) {
        }
}

bool FakeDevice::take_one(std::uint16_t number) {
    Queue& queue = queues[number];
    if (!queue.enabled)
        return false;
    std::byte* const driver_area = at(queue.driver_area, 6 + 2u * queue.size);
    if (load<std::uint16_t>(driver_area + 2) == queue.taken)
        return false;
    Chain chain{.queue = number, .head = load<std::uint16_t>(driver_area + 4 + 2 * (queue.taken % queue.size))};
    ++queue.taken;
    std::byte* const table = at(queue.descriptors, 16u * queue.size);
    std::uint16_t index = chain.head;
    for (unsigned length = 0;; ++length) {
        if (length == queue.size || index >= queue.size)
            throw std::logic_error("the driver offered a malformed chain");
        const auto descriptor = load<virtio::Descriptor>(table + 16 * index);
        std::byte* const memory = at(descriptor.address, descriptor.bytes);
        if ((descriptor.flags & virtio::descriptor_flag::device_writes) != 0)
            chain.rooms.push_back({memory, descriptor.bytes});
        else if (chain.rooms.empty())
            chain.request.append(reinterpret_cast<const char*>(memory), descriptor.bytes);
        else
            throw std::logic_error("the driver put a readable piece behind a writable one");
        if ((descriptor.flags & virtio::descriptor_flag::next) == 0)
            break;
        index = descriptor.next;
    }
    if (wrong.scribbles_on_rings) {
        std::memset(table, 0xa5, 16u * queue.size);
        std::memset(driver_area + 4, 0xa5, 2u * queue.size);
    }
    handle(*this, std::move(chain));
    return true;
}

void FakeDevice::complete(const Chain& chain, std::uint32_t bytes_written) {
    Queue& queue = queues[chain.queue];
    std::byte* const area = at(queue.device_area, 6 + 8u * queue.size);
    std::byte* const element = area + 4 + 8 * (queue.used % queue.size);
    store<std::uint32_t>(element, wrong.used_id.value_or(chain.head));
    store<std::uint32_t>(element + 4, wrong.used_bytes.value_or(bytes_written));
    ++queue.used;
    store<std::uint16_t>(area, used_flags);
    store<std::uint16_t>(area + 2, static_cast<std::uint16_t>(queue.used + wrong.used_index_ahead.value_or(0)));
    wrong.used_id.reset();
    wrong.used_bytes.reset();
    wrong.used_index_ahead.reset();
}

} // namespace exo::test
