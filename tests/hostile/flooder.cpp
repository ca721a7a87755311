// A neighbour that is as much in the way as it can be: FLOOD_S seconds long environments of it come, keep their rings
// on a shared NIC and a shared disk full, take every name and every flow that there is for them, and die: by an
// exception, by ending themselves, or killed with everything under way. It holds one flow and one extent, and its
// children get both. What passed is on the kernel's log.
#include "tests/extents/tenant.hpp"
#include "tests/flows/shared_nics.hpp"

#include <cstdlib>
#include <cstring>

using namespace exo;

namespace {

constexpr std::uint64_t life_us = 300'000;
constexpr std::uint64_t flow_ring_at = extents::child_ring_at + 0x1'0000; // in a child; the same page table
constexpr std::uint64_t flow_frames_at = extents::child_frames_at + 80;   // of a child, behind those of a Tenant
constexpr flows::RingSizes sizes{.buffers = 2, .offers = 16, .received = 16, .transmits = 64};

// How a child dies; its argument.
constexpr std::uint64_t ways = 3, ends = 0, crashes = 1; // and else it is killed

// What a child was given, in this order; and words of its board.
enum Given : unsigned { extent, flow };
enum Word : unsigned { end_tsc, address, names, flows_made, frames_sent, commands_done };

// Until there is no more: flows below its own, and names of its frames.
void take_all(lab::ChildStart* start) {
    volatile std::uint64_t* const word = start->board->word;
    const auto own = static_cast<std::uint32_t>(word[address]);
    for (std::uint16_t port = 1;; ++port) {
        const FlowSpec below = flows::udp(own, port, port);
        if (!sys::flow_narrow(start->given[flow], right::Read, &below).ok())
            break;
        word[flows_made] = port;
    }
    while (sys::derive(start->frames, Kind::Frames, right::Read, start->free_frame, 1).ok())
        word[names] = word[names] + 1;
}

void flood(lab::ChildStart* start) {
    volatile std::uint64_t* const word = start->board->word;
    auto* const disk = reinterpret_cast<ExtentRing*>(extents::child_ring_at); // Safe: mapped there, as is the next.
    auto* const wire = reinterpret_cast<FlowRing*>(flow_ring_at);
    const std::uint32_t commands = disk->taken, frames = wire->transmit_taken;
    take_all(start);
    while (lab::tsc() < word[end_tsc]) {
        // The slots hold what was put there in the beginning, again and again.
        __atomic_store_n(&disk->given, disk->taken + extent_tags, __ATOMIC_RELEASE);
        (void)sys::submit(start->given[extent], 0);
        __atomic_store_n(&wire->transmit_given, wire->transmit_taken + sizes.transmits, __ATOMIC_RELEASE);
        (void)sys::submit(start->given[flow], submit_flag::send);
        word[commands_done] = disk->taken - commands;
        word[frames_sent] = wire->transmit_taken - frames;
    }
    start->board->done = 1;
    if (start->argument == ends)
        (void)sys::stop(self, 0);
    if (start->argument == crashes)
        asm volatile("ud2"); // Safe: ends this environment, which takes no upcalls.
    for (;;)
        (void)sys::submit(start->given[extent], 0);
}

// A frame that the kernel lets through and that nobody behind the NIC has work with: the sum of its header is wrong.
std::string idle_frame() {
    const StartFlow& own = lab::start().flows[0];
    auto* const nics = reinterpret_cast<const NicInfo*>(info_nics); // Safe: an info page.
    flows::Datagram datagram{.source_mac = std::string(reinterpret_cast<const char*>(nics[own.nic].address), 6),
                             .source = own.spec.local_address,
                             .target = own.spec.local_address,
                             .payload = std::string(1400, 'f')};
    std::string frame = datagram.frame();
    frame[24] = static_cast<char>(~frame[24]);
    return frame;
}

// A child's ring on the flow, every slot of it a frame.
void give_wire(lab::Child& child, Handle theirs, const std::string& frame) {
    const std::uint64_t pages = flow_ring_pages(sizes.offers, sizes.received, sizes.transmits);
    const std::uint64_t first = child.first_frame() + flow_frames_at;
    const FlowRingSpec spec{
        child.frames(), first, first + pages, sizes.buffers, sizes.offers, sizes.received, sizes.transmits, 64, 0};
    std::byte* const ring = lab::map(first, pages + sizes.buffers);
    REQUIRE(ring != nullptr);
    memcpy(ring + pages * page_bytes, frame.data(), frame.size());
    // Safe: only the address crosses.
    CHECK_OK(
        lab::bind(child.environment(), {BindKind::Ring, 0, theirs, reinterpret_cast<std::uint64_t>(&spec), 40, 0, 0}));
    net::FlowQueue queue;
    queue.open(ring);
    for (std::uint32_t slot = 0; slot < sizes.transmits; ++slot)
        queue.give({0, 0, static_cast<std::uint16_t>(frame.size()), 0, 0, 0, 0});
    CHECK_OK(lab::bind(child.environment(),
                       lab::page_row(child.frames(), flow_ring_at, first, pages, right::Read | right::Write)));
}

// A tenant's ring, every slot of it a long write, with a flush now and then.
void give_disk(lab::Child& child, extents::Tenant& tenant) {
    REQUIRE_MESSAGE(tenant.bound().ok(), lab::outcome(tenant.bound()));
    for (std::uint32_t slot = 0; slot < extent_queue_entries; ++slot) {
        ExtentEntry entry = tenant.entry(slot % 16 == 0 ? ExtentOperation::Flush : ExtentOperation::Write, 0, 0);
        entry.blocks = slot % 16 == 0 ? 0 : extents::Tenant::window_pages * extents::page_blocks;
        tenant.ring().entries[slot] = entry;
    }
    CHECK_OK(lab::bind(child.environment(), lab::page_row(child.frames(), extents::child_ring_at, tenant.ring_frame(),
                                                          extent_ring_pages, right::Read | right::Write)));
}

// Half of what time this program has.
void give_time(lab::Child& child) {
    CapabilityInfo own;
    REQUIRE(sys::inspect(lab::start().slices[0], &own).ok());
    const auto count = static_cast<std::uint32_t>(own.count / 2);
    REQUIRE(child.give_time(static_cast<std::uint32_t>(own.first % wheel_slots), count));
}

void say(const std::string& text) {
    CHECK_OK(sys::log(lab::machine(), text.data(), text.size()));
}

std::string counted(const lab::Board& board, Word word, const std::string& what) {
    return " " + std::to_string(board.word[word]) + " " + what;
}

void live_and_die(std::uint64_t number) {
    const lab::Fresh all_is_given_back;
    lab::Child child({.frame_count = 256, .argument = number % ways});
    REQUIRE(child.ok());
    extents::Tenant tenant(extents::part(0), {.child = &child});
    const Handle packets =
        flows::narrow(lab::start().flows[0].handle, flows::host(lab::start().flows[0].spec.local_address, 8)).value();
    give_disk(child, tenant);
    give_wire(child, child.grant(packets), idle_frame());
    give_time(child);
    lab::Board& board = child.board();
    board.word[address] = lab::start().flows[0].spec.local_address;
    board.word[end_tsc] = lab::tsc() + lab::cycles(life_us);
    REQUIRE(child.start(flood));
    REQUIRE(child.finish(20 * life_us));
    CHECK(board.word[names] > 0);
    CHECK(board.word[flows_made] == 8);
    CHECK(board.word[frames_sent] > 0);
    CHECK(board.word[commands_done] > 0);
    say("flooder: life " + std::to_string(number) + ":" + counted(board, names, "names") +
        counted(board, flows_made, "flows") + counted(board, frames_sent, "frames") +
        counted(board, commands_done, "commands") + "\n");
    CHECK(child.destroy());
    CHECK_OK(sys::drop(packets));
}

} // namespace

TEST_CASE("lives that flood, take all there is, and die") {
    const char* const text = getenv("FLOOD_S");
    REQUIRE(text != nullptr);
    const std::uint64_t seconds = std::strtoull(text, nullptr, 10);
    std::uint64_t lives = 0;
    for (const std::uint64_t end = lab::tsc() + lab::cycles(seconds * 1'000'000); lab::tsc() < end;)
        live_and_die(lives++);
    say("flooder: " + std::to_string(lives) + " lives\n");
}
