// Bring-up of a multiport console and its streams. A message about a port that is not ours is ignored: the host may
// have more ports than are used here.
#include "drivers/virtio-console/console.hpp"

#include <cstring>

namespace exo::virtio_console {

using virtio::Expected;
using virtio::Problem;

Expected<void> Console::bring_up(const virtio::Environment& environment, std::span<const std::string_view> names) {
    environment_ = &environment;
    const auto opened = virtio::Transport::open(environment, virtio::DeviceType::Console);
    if (!opened)
        return std::unexpected(opened.error());
    transport_ = *opened;
    const auto done = set_up(names);
    if (!done) {
        transport_.give_up();
        (void)transport_.reset();
        port_count_ = 0;
    }
    return done;
}

Expected<void> Console::set_up(std::span<const std::string_view> names) {
    if (const auto agreed = transport_.negotiate(feature::multiport, 0); !agreed)
        return std::unexpected(agreed.error());
    std::byte count_bytes[4];
    if (const auto got = transport_.read_config(config::port_count_max, count_bytes, sizeof(count_bytes)); !got)
        return got;
    std::uint32_t count = 0;
    std::memcpy(&count, count_bytes, sizeof(count));
    port_count_ = count < ports_max ? count : ports_max;

    if (const auto set = control_.set_up(*environment_, transport_); !set)
        return set;
    for (std::uint32_t number = 0; number < port_count_; ++number)
        if (const auto set = streams_[number].port.set_up(*environment_, transport_, number); !set)
            return set;
    transport_.start();
    if (const auto started = control_.start(); !started)
        return started;
    for (std::uint32_t number = 0; number < port_count_; ++number)
        if (const auto started = streams_[number].port.start(); !started)
            return started;

    if (const auto sent = control_.send({.port = 0, .event = event::device_ready, .value = 1}, control_timeout_us);
        !sent)
        return sent;
    Expected<void> heard;
    const bool complete = wait_until(*environment_, handshake_timeout_us, [&] {
        heard = hear_news();
        return !heard || has_all(names);
    });
    if (!heard)
        return heard;
    if (!complete)
        return std::unexpected(transport_.needs_reset() ? Problem::NeedsReset : Problem::TimedOut);
    for (const std::string_view name : names) {
        const auto sent =
            control_.send({.port = find(name)->number, .event = event::port_open, .value = 1}, control_timeout_us);
        if (!sent)
            return sent;
    }
    return {};
}

Expected<void> Console::hear_news() {
    ReceivedControl received;
    for (std::uint16_t count = 0; count < control_queue_size; ++count) {
        const auto got = control_.receive(received);
        if (!got)
            return std::unexpected(got.error());
        if (!*got)
            return {};
        if (const auto acted = act_on(received); !acted)
            return acted;
    }
    return {};
}

Expected<void> Console::act_on(const ReceivedControl& received) {
    const ControlMessage& message = received.message;
    if (message.port >= port_count_)
        return {};
    Stream& stream = streams_[message.port];
    switch (message.event) {
    case event::port_add:
        stream.is_present = true;
        return control_.send({.port = message.port, .event = event::port_ready, .value = 1}, control_timeout_us);
    case event::port_remove:
        stream.is_present = stream.is_host_open = false;
        stream.name_bytes = 0;
        return {};
    case event::port_open:
        stream.is_host_open = message.value != 0;
        return {};
    case event::port_name:
        std::memcpy(stream.name_text, received.name_text, received.name_bytes);
        stream.name_bytes = received.name_bytes;
        return {};
    default:
        return {}; // resizing and the choice of a main console mean nothing to streams
    }
}

bool Console::has_all(std::span<const std::string_view> names) const {
    for (const std::string_view name : names)
        if (!find(name))
            return false;
    return true;
}

std::optional<PortId> Console::find(std::string_view name) const {
    for (std::uint32_t number = 0; number < port_count_; ++number) {
        const Stream& stream = streams_[number];
        if (stream.is_present && std::string_view(stream.name_text, stream.name_bytes) == name)
            return PortId{number};
    }
    return std::nullopt;
}

Expected<bool> Console::is_host_open(PortId port) {
    if (!is_port(port))
        return std::unexpected(Problem::MissingQueue);
    if (const auto heard = hear_news(); !heard)
        return std::unexpected(heard.error());
    return streams_[port.number].is_host_open;
}

Expected<Console::Read> Console::read(PortId port, std::span<std::byte> destination) {
    // The news first: bytes sent before the host closed have then certainly arrived.
    const auto open = is_host_open(port);
    if (!open)
        return std::unexpected(open.error());
    const auto received = streams_[port.number].port.receive(destination);
    if (!received)
        return std::unexpected(received.error());
    return Read{.bytes = *received, .is_end = *received == 0 && !destination.empty() && !*open};
}

Expected<Console::Written> Console::write(PortId port, std::span<const std::byte> source, std::uint64_t timeout_us) {
    if (!is_port(port))
        return std::unexpected(Problem::MissingQueue);
    Written written;
    Expected<std::size_t> sent = streams_[port.number].port.transmit(source);
    if (sent && *sent == source.size())
        return Written{.bytes = *sent};
    const std::uint64_t begin = environment_->clock.now();
    const bool complete = wait_until(*environment_, timeout_us, [&] {
        if (!sent)
            return true;
        written.bytes += *sent;
        sent = streams_[port.number].port.transmit(source.subspan(written.bytes));
        return !sent || written.bytes + *sent == source.size();
    });
    if (!sent)
        return std::unexpected(sent.error());
    written.bytes += *sent;
    written.timed_out = !complete;
    written.waited_us = (environment_->clock.now() - begin) / environment_->clock.ticks_per_us;
    return written;
}

Expected<bool> Console::drain(PortId port, std::uint64_t timeout_us) {
    if (!is_port(port))
        return std::unexpected(Problem::MissingQueue);
    Expected<bool> busy = true;
    const bool drained = wait_until(*environment_, timeout_us, [&] {
        busy = streams_[port.number].port.is_transmitting();
        return !busy || !*busy;
    });
    if (!busy)
        return std::unexpected(busy.error());
    return drained;
}

void Console::shut_down() {
    (void)transport_.reset();
    port_count_ = 0;
}

} // namespace exo::virtio_console
