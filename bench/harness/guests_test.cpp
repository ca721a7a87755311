// What two machines have in place of the braces in their words, and that one ends when the other has failed.
#include "bench/harness/guests.hpp"

#include "bench/harness/wire.hpp"

#include <doctest/doctest.h>

using namespace bench;

namespace {

constexpr Job one{};
constexpr Job two{.two_machines = true};

auto run(const char* script) {
    return run_guests({"sh", "-c", script, "{part}"},
                      {.job = two, .environment = {}, .timeout = std::chrono::seconds(60), .success = 0});
}

// A server of so many words, and a load.
auto run_beside(const char* server, const char* load) {
    return run_guests({"sh", "-c", server, "{part}"}, {.job = one,
                                                       .environment = {},
                                                       .timeout = std::chrono::seconds(60),
                                                       .success = 33,
                                                       .beside = {"sh", "-c", load, "{part}"}});
}

} // namespace

TEST_CASE("each of two machines has its number, its part, its end of the wire and the other's") {
    const std::vector<std::string> command{"{part} {number}", "from={here},to={there}", "{none}"};
    CHECK(words_for(Machine::client, command, "/f") ==
          std::vector<std::string>{"client 1", "from=/f/client,to=/f/server", "{none}"});
    CHECK(words_for(Machine::server, command, "/f") ==
          std::vector<std::string>{"server 2", "from=/f/server,to=/f/client", "{none}"});
}

TEST_CASE("two guests print one output, and the status is that of whichever failed") {
    const auto well = run("echo I am the $0");
    REQUIRE(well);
    CHECK(well->status == 0);
    CHECK(well->output.find("I am the client\n\nI am the server") != std::string::npos);
    const auto failed = run("echo $0 done; case $0 in server) exit 7;; esac");
    REQUIRE(failed);
    CHECK(failed->status == 7);
    CHECK(failed->output.find("server done") > failed->output.find("client done"));
    const auto client = run("case $0 in client) exit 9;; esac");
    REQUIRE(client);
    CHECK(client->status == 9);
}

TEST_CASE("a machine beside a guest says how it went, and the guest is ended when it has ended") {
    const auto well = run_beside("echo I am the $0; exec sleep 50", "sleep 1; echo I am the $0");
    REQUIRE(well);
    CHECK(well->status == 33);
    CHECK_FALSE(well->timed_out);
    CHECK(well->output.find("I am the server\n\nI am the client") != std::string::npos);
    const auto load_failed = run_beside("exec sleep 50", "echo lost; exit 1");
    REQUIRE(load_failed);
    CHECK(load_failed->status != 33);
    CHECK(load_failed->output.find("lost") != std::string::npos);
}

TEST_CASE("a guest that ends before the machine beside it has failed, whatever its status") {
    const auto ended = run_beside("echo no more; exit 33", "exec sleep 50");
    REQUIRE(ended);
    CHECK(ended->status != 33);
    CHECK(ended->output.find("no more") != std::string::npos);
}

TEST_CASE("a guest that is ended gets time to leave nothing behind") {
    const auto well = run_beside("trap 'echo tidied; exit 0' TERM; sleep 50 & wait", "sleep 1");
    REQUIRE(well);
    CHECK(well->status == 33);
}

TEST_CASE("both ends of a wire keep many datagrams, or a note says that they do not") {
    const auto both = run("cat /proc/sys/net/unix/max_dgram_qlen");
    REQUIRE(both);
    if (note_on_wires())
        CHECK(both->output.find("NOTE " + *note_on_wires()) != std::string::npos);
    else
        CHECK(both->output.starts_with("1000\n\n1000\n"));
}

TEST_CASE("a guest without a wire stays in the network of the host") {
    const auto result = run_guests({"readlink", "/proc/self/ns/net"},
                                   {.job = one, .environment = {}, .timeout = std::chrono::seconds(60), .success = 0});
    REQUIRE(result);
    CHECK(result->output == std::filesystem::read_symlink("/proc/self/ns/net").string() + "\n");
}
