// The disk bench in the peer's guest: disk LANE [--smoke] [--count], of psync, libaio, io_uring and sqpoll, on the raw
// device, past the page cache.
#include "bench/disk/linux/aio_lane.hpp"
#include "bench/disk/linux/sync_lane.hpp"
#include "bench/disk/linux/uring_lane.hpp"
#include "bench/disk/suite.hpp"

#include <cstdio>
#include <memory>
#include <string_view>

namespace {

using namespace bench::disk;

template <class Lane, typename... Arguments>
int measure(const Request& request, Arguments... arguments) {
    Lane lane(arguments...);
    const auto suite = std::make_unique<DiskSuite<Lane>>(lane, request);
    if (suite->run())
        return 0;
    std::fprintf(stderr, "disk: a transfer failed, or did not end\n");
    return 1;
}

} // namespace

int main(int count, char** words) {
    Request request;
    std::string_view lane;
    for (int index = 1; index < count; ++index)
        if (!request.take(words[index]))
            lane = words[index];
    if (lane == "psync")
        return measure<SyncLane>(request, request.clock == Clock::instructions);
    if (lane == "libaio")
        return measure<AioLane>(request);
    if (lane == "io_uring")
        return measure<UringLane<Submission::entered>>(request);
    if (lane == "sqpoll")
        return measure<UringLane<Submission::polled>>(request);
    std::fprintf(stderr, "disk: no lane is called '%.*s'\n", static_cast<int>(lane.size()), lane.data());
    return 2;
}
