// The words that the store's program is started with: what is taken, and that each refusal names its reason.
#include "libos-kv/machine/options.hpp"
#include "libos/start/kit.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace exo::kv;

namespace {

std::vector<std::string> words; // of the start block, whose strings are found by number

std::string refusal(std::vector<std::string> options, Options& read) {
    words = std::move(options);
    words.insert(words.begin(), "kv");
    exo::StartInfo start{};
    start.argument_count = static_cast<std::uint32_t>(words.size());
    const char* const problem = read_options(start, read);
    return problem ? problem : "";
}
std::string refusal(std::vector<std::string> options) {
    Options read;
    return refusal(std::move(options), read);
}

} // namespace

const char* exo::start_list_string(std::uint32_t, std::uint32_t index) {
    return words[index].c_str();
}

TEST_CASE("kv options: what is said is what it is") {
    Options read;
    CHECK(refusal({}, read).empty());
    CHECK(read.port == 6379);
    CHECK(read.metrics_port == 0);
    CHECK(refusal({"--port", "7000", "--metrics-port", "7001", "--durability", "always", "--announce", "a:1"}, read)
              .empty());
    CHECK(read.port == 7000);
    CHECK(read.metrics_port == 7001);
    CHECK(read.durability == Durability::Always);
    CHECK(read.announced_address == "a");
    CHECK(read.announced_port == 1);
}

TEST_CASE("kv options: metrics have a port of their own") {
    CHECK(refusal({"--metrics-port", "6379"}) == "--metrics-port needs a port of its own");
    CHECK(refusal({"--port", "7000", "--metrics-port", "7000"}) == "--metrics-port needs a port of its own");
    CHECK(refusal({"--metrics-port", "0"}) == "--metrics-port needs a number from 1 to 65535");
    CHECK(refusal({"--port", "65536"}) == "--port needs a number from 1 to 65535");
    CHECK(refusal({"--port"}).starts_with("every option needs a value"));
    CHECK(refusal({"--ports", "1"}).starts_with("the options are"));
}
