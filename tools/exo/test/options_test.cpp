// The command line of `exo run`: what is accepted, with which meaning, and that each refusal names its reason.
#include "tools/exo/options.hpp"

#include <doctest/doctest.h>

using namespace exo::tool;

namespace {

Outcome<RunOptions> parse(std::vector<std::string> words) {
    return parse_run_options(words);
}

void check_refused(std::vector<std::string> words, std::string_view reason) {
    const auto options = parse(std::move(words));
    REQUIRE_FALSE(options);
    CHECK(options.error().status == status_usage);
    INFO(options.error().sentence);
    CHECK(options.error().sentence.find(reason) != std::string::npos);
    CHECK(options.error().sentence.find('\n') == std::string::npos);
}

} // namespace

TEST_CASE("options: a program with nothing else gets the defaults") {
    const auto options = parse({"hello"});
    REQUIRE(options);
    CHECK(options->program == "hello");
    CHECK(options->arguments.empty());
    CHECK(options->vcores == 1);
    CHECK(options->memory_bytes == 1024ull * 1024 * 1024);
    CHECK(options->acceleration == Acceleration::automatic);
    CHECK_FALSE(options->timeout_s);
}

TEST_CASE("options: a kernel image of one's own") {
    const auto options = parse({"--kernel", "other.elf", "hello"});
    REQUIRE(options);
    CHECK(options->kernel_file == "other.elf");
    CHECK_FALSE(parse({"hello"})->kernel_file);
    check_refused({"--kernel=", "hello"}, "kernel image");
}

TEST_CASE("options: no words mean the main job") {
    const auto options = parse({});
    REQUIRE(options);
    CHECK(options->program.empty());
}

TEST_CASE("options: everything at once, both spellings of a value") {
    const auto options = parse({"--vcores",
                                "4",
                                "--memory=512M",
                                "--share",
                                "/data:ro",
                                "--share=/out",
                                "--env",
                                "A=b=c",
                                "--timeout",
                                "30",
                                "--accel=tcg",
                                "--trace",
                                "t.json",
                                "--capture=c",
                                "--verbose",
                                "--gdb",
                                "--file",
                                "/etc/hosts=etc/hosts",
                                "--kernel-option",
                                "cores=0-1",
                                "--kernel-option=slot-us=500",
                                "prog",
                                "--vcores",
                                "9"});
    REQUIRE(options);
    CHECK(options->vcores == 4);
    CHECK(options->memory_bytes == 512ull << 20);
    REQUIRE(options->shares.size() == 2);
    CHECK(options->shares[0].path == "/data");
    CHECK(options->shares[0].access == ShareAccess::read_only);
    CHECK(options->shares[1].access == ShareAccess::read_write);
    CHECK(options->environment == std::vector<std::string>{"A=b=c"});
    CHECK(options->timeout_s == 30u);
    CHECK(options->acceleration == Acceleration::tcg);
    CHECK(options->trace_file == "t.json");
    CHECK(options->capture_prefix == "c");
    CHECK(options->verbose);
    CHECK(options->gdb);
    CHECK(options->kernel_options == "cores=0-1 slot-us=500");
    REQUIRE(options->files.size() == 1);
    CHECK(options->files[0].host_path == "/etc/hosts");
    CHECK(options->files[0].archive_name == "etc/hosts");
    CHECK(options->program == "prog");
    CHECK(options->arguments == std::vector<std::string>{"--vcores", "9"});
}

TEST_CASE("options: -- ends the options") {
    const auto options = parse({"--", "-odd-name", "x"});
    REQUIRE(options);
    CHECK(options->program == "-odd-name");
    CHECK(options->arguments == std::vector<std::string>{"x"});
}

TEST_CASE("options: refusals") {
    check_refused({"--vcores", "0", "p"}, "--vcores");
    check_refused({"--vcores", "two", "p"}, "'two'");
    check_refused({"--vcores", "-1", "p"}, "'-1'");
    check_refused({"--vcores", "65", "p"}, "at most 64");
    check_refused({"--vcores"}, "needs a value");
    check_refused({"--memory", "lots", "p"}, "'lots'");
    check_refused({"--memory", "1M", "p"}, "at least 8M");
    check_refused({"--memory", "16777217", "p"}, "4096");
    check_refused({"--env", "NOVALUE", "p"}, "NAME=VALUE");
    check_refused({"--env", "=x", "p"}, "NAME=VALUE");
    check_refused({"--timeout", "0", "p"}, "--timeout");
    check_refused({"--timeout", "1.5", "p"}, "--timeout");
    check_refused({"--accel", "xen", "p"}, "'xen'");
    check_refused({"--cpu", "", "p"}, "--cpu");
    check_refused({"--share", ":ro", "p"}, "--share");
    check_refused({"--trace=", "p"}, "--trace");
    check_refused({"--capture=", "p"}, "--capture");
    check_refused({"--gdb=yes", "p"}, "takes no value");
    check_refused({"--frobnicate", "p"}, "--frobnicate");
    check_refused({"--file", "x=/abs", "p"}, "--file");
    check_refused({"--file", "x=steward", "p"}, "taken");
    check_refused({"--icount", "--vcores", "2", "p"}, "--icount");
    check_refused({"--icount", "--accel", "kvm", "p"}, "--icount");
    check_refused({"--manifest", "a\nb", "p"}, "--manifest");
    check_refused({"--device", "", "p"}, "--device");
    check_refused({""}, "empty");
    check_refused({"--share", "a", "--share", "b", "--share", "c", "--share", "d", "--share", "e", "p"}, "at most 4");
    std::vector<std::string> many;
    for (std::size_t device = 0; device <= devices_max; ++device)
        many.insert(many.end(), {"--device", "edu"});
    many.push_back("p");
    check_refused(many, "at most 12");
}

TEST_CASE("sizes: binary suffixes, no rounding, no overflow") {
    CHECK(parse_size("4096") == 4096u);
    CHECK(parse_size("3K") == 3072u);
    CHECK(parse_size("2G") == 2ull << 30);
    CHECK(parse_size("1T") == 1ull << 40);
    CHECK(parse_size("18446744073709551615") == UINT64_MAX);
    for (const char* bad : {"", "K", "1.5G", "1 G", "-1", "1GB", "0x10", "18446744073709551616", "16777216T", "1k"})
        CHECK_FALSE_MESSAGE(parse_size(bad), bad);
}
