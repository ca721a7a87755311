// Programs that clang made of C must be accepted, and give what their sources say: interpreted and compiled, for two of
// clang's instruction sets.
#include "tests/unit/filter/packets.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

using namespace exo;
using namespace exo::test;

namespace {

namespace fs = std::filesystem;
const fs::path folder = "build/tests/unit/filter-obj/corpus";

struct Loaded {
    std::vector<FilterInstruction> program;
    FilterFileHeader header;
};

Loaded read_program(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(stream), {}};
    Loaded loaded{};
    REQUIRE_MESSAGE(file.size() > sizeof(loaded.header), path);
    std::memcpy(&loaded.header, file.data(), sizeof(loaded.header));
    REQUIRE(std::equal(std::begin(loaded.header.magic), std::end(loaded.header.magic), filter_file_magic));
    loaded.program.resize(loaded.header.instruction_count);
    REQUIRE(file.size() == sizeof(loaded.header) + 8 * loaded.program.size());
    std::memcpy(loaded.program.data(), file.data() + sizeof(loaded.header), 8 * loaded.program.size());
    return loaded;
}

void load(Machine& machine, const fs::path& path) {
    const Loaded loaded = read_program(path);
    const bool accepted = machine.load(loaded.program, loaded.header.kind, loaded.header.scratch_bytes);
    REQUIRE_MESSAGE(accepted, path << ": " << machine.words());
    CHECK(machine.verified().cost == loaded.header.cost);
}

// Runs a program of the corpus on a packet, in all its versions; what the last one left behind.
Outcome run(const std::string& name, const Octets& packet, Octets scratch = {}) {
    static std::map<fs::path, std::unique_ptr<Machine>> machines;
    Outcome outcome;
    for (const char* version : {".v1.filter", ".v4.filter"}) {
        const fs::path path = folder / (name + version);
        if (!fs::exists(path))
            continue;
        INFO(path);
        std::unique_ptr<Machine>& loaded = machines[path];
        if (!loaded) {
            loaded = std::make_unique<Machine>();
            load(*loaded, path);
        }
        Machine& machine = *loaded;
        scratch.resize(machine.verified().scratch_bytes);
        outcome = machine.run(packet, scratch);
        CHECK(machine.problem() == "");
    }
    return outcome;
}

std::uint64_t result(const std::string& name, const Frame& frame) {
    return run(name, octets_of(frame)).result;
}
Octets changed(Octets octets, std::size_t at, std::uint8_t value) {
    octets[at] = value;
    return octets;
}

} // namespace

TEST_CASE("corpus: every program is accepted and the same both ways, on packets of every length") {
    std::mt19937_64 random(1);
    std::size_t programs = 0;
    Machine machine;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".filter")
            continue;
        ++programs;
        INFO(entry.path());
        load(machine, entry.path());
        Octets scratch(machine.verified().scratch_bytes);
        Octets packet = octets_of({.header_words = 5 + static_cast<unsigned>(random() % 11),
                                   .payload = Octets(20, static_cast<std::uint8_t>(random()))});
        for (std::size_t length = 0; length <= packet.size(); ++length) {
            const Outcome outcome = machine.run({packet.begin(), packet.begin() + static_cast<long>(length)}, scratch);
            scratch = outcome.scratch;
            REQUIRE(machine.problem() == "");
        }
        for (int k = 0; k < 20; ++k) {
            Octets noise(random() % 128);
            for (std::uint8_t& octet : noise)
                octet = static_cast<std::uint8_t>(random());
            scratch = machine.run(noise, scratch, static_cast<std::uint32_t>(random())).scratch;
            REQUIRE(machine.problem() == "");
        }
    }
    CHECK(programs >= 2 * 40);
}

