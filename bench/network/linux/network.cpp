// The network bench in the peer's guest: network LANE [rate] [--smoke] [--count]. The lanes are in README.md.
#include "bench/network/linux/echo_lane.hpp"
#include "bench/network/linux/packet_ring.hpp"
#include "bench/network/linux/raw_lane.hpp"
#include "bench/network/linux/socket_lane.hpp"
#include "bench/network/linux/tcp_lane.hpp"
#include "bench/network/linux/xdp_ring.hpp"
#include "bench/network/suite.hpp"

#include <cstdio>
#include <memory>

using namespace bench::network;

namespace {

template <class Lane>
int measure(Lane& lane, const Request& request) {
    const auto suite = std::make_unique<NetworkSuite<Lane>>(lane, request);
    if (suite->run())
        return 0;
    std::fprintf(stderr, "network: a packet did not come back\n");
    return 1;
}

} // namespace

int main(int count, char** words) {
    Request request;
    std::string_view name;
    for (int i = 1; i < count; ++i) {
        if (!request.take(words[i]))
            name = words[i];
    }
    if (name == "blocking" || name == "spinning") {
        const Waiting waiting = name == "blocking" ? Waiting::block : Waiting::spin;
        const auto stream = std::make_unique<TcpLane>(waiting); // before the thread enters the other end's namespace
        const auto lane = std::make_unique<SocketLane>(waiting, request.part);
        if (request.subject == "flooded") {
            lane->open_neighbour();
            const int status = measure(*lane, request);
            check(status != 0 || lane->neighbour_has_a_burst(), "flooding the neighbour");
            return status;
        }
        if (const int status = measure(*lane, request))
            return status;
        stream->open(request.part);
        request.subject = "tcp";
        return measure(*stream, request);
    }
    if (name == "packet") {
        RawLane<PacketRing> lane;
        return measure(lane, request);
    }
    if (name == "xdp") {
        RawLane<XdpSocket> lane;
        return measure(lane, request);
    }
    if (name == "xdp-busy") {
        RawLane<XdpSocket> lane(Looking::busy_poll);
        return measure(lane, request);
    }
    if (name == "xdp-echo") {
        request.subject = "handler";
        const auto lane = std::make_unique<EchoLane>();
        return measure(*lane, request);
    }
    std::fprintf(stderr, "network: no lane is called '%.*s'\n", static_cast<int>(name.size()), name.data());
    return 2;
}
