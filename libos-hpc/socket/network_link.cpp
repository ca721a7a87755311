// Interface: network_link.hpp.
#include "libos-hpc/socket/network_link.hpp"

#include "libos-hpc/socket/linger.hpp"
#include "libos-hpc/socket/network.hpp"

namespace exo::hpc {

namespace tcp_ready = net::tcp_ready;

NetworkLink::NetworkLink(net::TcpStream&& stream) : stream_(std::move(stream)) {
    stream_.set_observer(changed, this);
    local = internet_address(stream_.local());
    peer = internet_address(stream_.remote());
}

void NetworkLink::changed(void* link) {
    // Safe: registered with this link, whose stream ends with it.
    if (Socket* const owner = static_cast<NetworkLink*>(link)->owner) {
        owner->tell_in();
        owner->tell_out();
    }
}

Done NetworkLink::connect(net::Endpoint remote, net::Endpoint from) {
    local = internet_address(from);
    peer = internet_address(remote);
    if (const auto begun = stream_.connect(current_network()->tcp, remote, from); !begun)
        return fail(errno_of(begun.error()));
    stream_.set_observer(changed, this);
    return {};
}

std::size_t NetworkLink::peek(std::span<std::byte> into, std::size_t skip) const {
    return skip || !stream_.is_open() ? 0 : stream_.peek(into); // pieces behind the first stay empty
}

bool NetworkLink::is_writable() const {
    return stream_.is_open() && (stream_.ready() & tcp_ready::writable);
}

std::size_t NetworkLink::write(std::span<const std::byte> from) {
    const auto written = stream_.write(from);
    return written ? *written : 0; // why not, `refresh` finds out
}

void NetworkLink::finish() {
    if (!std::exchange(send_shut, true) && stream_.is_open())
        (void)stream_.shut_send(); // fails only when it is over
}

void NetworkLink::refuse() {
    receive_shut = true;
}

void NetworkLink::close(bool abort) {
    stream_.set_observer(nullptr, nullptr);
    if (abort)
        stream_.abort();
    else
        close_by_and_by(std::move(stream_));
}

void NetworkLink::refresh() {
    if (broken || !stream_.is_open())
        return;
    const std::uint32_t ready = stream_.ready();
    if (ready & tcp_ready::finished)
        receive_shut = at_end = true;
    if (ready & tcp_ready::failed) {
        const Errno why = errno_of(stream_.problem());
        error.set(why == Errno::CONNRESET && at_end ? Errno::PIPE : why);
        broken = receive_shut = send_shut = true;
    }
}

void NetworkLink::apply(const SocketOptions& options) {
    if (!stream_.is_open())
        return;
    stream_.set_no_delay(options.no_delay);
    stream_.set_keep_alive({.on = options.keep_alive,
                            .idle_s = static_cast<std::uint32_t>(options.keep_idle_s),
                            .interval_s = static_cast<std::uint32_t>(options.keep_interval_s),
                            .probes = static_cast<std::uint32_t>(options.keep_count)});
    if (options.send_bytes_set)
        stream_.set_send_limit(static_cast<std::size_t>(options.send_bytes));
}

linux_abi::TcpInfo NetworkLink::info() const {
    namespace tcp_info = linux_abi::tcp_info;
    const net::TcpFacts facts = stream_.facts();
    linux_abi::TcpInfo info{};
    info.options =
        static_cast<std::uint8_t>((facts.timestamps ? tcp_info::timestamps : 0) |
                                  (facts.selective ? tcp_info::selective : 0) | (facts.scaled ? tcp_info::scaled : 0));
    constexpr std::uint32_t us_per_ms = 1000;
    info.rto = facts.timeout_ms * us_per_ms;
    info.send_segment_bytes = info.receive_segment_bytes = info.advertised_segment_bytes = facts.segment_octets;
    info.unacknowledged = facts.segments_out;
    info.round_trip = facts.round_trip_ms_x8 * (us_per_ms / 8);
    const std::uint32_t segment = std::max(facts.segment_octets, 1u);
    info.window = facts.congestion_window / segment;
    info.slow_start_until = facts.slow_start_until / segment;
    info.receive_space = info.receive_slow_start_until = facts.own_window;
    info.total_sent_again = facts.segments_again;
    return info;
}

} // namespace exo::hpc