TEST_CASE("corpus: filters on Ethernet") {
    const Octets plain = octets_of({});
    CHECK(run("accept_all", {}).result == 1);
    CHECK(run("accept_none", plain).result == 0);
    CHECK(run("length_min", Octets(99)).result == 0);
    CHECK(run("length_min", Octets(100)).result == 1);
    CHECK(result("type_arp", {.type = 0x0806}) == 1);
    CHECK(result("type_arp", {}) == 0);
    CHECK(result("type_internet", {}) == 1);
    CHECK(result("type_internet", {.type = 0x86dd}) == 1);
    CHECK(result("type_internet", {.type = 0x0806}) == 0);
    CHECK(run("broadcast", Octets(14, 0xff)).result == 1);
    CHECK(run("broadcast", changed(Octets(14, 0xff), 5, 0xfe)).result == 0);
    CHECK(run("broadcast", Octets(13, 0xff)).result == 0);
    CHECK(run("multicast", changed(plain, 0, 0x33)).result == 1);
    CHECK(run("multicast", plain).result == 0);
    CHECK(run("to_this_host", plain).result == 1);
    CHECK(run("to_this_host", changed(plain, 5, 0x57)).result == 0);
    CHECK(run("vlan_ipv4", plain).result == 1);
    Octets tagged = plain;
    tagged.insert(tagged.begin() + 12, {0x81, 0x00, 0x00, 0x05});
    CHECK(run("vlan_ipv4", tagged).result == 1);
    CHECK(run("vlan_ipv4", changed(tagged, 17, 0x06)).result == 0);
    CHECK(run("length_by_ends", changed(plain, 19, 77)).result == 78);
    CHECK(run("length_by_ends", Octets(19)).result == 0);
    CHECK(run("length_field", changed(plain, 39, 200)).result == 201);
    CHECK(run("length_field", Octets(39)).result == 0);
}

