// Options of sockets (getsockopt(2), setsockopt(2)): those that act, those that are only kept, and those that only
// tell.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/socket_file.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos-hpc/time/deadline.hpp"
#include "libos/trace/trace.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

using Flag = bool SocketOptions::*;
using Number = std::int32_t SocketOptions::*;

// Options that are one flag or one number, kept and told as they are.
struct PlainOption {
    std::int32_t level, name;
    Flag flag = nullptr;
    Number number = nullptr;
    std::int32_t smallest = 0, largest = 0x7fff'ffff;
};

constexpr PlainOption plain_options[] = {
    {option_level::socket, socket_option::reuse_address, &SocketOptions::reuse_address},
    {option_level::socket, socket_option::reuse_port, &SocketOptions::reuse_port},
    {option_level::socket, socket_option::broadcast, &SocketOptions::broadcast},
    {option_level::socket, socket_option::keep_alive, &SocketOptions::keep_alive},
    {option_level::socket, socket_option::dont_route, &SocketOptions::dont_route},
    {option_level::socket, socket_option::out_of_band_inline, &SocketOptions::out_of_band_inline},
    {option_level::socket, socket_option::pass_credentials, &SocketOptions::pass_credentials},
    {option_level::socket, socket_option::timestamp, &SocketOptions::timestamp},
    {option_level::socket, socket_option::priority, nullptr, &SocketOptions::priority},
    {option_level::socket, socket_option::receive_low, nullptr, &SocketOptions::receive_low},
    {option_level::tcp, tcp_option::no_delay, &SocketOptions::no_delay},
    {option_level::tcp, tcp_option::cork, &SocketOptions::cork},
    {option_level::tcp, tcp_option::quick_ack, &SocketOptions::quick_ack},
    {option_level::tcp, tcp_option::keep_idle, nullptr, &SocketOptions::keep_idle_s, 1, 32'767},
    {option_level::tcp, tcp_option::keep_interval, nullptr, &SocketOptions::keep_interval_s, 1, 32'767},
    {option_level::tcp, tcp_option::keep_count, nullptr, &SocketOptions::keep_count, 1, 127},
    {option_level::tcp, tcp_option::syn_count, nullptr, &SocketOptions::syn_count, 1, 127},
    {option_level::tcp, tcp_option::user_timeout, nullptr, &SocketOptions::user_timeout_ms},
    {option_level::tcp, tcp_option::defer_accept, nullptr, &SocketOptions::defer_accept_s},
    {option_level::tcp, tcp_option::segment_bytes, nullptr, &SocketOptions::segment_bytes, 88, 32'767},
    {option_level::ip, ip_option::type_of_service, nullptr, &SocketOptions::type_of_service, 0, 255},
    {option_level::ip, ip_option::time_to_live, nullptr, &SocketOptions::time_to_live, 1, 255},
    {option_level::ip, ip_option::mtu_discover, nullptr, &SocketOptions::mtu_discover, 0, 5},
    {option_level::ip, ip_option::receive_errors, &SocketOptions::receive_errors},
    {option_level::ip, ip_option::multicast_time_to_live, nullptr, &SocketOptions::multicast_time_to_live, 0, 255},
    {option_level::ip, ip_option::multicast_loop, &SocketOptions::multicast_loop},
};

const PlainOption* find_plain(std::int32_t level, std::int32_t name) {
    for (const PlainOption& option : plain_options) {
        if (option.level == level && option.name == name)
            return &option;
    }
    return nullptr;
}

// Whether the socket has options of that level at all. Linux names it differently for setting and for asking.
Done check_level(const Socket& socket, std::int32_t level, Errno otherwise) {
    const SocketKind& kind = socket.kind();
    const bool internet = kind.family == address_family::internet;
    const bool raw = level == option_level::raw && kind.type == socket_type::raw;
    if (level == option_level::socket || (internet && (level == option_level::ip || level == kind.protocol || raw)))
        return {};
    return fail(internet ? otherwise : Errno::OPNOTSUPP);
}

Done set_timeout(std::uint64_t& timeout_ns, std::uint64_t address, std::int32_t bytes) {
    Timeval time;
    if (bytes < static_cast<std::int32_t>(sizeof time))
        return fail(Errno::INVAL);
    if (!User<Timeval>{address}.load(time))
        return fail(Errno::FAULT);
    if (time.microseconds < 0 || time.microseconds >= microseconds_per_second)
        return fail(Errno::DOM);
    constexpr std::int64_t ns_per_us = 1000;
    const bool waits_at_all = time.seconds >= 0;
    timeout_ns = waits_at_all ? nanoseconds_of({time.seconds, time.microseconds * ns_per_us}) : 1;
    return {};
}

Done set_plain(SocketOptions& options, const PlainOption& option, std::int32_t value) {
    if (option.flag) {
        options.*option.flag = value != 0;
        return {};
    }
    if (value < option.smallest || value > option.largest)
        return fail(Errno::INVAL);
    options.*option.number = value;
    return {};
}

Done set_option(Socket& socket, std::int32_t level, std::int32_t name, std::uint64_t address, std::int32_t bytes) {
    SocketOptions& options = socket.options();
    if (level == option_level::socket && name == socket_option::receive_timeout)
        return set_timeout(options.receive_timeout_ns, address, bytes);
    if (level == option_level::socket && name == socket_option::send_timeout)
        return set_timeout(options.send_timeout_ns, address, bytes);
    std::int32_t value = 0;
    const bool one_byte = level == option_level::ip && bytes == 1; // ip(7) takes a byte too
    if (!one_byte && bytes < static_cast<std::int32_t>(sizeof value))
        return fail(Errno::INVAL);
    if (!copy_from_user(&value, address, one_byte ? 1 : sizeof value))
        return fail(Errno::FAULT);
    if (level == option_level::socket && name == socket_option::send_bytes) {
        options.set_send_bytes(value);
        return {};
    }
    if (level == option_level::socket && name == socket_option::receive_bytes) {
        options.set_receive_bytes(value);
        return {};
    }
    if (level == option_level::socket && name == socket_option::linger) {
        if (bytes < static_cast<std::int32_t>(sizeof(Linger)))
            return fail(Errno::INVAL);
        return User<Linger>{address}.load(options.linger) ? Done() : fail(Errno::FAULT);
    }
    if (level == option_level::raw && name == raw_option::icmp_filter) {
        options.icmp_filter = static_cast<std::uint32_t>(value);
        return {};
    }
    const PlainOption* option = find_plain(level, name);
    if (!option) {
        trace_missing("setsockopt", static_cast<std::uint64_t>(level) << 32 | static_cast<std::uint32_t>(name));
        return fail(Errno::NOPROTOOPT);
    }
    return set_plain(options, *option, value);
}

// What getsockopt tells.
struct Told {
    std::byte octets[sizeof(linux_abi::TcpInfo)];
    std::size_t bytes = 0;

    template <typename T>
    static Told of(const T& value) {
        static_assert(sizeof value <= sizeof octets);
        Told told{};
        __builtin_memcpy(told.octets, &value, sizeof value);
        told.bytes = sizeof value;
        return told;
    }
};

Told timeout_told(std::uint64_t timeout_ns) {
    constexpr std::uint64_t ns_per_us = 1000, ns_per_s = 1'000'000'000;
    return Told::of(Timeval{static_cast<std::int64_t>(timeout_ns / ns_per_s),
                            static_cast<std::int64_t>(timeout_ns % ns_per_s / ns_per_us)});
}

Outcome<Told> get_socket_option(Socket& socket, std::int32_t name) {
    const SocketOptions& options = socket.options();
    switch (name) {
    case socket_option::type:
        return Told::of(static_cast<std::int32_t>(socket.kind().type));
    case socket_option::domain:
        return Told::of(static_cast<std::int32_t>(socket.kind().family));
    case socket_option::protocol:
        return Told::of(socket.kind().protocol);
    case socket_option::error:
        return Told::of(socket.take_error());
    case socket_option::accepting:
        return Told::of(std::int32_t{socket.is_listening()});
    case socket_option::send_bytes:
        return Told::of(options.send_bytes);
    case socket_option::receive_bytes:
        return Told::of(options.receive_bytes);
    case socket_option::send_low:
        return Told::of(std::int32_t{1});
    case socket_option::linger:
        return Told::of(options.linger);
    case socket_option::receive_timeout:
        return timeout_told(options.receive_timeout_ns);
    case socket_option::send_timeout:
        return timeout_told(options.send_timeout_ns);
    case socket_option::peer_credentials:
        // All are threads of one process; nobody's where there is no peer.
        return socket.kind().family == address_family::local && socket.peer_name()
                   ? Told::of(Credentials{process_id, 0, 0})
                   : Told::of(Credentials{0, ~0u, ~0u});
    default:
        return fail(Errno::NOPROTOOPT);
    }
}

Outcome<Told> get_option(Socket& socket, std::int32_t level, std::int32_t name) {
    const SocketOptions& options = socket.options();
    if (const PlainOption* option = find_plain(level, name))
        return Told::of(option->flag ? std::int32_t{options.*option->flag} : options.*option->number);
    if (level == option_level::raw && name == raw_option::icmp_filter)
        return Told::of(options.icmp_filter);
    if (level == option_level::tcp && name == tcp_option::info)
        return Told::of(socket.tcp_info());
    if (level == option_level::socket)
        return get_socket_option(socket, name);
    trace_missing("getsockopt", static_cast<std::uint64_t>(level) << 32 | static_cast<std::uint32_t>(name));
    return fail(Errno::NOPROTOOPT);
}

} // namespace

Answer setsockopt(int fd, std::int32_t level, std::int32_t name, std::uint64_t address, std::int32_t bytes) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    if (bytes < 0)
        return answer(Errno::INVAL);
    if (auto checked = check_level(**socket, level, Errno::NOPROTOOPT); !checked)
        return answer(checked);
    auto done = set_option(**socket, level, name, address, bytes);
    if (done)
        (*socket)->apply_options();
    return answer(done);
}

Answer getsockopt(int fd, std::int32_t level, std::int32_t name, std::uint64_t address, User<std::int32_t> bytes) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    std::int32_t room;
    if (!bytes.load(room))
        return answer(Errno::FAULT);
    if (room < 0)
        return answer(Errno::INVAL);
    if (auto checked = check_level(**socket, level, Errno::OPNOTSUPP); !checked)
        return answer(checked);
    auto told = get_option(**socket, level, name);
    if (!told)
        return answer(told.error());
    const std::size_t stored = std::min(told->bytes, static_cast<std::size_t>(room));
    if (!copy_to_user(address, told->octets, stored) || !bytes.store(static_cast<std::int32_t>(stored)))
        return answer(Errno::FAULT);
    return 0;
}

} // namespace exo::hpc::call
