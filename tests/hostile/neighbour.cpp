// See neighbour.hpp. The neighbour's pattern fills the second half of its board page; it reads all of it
// again and again and counts the rounds in which it was right.
#include "tests/hostile/neighbour.hpp"

namespace hostile {

using namespace exo;

namespace {

constexpr std::uint64_t pattern = 0x6e65'6967'6862'6f75ull;

void live(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    for (unsigned i = 0; i < 48; i++)
        board.word[i] = pattern ^ i;
    for (;;) {
        bool right = true;
        for (unsigned i = 0; i < 48; i++)
            right = right && board.word[i] == (pattern ^ i);
        if (!right)
            board.word[63] = 1;
        board.beat = board.beat + 1;
    }
}

} // namespace

Scene::Scene() {
    REQUIRE(neighbour_.ok());
    REQUIRE(attacker_.ok());
    REQUIRE(neighbour_.give_time(20, 20));
    REQUIRE(attacker_.give_time(40, 20));
    REQUIRE(neighbour_.start(live));
    REQUIRE(lab::until([this] { return neighbour_.board().beat > 0; }));
    // What an attacker may know: everything. The neighbour's numbers are public anyway.
    lab::Board& board = attacker_.board();
    board.word[40] = neighbour_.first_frame();
    board.word[41] = neighbour_.number();
    board.word[42] = neighbour_.environment_frame();
    board.word[43] = neighbour_.state_frame();
    board.word[44] = attacker_.environment_frame();
    board.word[45] = attacker_.state_frame();
}

void Scene::attack(lab::ChildFunction function, End end, std::initializer_list<Handle> grants) {
    for (Handle handle : grants)
        REQUIRE(attacker_.grant(handle) != no_handle);
    REQUIRE(attacker_.start(function));
    REQUIRE(attacker_.finish(20'000'000));
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

void Scene::check_neighbour() {
    CHECK(neighbour_.state() == EnvironmentState::Alive);
    std::uint64_t beat = neighbour_.board().beat;
    CHECK(lab::until([&] { return neighbour_.board().beat > beat; }));
    CHECK(neighbour_.board().word[63] == 0);
    for (unsigned i = 0; i < 48; i++)
        CHECK(neighbour_.board().word[i] == (pattern ^ i));
}

} // namespace hostile