TEST_CASE("corpus: filters on IPv4, with options or without") {
    CHECK(result("hops", {.hops = 200}) == 1);
    CHECK(result("hops", {}) == 0);
    CHECK(result("protocol_udp", {}) == 1);
    CHECK(result("protocol_udp", {.protocol = 6}) == 0);
    CHECK(result("subnet", {}) == 1);
    CHECK(result("subnet", {.from = 0x0a02'0203}) == 0);
    CHECK(result("no_fragment", {}) == 1);
    CHECK(result("no_fragment", {.fragment = 0x4000}) == 1); // may not be fragmented
    CHECK(result("no_fragment", {.fragment = 0x2000}) == 0);
    CHECK(result("option_sum", {.header_words = 15}) == 40 * 41 / 2);
    CHECK(result("option_sum", {.header_words = 6}) == 1 + 2 + 3 + 4);
    CHECK(result("option_sum", {}) == 0);
    CHECK(result("header_copy", {}) == 1);
    CHECK(run("header_copy", changed(octets_of({}), 24, 0)).result == 0);
    for (unsigned words = 5; words <= 15; ++words) {
        const Octets whole = octets_of({.header_words = words});
        CHECK(run("header_sum", whole).result == 1);
        CHECK(run("header_sum", changed(whole, 14 + 4 * words - 1, 0xff)).result == 0);
        CHECK(run("header_sum", {whole.begin(), whole.begin() + 14 + 4 * words - 1}).result == 0);
    }
    CHECK(result("icmp_echo", {.protocol = 1}) == 1);
    CHECK(result("icmp_echo", {}) == 0);
}

TEST_CASE("corpus: filters on ports, behind headers of any length") {
    for (unsigned words = 5; words <= 15; ++words) {
        CHECK(result("port_one", {.header_words = words}) == 1);
        CHECK(result("port_one", {.header_words = words, .to_port = 4001}) == 0);
        CHECK(result("tcp_syn", {.header_words = words, .protocol = 6}) == 1);
    }
    CHECK(result("port_one", {.fragment = 1}) == 0);
    CHECK(result("port_one", {.header_words = 4}) == 0);
    CHECK(result("port_range", {.to_port = 2999}) == 0);
    CHECK(result("port_range", {.to_port = 3000}) == 1);
    CHECK(result("port_range", {.to_port = 4999}) == 1);
    CHECK(result("port_range", {.to_port = 5000}) == 0);
    CHECK(result("port_switch", {.to_port = 123}) == 1);
    CHECK(result("port_switch", {.to_port = 124}) == 0);
    CHECK(result("port_classes", {.to_port = 4004}) == 55);
    CHECK(result("port_classes", {.to_port = 4008}) == 100);
    CHECK(run("tcp_syn", changed(octets_of({.protocol = 6}), 47, 0x12)).result == 0);
    CHECK(result("tcp_either_port", {.protocol = 6, .to_port = 80}) == 1);
    CHECK(result("tcp_either_port", {.protocol = 6, .from_port = 80}) == 1);
    CHECK(result("tcp_either_port", {.protocol = 6}) == 0);
    CHECK(result("shards", {.from_port = 7 * 100 + 3}) == 101);
    CHECK(result("shards", {.from_port = 7 * 100 + 4}) == 0);
    CHECK(result("across_call", {}) == recorded_time + 1234 + 4000 * 2 + 8 * 3 + 64);
}

TEST_CASE("corpus: filters on payload") {
    CHECK(result("payload_magic", {.payload = {1, 2, 3, 4}}) == 1);
    CHECK(result("payload_magic", {.header_words = 9, .payload = {1, 2, 3, 4}}) == 1);
    CHECK(result("payload_magic", {.payload = {1, 2, 3, 5}}) == 0);
    CHECK(result("payload_magic", {.payload = {1, 2, 3}}) == 0);
    CHECK(result("payload_sum", {.payload = {1, 2, 250}}) == 253);
    CHECK(result("payload_sum", {.payload = Octets(30, 2)}) == 32);
    CHECK(result("name_labels", {.payload = {3, 'w', 'w', 'w', 2, 'd', 'e', 0}}) == 2);
    CHECK(result("name_labels", {.payload = {3, 'w', 'w', 'w', 9, 'd', 'e', 0}}) == 0);
    CHECK(result("name_labels", {.payload = Octets(16, 1)}) == 8);
    CHECK(result("signed_octet", {.payload = {0xf0, 0}}) == 1);
    CHECK(result("signed_octet", {.payload = {5, 0xff}}) == 2);
    CHECK(result("signed_octet", {.payload = {0xff, 5}}) == 3);
    const int a = -100, b = 7;
    const auto quotient = static_cast<std::uint64_t>(std::int64_t{a * 1000 / b + a * 1000 % b});
    CHECK(result("signed_quotient", {.payload = {0x9c, 7}}) == quotient);
}

TEST_CASE("corpus: arithmetic") {
    std::uint64_t hash = (std::uint64_t{0x0302'010a} << 32 | 0x0100'010a) * 0x9e37'79b9'7f4a'7c15;
    hash ^= std::uint64_t{0xd204} << 16 | 0xa00f;
    hash *= 0xff51'afd7'ed55'8ccd;
    CHECK(result("hash", {}) == (hash ^ hash >> 33));
    Octets rising(16);
    std::uint64_t sum = 0;
    for (std::uint8_t k = 0; k < 16; ++k)
        sum = sum * 3 + (rising[k] = static_cast<std::uint8_t>(k * 17));
    CHECK(run("nested_loops", rising).result == sum);
    CHECK(run("swap_words", rising).result == (0x0011'2233'4455'6677 ^ 0x8899'aabb ^ 0xccdd));
    CHECK(run("stack_table", rising).result == 0u + 0x66 * 3 * 0xcc + 0xdd);
}

TEST_CASE("corpus: filters that remember") {
    Octets kept = run("every_fourth", {}).scratch;
    CHECK(kept == Octets{1, 0, 0, 0});
    CHECK(run("every_fourth", {}, {3, 0, 0, 0}).result == 1);
    const Octets first = octets_of({.from_port = 1000}), second = octets_of({.from_port = 1001});
    Outcome outcome = run("port_bitmap", first);
    CHECK(outcome.result == 1);
    CHECK(run("port_bitmap", first, outcome.scratch).result == 0);
    CHECK(run("port_bitmap", second, outcome.scratch).result == 1);
    Octets table;
    for (std::uint32_t sender = 0; sender < 9; ++sender) {
        outcome = run("address_table", octets_of({.from = sender + 1}), table);
        CHECK(outcome.result == 1);
        table = outcome.scratch;
    }
    CHECK(run("address_table", octets_of({.from = 9}), table).result == 2);
    CHECK(run("address_table", octets_of({.from = 1}), table).result == 1); // the ninth took its place
    outcome = run("bucket", {});
    CHECK(outcome.result == 1);
    CHECK(outcome.scratch[8] == 99);
    Octets empty_bucket = outcome.scratch;
    empty_bucket[8] = 0;
    CHECK(run("bucket", {}, empty_bucket).result == 0);
}

TEST_CASE("corpus: handlers that answer or rewrite") {
    const Octets asked = octets_of({.payload = {9, 8, 7}});
    const Octets swapped =
        octets_of({.from = 0x0a01'0001, .to = 0x0a01'0203, .from_port = 4000, .to_port = 1234, .payload = {9, 8, 7}});
    Outcome outcome = run("echo", asked);
    CHECK(outcome.result == static_cast<std::uint64_t>(FilterVerdict::Reply));
    CHECK(std::equal(outcome.packet.begin() + 12, outcome.packet.end(), swapped.begin() + 12, swapped.end()));
    CHECK(std::equal(asked.begin(), asked.begin() + 6, outcome.packet.begin() + 6));
    CHECK(std::equal(asked.begin() + 6, asked.begin() + 12, outcome.packet.begin()));
    CHECK(run("echo", octets_of({.to_port = 1})).packet == octets_of({.to_port = 1}));
    CHECK(run("one_hop_less", asked).packet == octets_of({.hops = 63, .payload = {9, 8, 7}}));
    CHECK(run("one_hop_less", octets_of({.hops = 1})).result == static_cast<std::uint64_t>(FilterVerdict::Drop));
    CHECK(run("new_port", asked).packet == octets_of({.to_port = 5000, .payload = {9, 8, 7}}));
    outcome = run("ping", octets_of({.header_words = 7, .protocol = 1, .payload = {1, 2, 3, 4}}));
    CHECK(outcome.result == static_cast<std::uint64_t>(FilterVerdict::Reply));
    CHECK(outcome.packet[42] == 0);
    CHECK(sum_of(std::span(outcome.packet).subspan(42)) == 0xffff);
    outcome = run("fill", octets_of({.payload = Octets(20)}));
    CHECK(outcome.result == static_cast<std::uint64_t>(FilterVerdict::Deliver));
    CHECK(outcome.packet[42] == 0x88);
    CHECK(outcome.packet[57] == 0x22);
    CHECK(outcome.packet[58] == 0);
}

TEST_CASE("corpus: handlers that count, wake and judge") {
    CHECK(run("size_counters", Octets(64)).calls == std::vector<std::uint64_t>{1, 6, 64});
    CHECK(run("wake_on_magic", octets_of({.payload = {1, 2, 3, 4}})).calls ==
          std::vector<std::uint64_t>{2, 46, 1, 7, 1});
    CHECK(run("wake_on_magic", octets_of({.payload = {1, 2, 3, 5}})).calls.empty());
    CHECK(run("protocol_table", octets_of({})).scratch[17 * 8] == 1);
    CHECK(run("verdict_of_table", changed(Octets(14), 0, 3)).result == 3);
    CHECK(run("always_drop", {}).result == 0);
    CHECK(run("flags_verdict", {}).result == 0);
}
