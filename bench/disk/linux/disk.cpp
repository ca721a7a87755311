// The disk bench in the peer's guest: disk LANE [--count], of libaio and io_uring, on the raw device, past the page
// cache.
#include "bench/disk/linux/aio_lane.hpp"
#include "bench/disk/linux/uring_lane.hpp"
#include "bench/disk/suite.hpp"

#include <cstdio>
#include <memory>
#include <string_view>

namespace {

template <class Lane>
int measure(bool counting) {
    Lane lane;
    const auto suite = std::make_unique<bench::disk::DiskSuite<Lane>>(lane);
    if (suite->run(counting))
        return 0;
    std::fprintf(stderr, "disk: a read failed, or did not end\n");
    return 1;
}

} // namespace

int main(int count, char** words) {
    const std::string_view lane = count > 1 ? words[1] : "";
    const bool counting = count > 2 && std::string_view(words[2]) == "--count";
    if (lane == "libaio")
        return measure<bench::disk::AioLane>(counting);
    if (lane == "io_uring")
        return measure<bench::disk::UringLane>(counting);
    std::fprintf(stderr, "disk: no lane is called '%.*s'\n", static_cast<int>(lane.size()), lane.data());
    return 2;
}
