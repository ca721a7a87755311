// libos-web: a web server that is its own operating system. It owns its NICs and its disk; a document goes from the
// disk to the wire without being copied, and its checksums were computed when it was laid out.
#include "examples/libos-web/connection.hpp"
#include "libos/archive/archive.hpp"
#include "libos/block/open_disk.hpp"
#include "libos/net/configure.hpp"
#include "libos/start/native.hpp"
#include "libos/time/clock.hpp"

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint32_t cache_pages = 4096; // 16 MiB
constexpr std::uint32_t views = 8192;
constexpr std::size_t connections_max = 511;
constexpr unsigned idle_turns_max = 1000;

exo::net::Network network;
exo::net::TcpStack stack;
exo::net::TcpListener listener;
web::Site site;
web::PageCache cache;
web::Counters counters;
web::Connection connections[connections_max];
web::DueList due;

int fail(const char* why) {
    exo::log_line({{"libos-web: "}, {why}});
    return 1;
}

// The site of the disk; one that is blank gets the archive's documents, and so does another one when that is asked for.
const char* open_site(const exo::StartInfo& start, exo::block::Device& disk) {
    const bool replace =
        start.argument_count > 1 && std::string_view(exo::start_list_string(start.arguments_offset, 1)) == "--lay-out";
    const web::Site::State state = site.open(disk);
    if (state == web::Site::State::Bad)
        return site.problem();
    if (state == web::Site::State::Sound && !replace)
        return nullptr;
    // Safe: mapped by whoever started the program, as long as it says.
    const auto* const archive_begin = reinterpret_cast<const std::byte*>(exo::archive_address);
    const auto archive = exo::archive::Archive::open({archive_begin, start.archive_bytes});
    if (start.archive_bytes == 0 || !archive)
        return "there is no boot archive to lay a site out from";
    if (const char* problem = web::lay_out(disk, *archive, "www"))
        return problem;
    return site.open(disk) == web::Site::State::Sound ? nullptr : site.problem();
}

// Gives a connection that has come its place.
void accept() {
    std::size_t next = 0;
    while (listener.is_ready()) {
        while (next < connections_max && connections[next].is_open())
            next++;
        if (next == connections_max)
            return;
        if (auto stream = listener.accept()) {
            connections[next].open(std::move(*stream), due);
            counters.connections++;
        }
    }
}

[[noreturn]] void serve(exo::block::Device& disk) {
    const std::uint64_t second = exo::ns_to_cycles(1'000'000'000);
    std::uint64_t now_s = 0, next_second = 0;
    unsigned idle_turns = 0;
    for (;;) {
        const bool came = network.poll() + cache.poll() != 0;
        const std::uint64_t now = exo::tsc();
        if (now >= next_second) {
            now_s = exo::realtime_ns() / 1'000'000'000;
            next_second = now + second;
        }
        accept();
        bool waits = false;
        for (web::Connection* next = due.take(); next;) {
            web::Connection& connection = *next;
            next = connection.take_off();
            if (connection.is_open() && connection.work(site, cache, now_s, counters)) {
                connection.set_due(); // it asks again when the disk has read
                waits = true;
            }
        }
        idle_turns = came || waits ? 0 : idle_turns + 1;
        if (idle_turns < idle_turns_max)
            continue;
        if (cache.is_reading())
            disk.sleep(network.deadline());
        else
            network.interfaces()[0]->port().sleep(network.deadline());
        idle_turns = 0;
    }
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    exo::block::OpenedDisk disks[1];
    if (exo::block::open_disks(disks) == 0)
        return fail("there is no disk; --disk IMAGE gives it one");
    if (!disks[0].device)
        return fail(disks[0].problem);
    exo::block::Device& device = *disks[0].device;
    if (const char* problem = open_site(start, device))
        return fail(problem);
    if (const int status = exo::net::configure(start, network))
        return status;
    if (const char* problem = cache.open(device, site.pages(), cache_pages, views))
        return fail(problem);
    for (exo::net::Interface* const interface : network.interfaces())
        cache.lend_to(interface->port());
    if (!stack.open(network) || !listener.open(stack, {exo::net::any_address, http_port}, connections_max))
        return fail("the port cannot be opened");
    char address[exo::net::address_text_max];
    exo::net::format_address(network.interfaces()[0]->address(), address);
    exo::log_line(
        {{"libos-web: "}, exo::decimal(site.documents().size()), {" documents at http://"}, {address}, {"/"}});
    serve(device);
}
