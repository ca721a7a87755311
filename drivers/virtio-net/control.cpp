// See control.hpp. The order is that of virtio 1.2, 5.1.5.
#include "drivers/virtio-net/control.hpp"

namespace exo::virtio_net {

using virtio::Expected;
using virtio::Problem;

Expected<void> Control::open(const virtio::Environment& environment, const Wishes& wishes) {
    environment_ = &environment;
    const auto opened = virtio::Transport::open(environment, virtio::DeviceType::Network);
    if (!opened)
        return std::unexpected(opened.error());
    transport_ = *opened;
    auto done = agree(wishes);
    if (done)
        done = read_facts(wishes);
    if (done && facts_.has(feature::control_queue))
        done = open_command_queue();
    if (!done) {
        transport_.give_up();
        (void)transport_.reset();
    }
    return done;
}

Expected<void> Control::agree(const Wishes& wishes) {
    std::uint64_t wanted = feature::mtu | feature::mac | virtio::feature::indirect_descriptors;
    if (wishes.packed)
        wanted |= virtio::feature::ring_packed;
    if (wishes.checksums)
        wanted |= feature::checksum | feature::guest_checksum;
    if (wishes.mergeable)
        wanted |= feature::mergeable_buffers;
    if (!wishes.promiscuous)
        wanted |= feature::control_queue | feature::control_receive;
    if (wishes.pairs > 1)
        wanted |= feature::control_queue | feature::multiqueue;
    const auto agreed = transport_.negotiate(0, wanted);
    if (!agreed)
        return std::unexpected(agreed.error());
    facts_.features = *agreed;
    facts_.packed = facts_.has(virtio::feature::ring_packed);
    promiscuous_ = wishes.promiscuous;
    return {};
}

Expected<void> Control::read_facts(const Wishes& wishes) {
    const auto read16 = [this](std::uint64_t offset, std::uint16_t& value) -> Expected<void> {
        std::byte bytes[2];
        if (const auto got = transport_.read_config(offset, bytes, sizeof bytes); !got)
            return got;
        value =
            static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) | std::to_integer<unsigned>(bytes[1]) << 8);
        return {};
    };
    if (facts_.has(feature::mac)) {
        std::byte bytes[6];
        if (const auto got = transport_.read_config(config::mac, bytes, sizeof bytes); !got)
            return got;
        for (std::size_t index = 0; index < facts_.mac.size(); ++index)
            facts_.mac[index] = std::to_integer<std::uint8_t>(bytes[index]);
    } else {
        // A device without an address leaves it to the driver (5.1.5); a locally administered one.
        facts_.mac = {0x02, 0x65, 0x78, 0x6f, 0x00, 0x01};
    }
    if (facts_.has(feature::mtu)) {
        if (const auto got = read16(config::mtu, facts_.mtu); !got)
            return got;
        if (facts_.mtu < mtu_least)
            return std::unexpected(Problem::BadMessage);
    }
    facts_.pairs = 1;
    if (facts_.has(feature::multiqueue)) {
        std::uint16_t pairs_max = 0;
        if (const auto got = read16(config::pairs_max, pairs_max); !got)
            return got;
        if (pairs_max < pairs_least || pairs_max > pairs_most)
            return std::unexpected(Problem::BadMessage);
        facts_.pairs = wishes.pairs < pairs_max ? wishes.pairs : pairs_max;
        command_queue_ = static_cast<std::uint16_t>(2 * pairs_max);
    }
    return {};
}

Expected<void> Control::open_command_queue() {
    if (const auto opened = commands_.open(*environment_, facts_.packed); !opened)
        return opened;
    const auto doorbell = transport_.set_up_queue(command_queue_, commands_.places());
    if (!doorbell)
        return std::unexpected(doorbell.error());
    commands_.set_doorbell(*doorbell);
    return {};
}

std::uint16_t Control::queue_size(std::uint16_t queue, std::uint16_t wanted) const {
    const std::uint16_t most = transport_.queue_size_max(queue);
    std::uint32_t size = 1;
    while (2 * size <= most && 2 * size <= wanted)
        size *= 2;
    return most == 0 || wanted == 0 ? 0 : static_cast<std::uint16_t>(size);
}

Expected<void> Control::start() {
    transport_.start();
    Expected<void> done;
    if (facts_.pairs > 1) {
        const std::uint8_t pairs[] = {static_cast<std::uint8_t>(facts_.pairs),
                                      static_cast<std::uint8_t>(facts_.pairs >> 8)};
        done = commands_.send(command_class::multiqueue, command::set_pairs, pairs);
    }
    // A device takes every frame that passes until it is told otherwise.
    if (done && !promiscuous_ && facts_.has(feature::control_receive)) {
        const std::uint8_t off[] = {0}, on[] = {1};
        done = commands_.send(command_class::receive, command::promiscuous, off);
        if (done)
            done = commands_.send(command_class::receive, command::all_multicast, on);
    }
    if (!done) {
        transport_.give_up();
        (void)transport_.reset();
    }
    return done;
}

} // namespace exo::virtio_net
