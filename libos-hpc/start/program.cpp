// Interface: program.hpp.
#include "libos-hpc/start/program.hpp"

#include "libos-hpc/console/streams.hpp"
#include "libos-hpc/data/mount.hpp"
#include "libos-hpc/file/mapped_files.hpp"
#include "libos-hpc/socket/linger.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/mutex.hpp"
#include "libos/trace/trace.hpp"

#include <optional>

extern "C" {
// Of the program's C library.
void _start();
// There when the library OS was linked alone.
[[gnu::weak, gnu::visibility("default")]] extern const exo::HostedProgram exo_hosted_program;
}

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit Mutex archive_lock;
bool archive_looked_at = false;
std::optional<archive::Archive> opened_archive;

std::atomic<bool> ending{false};
constexpr int status_no_console = 125; // nobody got what was written

constexpr std::size_t path_shown_max = 512;
char path_text[path_shown_max];
std::size_t path_bytes = 0;

std::span<const std::byte> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; // Safe: characters seen as bytes.
}

bool write_trace(void*, const char* text, std::size_t bytes) {
    return write_stream(Stream::Trace, bytes_of({text, bytes})).has_value();
}

} // namespace

const archive::Archive* boot_archive() {
    MutexGuard guard(archive_lock);
    if (!archive_looked_at) {
        archive_looked_at = true;
        // Safe: the starter mapped that many bytes there, read only.
        const auto* bytes = reinterpret_cast<const std::byte*>(archive_address);
        auto opened = archive::Archive::open({bytes, static_cast<std::size_t>(start_info().archive_bytes)});
        if (opened)
            opened_archive = *opened;
    }
    return opened_archive ? &*opened_archive : nullptr;
}

std::span<const std::byte> program_image() {
    const archive::Archive* archive = boot_archive();
    archive::Entry entry;
    if (!archive || !archive->find(start_string(start_info().program_path_offset), entry))
        return {};
    return entry.data;
}

std::string_view program_path() {
    if (!path_bytes) {
        std::string_view path(start_string(start_info().program_path_offset));
        path = archive::trimmed(path).substr(0, path_shown_max - 2);
        path_text[0] = '/';
        copy_bytes(path_text + 1, path.data(), path.size());
        path_text[path.size() + 1] = 0;
        path_bytes = path.size() + 1;
    }
    return {path_text, path_bytes};
}

const HostedProgram& program_facts() {
    if (&exo_hosted_program)
        return exo_hosted_program;
    static constinit HostedProgram linked{};
    const StartInfo& start = start_info();
    // Safe: an address to go to. Every caller writes the same.
    linked = {reinterpret_cast<std::uint64_t>(&_start), start.program_headers, start.program_header_count,
              start.image_end, 0};
    return linked;
}

void end_program(int status) {
    if (ending.exchange(true, std::memory_order_relaxed)) {
        for (;;) // somebody else is at it, and will take this thread along
            (void)thread_park();
    }
    (void)sync_shared_files(0, user_end, false);
    close_data();
    if (start_info().trace)
        (void)trace_write(write_trace, nullptr);
    if (!drain_streams() && status == 0)
        status = status_no_console;
    finish_network();
    exit_environment(static_cast<std::uint64_t>(status) & 0xff);
}

void write_error(std::string_view text) {
    (void)write_stream(Stream::Error, bytes_of(text));
}

} // namespace exo::hpc
