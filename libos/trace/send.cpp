// See send.hpp.
#include "libos/trace/send.hpp"

#include "drivers/virtio-console/console.hpp"
#include "libos/device/granted_function.hpp"
#include "libos/device/virtio_surroundings.hpp"
#include "libos/memory/heap.hpp"
#include "libos/trace/trace.hpp"

#include <string_view>

namespace exo {

namespace {

using virtio_console::Console;
using virtio_console::PortId;

constexpr std::string_view port_name = "exo.trace";
constexpr std::uint64_t write_timeout_us = 60'000'000, drain_timeout_us = 10'000'000;

struct Sender {
    VirtioSurroundings surroundings;
    Console console;
    PortId port{};

    static bool put(void* context, const char* text, std::size_t bytes) {
        Sender& sender = *static_cast<Sender*>(context); // Safe: given with this function.
        // Safe: characters seen as bytes.
        const std::span<const std::byte> octets(reinterpret_cast<const std::byte*>(text), bytes);
        const auto written = sender.console.write(sender.port, octets, write_timeout_us);
        return written && written->bytes == bytes;
    }
};

// Null: all of it is there.
const char* send(Sender& sender) {
    const StartFunction* granted = granted_function(role_console, 0);
    if (!granted)
        return "there is no console";
    if (const Status opened = sender.surroundings.open(*granted); !opened)
        return error_name(opened.error());
    if (const auto up = sender.console.bring_up(sender.surroundings.environment(), std::span(&port_name, 1)); !up)
        return virtio::describe(up.error());
    const auto port = sender.console.find(port_name);
    if (!port)
        return "the console has no port for it";
    sender.port = *port;
    if (!trace_write(Sender::put, &sender))
        return "the host did not take it";
    const auto drained = sender.console.drain(sender.port, drain_timeout_us);
    return drained && *drained ? nullptr : "the host did not take all of it";
}

} // namespace

bool trace_send() {
    if (!start_info().trace)
        return true;
    Sender* const sender = heap_new<Sender>(); // large, and what it opens stays open
    const char* const problem = sender ? send(*sender) : "no memory is left";
    if (problem)
        log_line({{"exo: the trace is lost: "}, {problem}});
    return !problem;
}

} // namespace exo
