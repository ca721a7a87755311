// Moving octets through sockets (send(2), recv(2), sendmmsg(2), recvmmsg(2)), and readv(2) and writev(2) of sockets,
// for which all pieces are one message.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/socket_file.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos-hpc/time/deadline.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/trace.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

// What comes with a message beside its octets: nothing is understood here.
Done check_control(const MessageHeader& header) {
    if (!header.control_bytes)
        return {};
    trace_missing("sendmsg with control data", header.control_bytes);
    return fail(Errno::INVAL);
}

Answer send_header(Socket& socket, const MessageHeader& header, std::uint32_t flags) {
    LoadedPieces pieces;
    if (auto loaded = pieces.load(header.vectors, header.vector_count, LoadedPieces::Use::Read); !loaded)
        return answer(loaded);
    if (auto checked = check_control(header); !checked)
        return answer(checked);
    SendRequest request{.pieces = pieces.pieces(), .bytes = pieces.bytes(), .flags = flags};
    Outcome<SocketAddress> to = SocketAddress{};
    if (header.name && header.name_bytes) {
        to = load_address(header.name, std::min<std::uint32_t>(header.name_bytes, socket_address_bytes_max));
        if (!to)
            return answer(to.error());
        request.to = &*to;
    }
    return send_message(socket, request);
}

// As recvmsg: fills the header's output fields and stores them at `where`.
Answer receive_header(Socket& socket, MessageHeader header, User<MessageHeader> where, std::uint32_t flags) {
    LoadedPieces pieces;
    if (auto loaded = pieces.load(header.vectors, header.vector_count, LoadedPieces::Use::Fill); !loaded)
        return answer(loaded);
    if (static_cast<std::int32_t>(header.name_bytes) < 0)
        return answer(Errno::INVAL);
    ReceiveRequest request;
    request.pieces = pieces.pieces();
    request.bytes = pieces.bytes();
    request.flags = flags;
    const Answer got = receive_message(socket, request);
    if (got < 0)
        return got;
    if (header.name) {
        const std::size_t told = std::min(header.name_bytes, request.from.bytes);
        if (told && !copy_to_user(header.name, request.from.octets, told))
            return answer(Errno::FAULT);
    }
    header.name_bytes = header.name ? request.from.bytes : 0;
    header.control_bytes = 0;
    header.flags = request.result;
    return where.store(header) ? got : answer(Errno::FAULT);
}

} // namespace

Done LoadedPieces::load(std::uint64_t vectors, std::uint64_t count, Use use) {
    if (count > io_vectors_max)
        return fail(Errno::MSGSIZE);
    if (count > few && !(many_ = static_cast<IoVector*>(heap_allocate(count * sizeof(IoVector)))))
        return fail(Errno::NOMEM);
    IoVector* const into = many_ ? many_ : few_;
    if (count && !copy_from_user(into, vectors, count * sizeof(IoVector)))
        return fail(Errno::FAULT);
    for (std::size_t i = 0; i < count; ++i) {
        // Safe: numbers, to be checked.
        const auto base = reinterpret_cast<std::uint64_t>(into[i].base);
        if (static_cast<std::int64_t>(into[i].length) < 0)
            return fail(Errno::INVAL);
        into[i].length = std::min(into[i].length, transfer_bytes_max - bytes_);
        const std::uint32_t wanted = use == Use::Fill ? right::Write : right::Read;
        if (into[i].length && !address_space().allows(base, into[i].length, wanted))
            return fail(Errno::FAULT);
        bytes_ += into[i].length;
    }
    count_ = count;
    return {};
}

Answer send_message(Socket& socket, const SendRequest& request) {
    auto sent = socket.send(request);
    if (!sent && sent.error() == Errno::PIPE && !(request.flags & message_flag::no_signal) &&
        socket.kind().type == socket_type::stream)
        return broken_pipe();
    return socket.options().send_timeout_ns ? answer(sent) : answer_or_restart(sent);
}

Answer receive_message(Socket& socket, ReceiveRequest& request) {
    if (request.flags & message_flag::error_queue)
        return answer(Errno::AGAIN); // nothing is ever put there
    auto got = socket.receive(request);
    return socket.options().receive_timeout_ns ? answer(got) : answer_or_restart(got);
}

Answer write_socket(Socket& socket, std::uint64_t vectors, std::uint64_t count) {
    LoadedPieces pieces;
    if (auto loaded = pieces.load(vectors, count, LoadedPieces::Use::Read); !loaded)
        return answer(loaded.error() == Errno::MSGSIZE ? Errno::INVAL : loaded.error());
    return send_message(socket, {.pieces = pieces.pieces(), .bytes = pieces.bytes()});
}

