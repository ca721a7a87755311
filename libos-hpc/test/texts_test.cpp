// Generated texts: numbers and columns, the files of /proc, and the stream cipher behind /dev/urandom.
#include "libos-hpc/proc/texts.hpp"
#include "libos-hpc/random/random.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace exo::hpc;

namespace {

template <typename Write>
std::string written(Write&& write) {
    Text text;
    write(text);
    REQUIRE(text.complete());
    return std::string(text.view());
}

} // namespace

TEST_CASE("numbers and columns") {
    CHECK(written([](Text& t) {
              t.decimal(0).add(' ').decimal(18446744073709551615ull).add(' ').decimal(7, 3, '0');
          }) == "0 18446744073709551615 007");
    CHECK(written([](Text& t) { t.signed_decimal(-9223372036854775807 - 1); }) == "-9223372036854775808");
    CHECK(written([](Text& t) { t.hexadecimal(0xabc).add('-').hexadecimal(0xabc, 8); }) == "abc-00000abc");
    CHECK(written([](Text& t) { t.add("ab").pad_to(0, 5).add("|"); }) == "ab   |");
}

TEST_CASE("lists and masks of processors") {
    auto list = [](std::uint64_t mask) { return written([&](Text& t) { write_cpu_list(t, mask); }); };
    CHECK(list(1) == "0");
    CHECK(list(0xf) == "0-3");
    CHECK(list(0b101101) == "0,2-3,5");
    CHECK(list(~0ull) == "0-63");
    CHECK(list(0).empty());
    CHECK(written([](Text& t) { write_cpu_mask(t, 3); }) == "3");
    CHECK(written([](Text& t) { write_cpu_mask(t, 0x1'0000'000full); }) == "1,0000000f");
}

TEST_CASE("maps lines have their columns") {
    CHECK(written([](Text& t) {
              write_mapping(t, {.begin = 0x400000,
                                .end = 0x401000,
                                .readable = true,
                                .executable = true,
                                .offset = 0x1000,
                                .name = "/bin/x"});
          }) == "00400000-00401000 r-xp 00001000 00:00 0 " + std::string(33, ' ') + "/bin/x\n");
    CHECK(written([](Text& t) {
              write_mapping(t, {.begin = 0x7f0000000000, .end = 0x7f0000001000, .shared = true, .name = {}});
          }) == "7f0000000000-7f0000001000 ---s 00000000 00:00 0 \n");
}

TEST_CASE("meminfo in kibibytes") {
    std::string text =
        written([](Text& t) { write_meminfo(t, {.total = 1ull << 30, .free = 1ull << 20, .huge_free = 0}); });
    CHECK(text.starts_with("MemTotal:        1048576 kB\nMemFree:            1024 kB\n"));
    CHECK(text.ends_with("Hugepagesize:       2048 kB\n"));
}

TEST_CASE("cpuinfo has a paragraph a processor") {
    ProcessorView view;
    view.vendor = "GenuineTest";
    view.model_name = "A Processor";
    view.clock_khz = 2491005;
    view.flags = "fpu sse2";
    std::string text = written([&](Text& t) { write_cpuinfo(t, view, 2); });
    CHECK(text.starts_with("processor\t: 0\nvendor_id\t: GenuineTest\n"));
    CHECK(text.find("cpu MHz\t\t: 2491.005\n") != std::string::npos);
    CHECK(text.find("\n\nprocessor\t: 1\n") != std::string::npos);
    CHECK(text.find("cpu cores\t: 2\n") != std::string::npos);
    CHECK(text.ends_with("\n\n"));
}

TEST_CASE("stat has fifty-two fields") {
    ProcessView view;
    view.name = "a name that is longer than that";
    view.id = 2;
    std::string text = written([&](Text& t) { write_process_stat(t, view); });
    CHECK(text.starts_with("2 (a name that is ) R "));
    std::string after = text.substr(text.rfind(')') + 2);
    CHECK(std::count(after.begin(), after.end(), ' ') + 1 == 50);
}

TEST_CASE("status tells masks and memory") {
    ProcessView view;
    view.name = "x";
    view.resident_bytes = 4096;
    view.processors_allowed = 3;
    std::string text = written([&](Text& t) { write_status(t, view); });
    CHECK(text.find("VmRSS:\t       4 kB\n") != std::string::npos);
    CHECK(text.find("Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\n") != std::string::npos);
}

TEST_CASE("the ChaCha20 block of RFC 8439, 2.3.2") {
    std::uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504,
                               0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
                               0x00000001, 0x09000000, 0x4a000000, 0x00000000};
    std::uint32_t output[16];
    chacha20_block(state, output);
    CHECK(output[0] == 0xe4e7f110);
    CHECK(output[1] == 0x15593bd1);
    CHECK(output[8] == 0x466482d2);
    CHECK(output[15] == 0x4e3c50a2);
}
