// The parts of the runner that decide: what the manifest says, and when two runs agree.
#include "tests/linux-abi/runner/compare.hpp"
#include "tests/linux-abi/runner/manifest.hpp"

#include <doctest/doctest.h>

namespace exo::linux_abi {

namespace {

std::string refusal(std::string_view text) {
    const auto programs = parse_manifest(text);
    return programs ? "accepted" : programs.error();
}

const Program program{"name", 1, 3, {}, {}};

} // namespace

TEST_CASE("a manifest: names, vcores, statuses, environment, arguments, comments") {
    const auto programs = parse_manifest("# comment\n\none 1 0\ntwo 4 139 env:A=b=c arg:--x arg:\n");
    REQUIRE(programs);
    REQUIRE(programs->size() == 2);
    const Program& two = programs->back();
    CHECK(two.name == "two");
    CHECK(two.vcores == 4);
    CHECK(two.status == 139);
    CHECK(two.environment == std::vector<std::string>{"A=b=c"});
    CHECK(two.arguments == std::vector<std::string>{"--x", ""});
}

TEST_CASE("a manifest: what is refused") {
    CHECK(refusal("one 1\n") == "line 1: a program needs a name, its vcores and its exit status");
    CHECK(refusal("one 1 0\none 1 0\n") == "line 2: 'one' is listed twice");
    CHECK(refusal("one 0 0\n") == "line 1: '0' is not a number of vcores");
    CHECK(refusal("one 65 0\n") == "line 1: '65' is not a number of vcores");
    CHECK(refusal("one 1 256\n") == "line 1: '256' is not an exit status");
    CHECK(refusal("one 1 0x\n") == "line 1: '0x' is not an exit status");
    CHECK(refusal("one 1 0 env:A\n") == "line 1: 'env:A' is neither env:K=V nor arg:TEXT");
    CHECK(refusal("one 1 0 other\n") == "line 1: 'other' is neither env:K=V nor arg:TEXT");
}

TEST_CASE("the host's run must hold by itself") {
    CHECK(host_fault(program, Result{3, {"a: yes"}}).empty());
    CHECK(host_fault(program, Result{0, {"a: yes"}}) == "on the host: status 0, the manifest says 3");
    CHECK(host_fault(program, Result{3, {"a: yes", "b: NO"}}) == "on the host: b: NO");
    CHECK(host_fault(program, Result{3, {"b: F"}}) == "on the host: b: F");
    CHECK(host_fault(program, Result{3, {}}) == "on the host: printed nothing");
    CHECK(host_fault(program, std::unexpected("did not end within 60 s")) == "on the host: did not end within 60 s");
}

TEST_CASE("the first difference is named") {
    const Result host{0, {"one", "two"}};
    CHECK(difference(host, {0, {"one", "two"}}).empty());
    CHECK(difference(host, {0, {"one", "2"}}) == "line 2: '2' instead of 'two'");
    CHECK(difference(host, {139, {"one"}}) == "ends (status 139) before line 2: 'two'");
    CHECK(difference(host, {0, {"one", "two", "three"}}) == "prints more than the host, line 3: 'three'");
    CHECK(difference(host, {1, {"one", "two"}}) == "status 1 instead of 0");
    CHECK(difference(host, {1, {}}) == "ends (status 1) before line 1: 'one'");
}

} // namespace exo::linux_abi
