// What two machines have in place of the braces in their words, and that one ends when the other has failed.
#include "bench/harness/guests.hpp"

#include <doctest/doctest.h>

using namespace bench;

namespace {

constexpr Job two{.two_machines = true};

auto run(const char* script) {
    return run_guests({"sh", "-c", script, "{part}"}, two, {}, std::chrono::seconds(60), 0);
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
