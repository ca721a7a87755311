// Interface: datagram_socket.hpp.
#include "libos-hpc/socket/datagram_socket.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {

namespace message_flag = linux_abi::message_flag;

Ref<Datagram> gather(const SendRequest& request, const SocketAddress& from) {
    auto datagram = make<Datagram>();
    if (!datagram)
        return datagram;
    datagram->from = from;
    if (request.bytes == 0)
        return datagram;
    datagram->octets = static_cast<std::byte*>(heap_allocate(request.bytes));
    if (!datagram->octets)
        return Ref<Datagram>();
    for (const linux_abi::IoVector& piece : request.pieces) {
        copy_bytes(datagram->octets + datagram->bytes, piece.base, piece.length);
        datagram->bytes += piece.length;
    }
    return datagram;
}

DatagramSocket::~DatagramSocket() {
    SocketGuard guard;
    clear_queue();
}

void DatagramSocket::clear_queue() {
    while (first_)
        first_ = Ref<Datagram>(first_->next); // one by one: chains end each other link by link otherwise
    last_ = nullptr;
    queued_ = queued_bytes_ = 0;
}

void DatagramSocket::deliver(Ref<Datagram> datagram) {
    if (!has_room())
        return;
    queued_bytes_ += datagram->bytes + datagram_overhead_bytes;
    ++queued_;
    Datagram* const added = datagram.get();
    (last_ ? last_->next : first_) = std::move(datagram);
    last_ = added;
    tell_in();
}

Outcome<std::size_t> DatagramSocket::hand_over(ReceiveRequest& request) {
    const Ref<Datagram> datagram = first_;
    std::size_t done = 0;
    for (const linux_abi::IoVector& piece : request.pieces) {
        const std::size_t part = std::min(piece.length, datagram->bytes - done);
        copy_bytes(piece.base, datagram->octets + done, part);
        done += part;
    }
    request.from = datagram->from;
    if (done < datagram->bytes)
        request.result |= message_flag::truncated;
    if (!(request.flags & message_flag::peek)) {
        first_ = datagram->next;
        if (!first_)
            last_ = nullptr;
        --queued_;
        queued_bytes_ -= datagram->bytes + datagram_overhead_bytes;
        room_made();
    }
    return request.flags & message_flag::truncated ? datagram->bytes : done;
}

std::optional<Outcome<std::size_t>> DatagramSocket::receive_end() {
    if (receive_shut_)
        return 0;
    return std::nullopt;
}

Outcome<std::size_t> DatagramSocket::receive(ReceiveRequest& request) {
    if (request.flags & message_flag::out_of_band)
        return fail(Errno::OPNOTSUPP);
    return wait_until<std::size_t>(waits(request.flags) ? Wait::Yes : Wait::No, options().receive_timeout_ns,
                                   [&]() -> std::optional<Outcome<std::size_t>> {
                                       fetch();
                                       if (error_)
                                           return fail(error_.take_error());
                                       return first_ ? hand_over(request) : receive_end();
                                   });
}

std::int32_t DatagramSocket::take_error() {
    SocketGuard guard;
    drive_network();
    fetch();
    return error_.take();
}

Outcome<std::size_t> DatagramSocket::bytes_readable() {
    SocketGuard guard;
    drive_network();
    fetch();
    return first_ ? first_->bytes : 0;
}

std::uint16_t DatagramSocket::ready_bits(bool can_send) const {
    using namespace linux_abi::poll_event;
    unsigned bits = can_send ? out : 0u;
    if (queued() || receive_shut_)
        bits |= in;
    if (receive_shut_)
        bits |= read_hang_up;
    if (receive_shut_ && send_shut_)
        bits |= hang_up;
    if (error_)
        bits |= error;
    return static_cast<std::uint16_t>(bits);
}

Done DatagramSocket::shut(std::uint32_t how, bool is_connected) {
    if (how > linux_abi::shutdown_how::both)
        return fail(Errno::INVAL);
    if (!is_connected)
        return fail(Errno::NOTCONN);
    receive_shut_ |= how != linux_abi::shutdown_how::send;
    send_shut_ |= how != linux_abi::shutdown_how::receive;
    tell_in();
    return {};
}

} // namespace exo::hpc
