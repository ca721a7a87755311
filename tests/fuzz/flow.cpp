// Fuzzes the flow book against its model, and the parts that read frames: the first byte says which.
// The operations are in tests/unit/flow/flow_play.hpp.
#include "tests/unit/flow/flow_play.hpp"

#include "secure-bindings/flow/transmit_check.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void fail(const std::string& problem) {
    std::fprintf(stderr, "%s\n", problem.c_str());
    std::abort();
}

void play(std::span<const std::uint8_t> bytes) {
    exo::test::ByteSource source(bytes);
    exo::test::FlowPlay play;
    while (!source.empty()) {
        if (const auto problem = play.step(source)) {
            fail(*problem);
        }
    }
    if (const auto problem = play.finish()) {
        fail(*problem);
    }
}

// What a checked frame says of its sender, read once more by other code: one that may leave by a flow of one address
// and one port comes from there, wherever its options and fragments point.
void send(std::span<const std::uint8_t> frame) {
    using namespace exo;
    const std::vector<std::uint8_t> copy(
        frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(std::min(frame.size(), flow_header_octets)));
    const MacOctets nic = {2, 0, 0, 0, 0, 1};
    const FlowSpec spec = test::udp(test::mine, 4000, 4000);
    const FlowKey key = parse_flow_key(copy, FlowSide::Receive);
    if (!matches(every_packet(0), key)) {
        fail("a packet is not every packet");
    }
    if (check_transmit(spec, copy, frame.size(), 1514, nic) != TransmitVerdict::Allowed) {
        return;
    }
    const std::size_t ports = 14 + static_cast<std::size_t>(frame[14] & 15) * 4;
    const std::uint8_t source[] = {10, 0, 0, 1}, port[] = {4000 >> 8, 4000 & 0xff};
    if (ports + 4 > frame.size() || !std::equal(nic.begin(), nic.end(), frame.begin() + 6) ||
        !std::equal(source, source + 4, frame.begin() + 26) || frame[23] != 17 || frame[12] != 8 || frame[13] != 0 ||
        !std::equal(port, port + 2, frame.begin() + static_cast<std::ptrdiff_t>(ports)) || (frame[20] & 0x3f) != 0 ||
        frame[21] != 0) {
        fail("a frame may leave that is not the flow's");
    }
    for (const std::size_t field : {14u, 20u, 23u, 26u, 30u}) {
        if (checksum_request_fits(copy, frame.size(), 14, field - 14)) {
            fail("a checksum may be written over a header");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    data[0] % 2 == 0 ? play(rest) : send(rest);
    return 0;
}