Answer read_socket(Socket& socket, std::uint64_t vectors, std::uint64_t count) {
    LoadedPieces pieces;
    if (auto loaded = pieces.load(vectors, count, LoadedPieces::Use::Fill); !loaded)
        return answer(loaded.error() == Errno::MSGSIZE ? Errno::INVAL : loaded.error());
    ReceiveRequest request;
    request.pieces = pieces.pieces();
    request.bytes = pieces.bytes();
    return request.bytes ? receive_message(socket, request) : 0;
}

Answer sendto(int fd, std::uint64_t address, std::uint64_t bytes, std::uint32_t flags, std::uint64_t to,
              std::uint32_t to_bytes) {
    auto buffer = buffer_to_read(address, bytes);
    if (!buffer)
        return answer(buffer.error());
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    auto name = load_address(to, to ? to_bytes : 0);
    if (!name)
        return answer(name.error());
    // Safe: sending only reads.
    const IoVector piece{const_cast<std::byte*>(buffer->data()), buffer->size()};
    return send_message(**socket,
                        {.pieces = {&piece, 1}, .bytes = buffer->size(), .to = to ? &*name : nullptr, .flags = flags});
}

Answer recvfrom(int fd, std::uint64_t address, std::uint64_t bytes, std::uint32_t flags, std::uint64_t from,
                User<std::int32_t> from_bytes) {
    auto buffer = buffer_to_fill(address, bytes);
    if (!buffer)
        return answer(buffer.error());
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    const IoVector piece{buffer->data(), buffer->size()};
    ReceiveRequest request;
    request.pieces = {&piece, 1};
    request.bytes = buffer->size();
    request.flags = flags;
    const Answer got = receive_message(**socket, request);
    if (got < 0 || !from)
        return got;
    auto stored = store_address(request.from, from, from_bytes);
    return stored ? got : answer(stored);
}

Answer sendmsg(int fd, User<MessageHeader> where, std::uint32_t flags) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    MessageHeader header;
    return where.load(header) ? send_header(**socket, header, flags) : answer(Errno::FAULT);
}

Answer recvmsg(int fd, User<MessageHeader> where, std::uint32_t flags) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    MessageHeader header;
    return where.load(header) ? receive_header(**socket, header, where, flags) : answer(Errno::FAULT);
}

// An error after the first message is left for the next call, which meets it again.
Answer sendmmsg(int fd, User<ManyMessages> messages, std::uint32_t count, std::uint32_t flags) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    count = std::min(count, many_messages_max);
    for (std::uint32_t i = 0; i < count; ++i) {
        ManyMessages message;
        if (!messages.at(i).load(message))
            return i ? i : answer(Errno::FAULT);
        const Answer sent = send_header(**socket, message.header, flags);
        if (sent < 0)
            return i ? i : sent;
        message.bytes = static_cast<std::uint32_t>(sent);
        if (!messages.at(i).store(message))
            return i ? i : answer(Errno::FAULT);
    }
    return count;
}

// The time is looked at after each message, as Linux has it: it does not end a wait for the next.
Answer recvmmsg(int fd, User<ManyMessages> messages, std::uint32_t count, std::uint32_t flags, User<Timespec> timeout) {
    std::uint64_t deadline = no_deadline;
    Timespec time;
    if (timeout) {
        if (!timeout.load(time))
            return answer(Errno::FAULT);
        if (!time.valid())
            return answer(Errno::INVAL);
        deadline = deadline_after(time);
    }
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    count = std::min(count, many_messages_max);
    const bool one = flags & message_flag::wait_for_one;
    for (std::uint32_t i = 0; i < count; ++i) {
        ManyMessages message;
        if (!messages.at(i).load(message))
            return i ? i : answer(Errno::FAULT);
        const User<MessageHeader> where{messages.at(i).address};
        const std::uint32_t how = (flags & ~message_flag::wait_for_one) | (one && i ? message_flag::dont_wait : 0);
        const Answer got = receive_header(**socket, message.header, where, how);
        if (got < 0)
            return i ? i : got;
        if (!User<std::uint32_t>{messages.at(i).address + offsetof(ManyMessages, bytes)}.store(
                static_cast<std::uint32_t>(got)))
            return i ? i : answer(Errno::FAULT);
        if (tsc() >= deadline)
            return i + 1;
    }
    return count;
}

} // namespace exo::hpc::call
