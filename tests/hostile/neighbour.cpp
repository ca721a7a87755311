// See neighbour.hpp. The neighbour's pattern fills the first words of its board, all of its device's buffer but the
// part that the device fills, and whatever it was given; it reads all of it again and again and counts the rounds.
#include "tests/hostile/neighbour.hpp"

#include "tests/hostile/entropy.hpp"

namespace hostile {

using namespace exo;

namespace {

constexpr std::uint64_t pattern = 0x6e65'6967'6862'6f75ull;
constexpr unsigned pattern_words = 48;
constexpr std::uint64_t attack_us_max = 120'000'000;
// Words of the neighbour's board.
constexpr unsigned watch_pages = 50, watching = 51, device_rounds = 62, wrong = 63;
constexpr std::uint64_t watch_at = 0x7000'000e'0000ull;
// Where the device writes: a part of the buffer's second page.
constexpr std::uint64_t device_page = 1, device_offset = 1024, device_bytes = 64;
constexpr std::uint64_t device_rest_us = 2000; // between two rounds: the device's work is QEMU's, on a core of the host
constexpr std::uint16_t interrupt_vector = 0;

volatile std::uint64_t* page_words(std::uint64_t address) {
    return reinterpret_cast<volatile std::uint64_t*>(address); // Safe: mapped in the neighbour.
}

bool is_devices(std::uint64_t page, std::uint64_t word) {
    return page == device_page && word >= device_offset / 8 && word < (device_offset + device_bytes) / 8;
}

// One round with the device: what it wrote is in its place and nowhere else.
bool device_round(Entropy& device) {
    bool right = device.last_bytes() == device_bytes;
    bool changed = false;
    for (std::uint64_t page = device_page; page < buffer_pages; page++)
        for (std::uint64_t i = 0; i < page_bytes / 8; i++) {
            volatile std::uint64_t& word = page_words(buffer_at + page * page_bytes)[i];
            if (is_devices(page, i))
                changed = changed || word != (pattern ^ i);
            else
                right = right && word == (pattern ^ i);
        }
    for (std::uint64_t i = device_offset / 8; i < (device_offset + device_bytes) / 8; i++)
        page_words(buffer_at + device_page * page_bytes)[i] = pattern ^ i;
    return right && changed;
}

void fill(std::uint64_t address, std::uint64_t pages) {
    for (std::uint64_t page = 0; page < pages; page++)
        for (std::uint64_t i = 0; i < page_bytes / 8; i++)
            page_words(address + page * page_bytes)[i] = pattern ^ i;
}

bool holds(std::uint64_t address, std::uint64_t pages) {
    for (std::uint64_t page = 0; page < pages; page++)
        for (std::uint64_t i = 0; i < page_bytes / 8; i++)
            if (page_words(address + page * page_bytes)[i] != (pattern ^ i))
                return false;
    return true;
}

void live(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    for (unsigned i = 0; i < pattern_words; i++)
        board.word[i] = pattern ^ i;
    fill(buffer_at + device_page * page_bytes, buffer_pages - device_page);
    Entropy device;
    bool right = device.start();
    std::uint16_t offered = 0, rounds = 0;
    std::uint64_t rested = 0;
    for (;;) {
        if (right && offered == rounds && lab::tsc() > rested) {
            device.offer(0, device_buffer + device_page * page_bytes + device_offset, device_bytes);
            device.kick();
            offered++;
        }
        for (unsigned i = 0; i < pattern_words; i++)
            right = right && board.word[i] == (pattern ^ i);
        if (std::uint64_t pages = board.word[watch_pages]; pages && !board.word[watching]) {
            fill(watch_at, pages);
            board.word[watching] = 1;
        } else if (pages) {
            right = right && holds(watch_at, pages);
        }
        if (right && device.given_back() != rounds) {
            rounds = device.given_back();
            right = device_round(device);
            board.word[device_rounds] = board.word[device_rounds] + 1;
            rested = lab::tsc() + lab::cycles(device_rest_us);
        }
        if (!right)
            board.word[wrong] = 1;
        board.beat = board.beat + 1;
    }
}

// The vcore of an environment with one, as the kernel accounts for it.
std::uint64_t run_cycles(std::uint64_t environment) {
    auto* vcores = reinterpret_cast<const volatile VcoreInfo*>(info_vcores); // Safe: an info page.
    for (std::size_t i = 0; i < max_vcores; i++)
        if (vcores[i].environment == environment && const_cast<const VcoreState&>(vcores[i].state) != VcoreState::Free)
            return vcores[i].run_cycles;
    return 0;
}

} // namespace

Scene::Scene() {
    REQUIRE(neighbour_.ok());
    REQUIRE(attacker_.ok());
    std::optional<LentFunction> function = lend(neighbour_, FunctionKind::Entropy);
    REQUIRE(function.has_value());
    neighbours_function_ = *function;
    // Its device is not told to interrupt: whoever does so on this route is somebody else.
    REQUIRE(lab::bind(neighbour_.environment(),
                      {BindKind::Interrupt, 0, function->theirs, interrupt_vector, neighbour_event, 1, 0})
                .ok());
    REQUIRE(lab::bind(neighbour_.environment(), {BindKind::Arm, 0, function->theirs, interrupt_vector, 0, 1, 0}).ok());
    REQUIRE(neighbour_.give_time(20, 20));
    REQUIRE(attacker_.give_time(40, 20));
    REQUIRE(neighbour_.start(live));
    REQUIRE(lab::until([this] { return neighbour_.board().word[device_rounds] > 0; }));
    lab::Board& board = attacker_.board();
    board.word[known::neighbour_frame] = neighbour_.first_frame();
    board.word[known::neighbour_number] = neighbour_.number();
    board.word[known::neighbour_environment_frame] = neighbour_.environment_frame();
    board.word[known::neighbour_state_frame] = neighbour_.state_frame();
    board.word[known::own_environment_frame] = attacker_.environment_frame();
    board.word[known::own_state_frame] = attacker_.state_frame();
}

void Scene::begin(lab::ChildFunction function, std::initializer_list<Handle> grants) {
    for (Handle handle : grants)
        REQUIRE(attacker_.grant(handle) != no_handle);
    begun_tsc_ = lab::tsc();
    begun_run_cycles_ = run_cycles(neighbour_.number());
    REQUIRE(attacker_.start(function));
}

void Scene::conclude(End end) {
    REQUIRE(attacker_.finish(attack_us_max));
    // The neighbour has 20 of 64 slots and always wants them. A short attack is over before that shows.
    std::uint64_t wheel = wheel_slots * lab::machine_info().slot_cycles;
    std::uint64_t took = lab::tsc() - begun_tsc_;
    if (took > 4 * wheel)
        CHECK(run_cycles(neighbour_.number()) - begun_run_cycles_ > (took - 2 * wheel) * 20 / wheel_slots * 3 / 4);
    if (end == End::Faulted) {
        CHECK(lab::until([this] { return attacker_.state() == EnvironmentState::Faulted; }));
    } else {
        CHECK(attacker_.state() == EnvironmentState::Alive);
        CHECK(attacker_.board().done == 1);
        CHECK(attacker_.board().word[60] > 0);
    }
    // Nothing that was tried may have worked.
    CHECK(attacker_.board().word[61] == 0);
    for (std::uint64_t i = 0; i < attacker_.board().word[60] && i < attempts_max; i++)
        CHECK(attacker_.board().result[i] < 0);
    check_neighbour();
    CHECK(attacker_.destroy());
    check_neighbour();
}

void Scene::attack(lab::ChildFunction function, End end, std::initializer_list<Handle> grants) {
    begin(function, grants);
    conclude(end);
}

void Scene::check_neighbour() {
    lab::Board& board = neighbour_.board();
    CHECK(neighbour_.state() == EnvironmentState::Alive);
    std::uint64_t beat = board.beat, rounds = board.word[device_rounds];
    CHECK(lab::until([&] { return board.beat > beat && board.word[device_rounds] > rounds; }));
    CHECK(board.word[wrong] == 0);
    for (unsigned i = 0; i < pattern_words; i++)
        CHECK(board.word[i] == (pattern ^ i));
}

void Scene::give_to_neighbour(std::uint64_t first_frame, std::uint64_t count) {
    Handle given =
        sys::derive(lab::frames(), Kind::Frames, right::Read | right::Write | right::Grant, first_frame, count).value();
    Handle theirs = neighbour_.grant(given);
    REQUIRE(lab::bind(neighbour_.environment(),
                      lab::page_row(theirs, watch_at, first_frame, count, right::Read | right::Write))
                .ok());
    neighbour_.board().word[watch_pages] = count;
    REQUIRE(lab::until([this] { return neighbour_.board().word[watching] == 1; }));
}

std::uint64_t Scene::events_at_neighbour() {
    // Safe: the upcall page of a child is mapped in the test, too.
    return __atomic_load_n(&neighbour_.upcall_page().events, __ATOMIC_ACQUIRE) & ~(1ull << child_event_bit);
}

} // namespace hostile
