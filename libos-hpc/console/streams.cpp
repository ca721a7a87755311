// One console, one lock, four named ports. Reading polls and lets other threads run meanwhile.
#include "libos-hpc/console/streams.hpp"

#include "drivers/virtio-console/console.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos/device/granted_function.hpp"
#include "libos/device/virtio_surroundings.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/mutex.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

using virtio_console::Console;
using virtio_console::PortId;

constexpr std::string_view port_names[] = {"exo.stdin", "exo.stdout", "exo.stderr", "exo.trace"};
constexpr std::size_t stream_count = sizeof port_names / sizeof *port_names;
constexpr std::size_t ports_of_every_program = 3; // the last one is waited for only by a program that is traced
constexpr std::uint64_t write_timeout_us = 60'000'000;
constexpr std::uint64_t drain_timeout_us = 10'000'000;
constexpr std::uint64_t input_pause_ns = 1'000'000;
constexpr std::size_t log_piece_bytes = 512;

enum class State : std::uint8_t { Unopened, Open, Absent };

[[clang::no_destroy]] constinit Mutex lock;
State state = State::Unopened;
std::optional<PortId> ports[stream_count];
alignas(VirtioSurroundings) std::byte function_memory[sizeof(VirtioSurroundings)];
alignas(Console) std::byte console_memory[sizeof(Console)];
Console* console;
bool written[stream_count];
bool lost; // written to the log, for want of the console that was granted
// Input that was looked at before anybody read it.
std::byte held[4096];
std::size_t held_begin, held_end;

// Safe: made in place below before `state` becomes Open.
VirtioSurroundings& function() {
    return *reinterpret_cast<VirtioSurroundings*>(function_memory);
}

void say(const char* what, const char* why) {
    log_line({{"libos-hpc: "}, {what}, {why}, {"; output goes to the kernel log"}});
}

bool open_locked() {
    if (state != State::Unopened)
        return state == State::Open;
    state = State::Absent;
    const StartFunction* granted = granted_function(role_console, 0);
    if (!granted)
        return false;
    ::new (function_memory) VirtioSurroundings;
    if (Status opened = function().open(*granted); !opened) {
        say("the console cannot be used: ", error_name(opened.error()));
        return false;
    }
    console = ::new (console_memory) Console;
    const std::size_t required_ports = start_info().trace ? stream_count : ports_of_every_program;
    auto up = console->bring_up(function().environment(), std::span(port_names).first(required_ports));
    if (!up) {
        say("the console did not start: ", virtio::describe(up.error()));
        return false;
    }
    for (std::size_t i = 0; i < stream_count; ++i)
        ports[i] = console->find(port_names[i]);
    state = State::Open;
    return true;
}

void log_bytes(std::span<const std::byte> buffer) {
    while (!buffer.empty()) {
        std::size_t piece = std::min(buffer.size(), log_piece_bytes);
        log_text(reinterpret_cast<const char*>(buffer.data()), piece); // Safe: bytes seen as characters.
        buffer = buffer.subspan(piece);
    }
}

// What is there now, input that was held back first.
Outcome<std::size_t> take_locked(Stream stream, std::span<std::byte> buffer, bool& is_end) {
    auto port = open_locked() ? ports[static_cast<std::size_t>(stream)] : std::nullopt;
    if (!port) {
        is_end = true;
        return 0;
    }
    if (stream == Stream::Input && held_begin != held_end) {
        std::size_t count = std::min(buffer.size(), held_end - held_begin);
        copy_bytes(buffer.data(), held + held_begin, count);
        held_begin += count;
        return count;
    }
    auto got = console->read(*port, buffer);
    if (!got)
        return fail(Errno::IO);
    is_end = got->is_end;
    return got->bytes;
}

} // namespace

Outcome<std::size_t> read_stream(Stream stream, std::span<std::byte> buffer, bool wait) {
    if (buffer.empty())
        return 0;
    for (;;) {
        bool is_end = false;
        {
            MutexGuard guard(lock);
            auto got = take_locked(stream, buffer, is_end);
            if (!got || *got || is_end)
                return got;
        }
        if (!wait)
            return fail(Errno::AGAIN);
        (void)thread_sleep_until(deadline_in_ns(input_pause_ns));
        if (has_deliverable(current_task()))
            return fail(Errno::INTR);
    }
}

bool stream_readable(Stream stream) {
    MutexGuard guard(lock);
    if (held_begin != held_end)
        return true;
    bool is_end = false;
    auto got = take_locked(stream, held, is_end);
    held_begin = 0;
    held_end = got ? *got : 0;
    return !got || *got || is_end;
}

Outcome<std::size_t> write_stream(Stream stream, std::span<const std::byte> buffer) {
    MutexGuard guard(lock);
    auto index = static_cast<std::size_t>(stream);
    if (!open_locked() || !ports[index]) {
        lost = lost || granted_function(role_console, 0);
        log_bytes(buffer);
        return buffer.size();
    }
    auto put = console->write(*ports[index], buffer, write_timeout_us);
    written[index] = true;
    if (!put || (put->timed_out && put->bytes == 0 && !buffer.empty()))
        return fail(Errno::IO);
    return put->bytes;
}

bool drain_streams() {
    MutexGuard guard(lock);
    if (state != State::Open)
        return !lost;
    for (std::size_t i = 0; i < stream_count; ++i) {
        if (written[i] && ports[i])
            (void)console->drain(*ports[i], drain_timeout_us);
    }
    return true;
}

} // namespace exo::hpc
