// The network bench by DPDK's poll-mode virtio driver: network-dpdk vfio|uio [rate] [--smoke] [--count]. Behind an
// IOMMU by vfio-pci, or without one by uio_pci_generic. One thread, one queue a NIC, datagrams built and checked by the
// program.
#include "bench/network/datagram.hpp"
#include "bench/network/suite.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

using namespace bench::network;

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "network-dpdk: %s: %s\n", what, std::strerror(errno != 0 ? errno : rte_errno));
    std::exit(1);
}

void require(bool done, const char* what) {
    if (!done)
        fail(what);
}

void write_setting(const std::string& path, std::string_view value) {
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    require(file >= 0 && write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size()), path.c_str());
    close(file);
}

// The guest's NICs, each on a bus of its own behind a root port: bus 1 and bus 2.
constexpr const char* functions[] = {"0000:01:00.0", "0000:02:00.0"};

void give_to_driver(const std::string& driver, std::size_t count) {
    for (const char* function : std::span(functions).first(count)) {
        const std::string folder = std::string("/sys/bus/pci/devices/") + function;
        if (access((folder + "/driver").c_str(), F_OK) == 0)
            write_setting(folder + "/driver/unbind", function);
        write_setting(folder + "/driver_override", driver);
        write_setting("/sys/bus/pci/drivers_probe", function);
        require(access((folder + "/driver").c_str(), F_OK) == 0, "no driver took a NIC");
    }
}

class DpdkLane {
public:
    explicit DpdkLane(Part part) : other_port_(part == Part::both ? 1 : 0) {
        pool_ = rte_pktmbuf_pool_create("frames", 4095, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
        require(pool_ != nullptr, "making a pool of frames");
        require(rte_eth_dev_count_avail() == other_port_ + 1u, "DPDK does not see the NICs");
        for (std::uint16_t port = client; port <= other_port_; ++port)
            start(port);
        if (part != Part::both)
            macs_[0] = client_mac_of_two, macs_[1] = other_mac_of_two;
    }

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        rte_mbuf* frames[burst];
        if (rte_pktmbuf_alloc_bulk(pool_, frames, static_cast<unsigned>(count)) != 0)
            return 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t octets =
                write_datagram(data_of(frames[i]), macs_[0], macs_[1], client_address, other_address, payload_bytes);
            frames[i]->data_len = static_cast<std::uint16_t>(octets);
            frames[i]->pkt_len = static_cast<std::uint32_t>(octets);
        }
        return give(client, frames, count);
    }

    std::size_t echo(std::size_t count) {
        rte_mbuf* frames[burst];
        std::size_t kept = 0;
        const std::size_t came = rte_eth_rx_burst(other_port_, 0, frames, static_cast<std::uint16_t>(count));
        for (std::size_t i = 0; i < came; ++i) {
            if (!take(frames[i], other_address, any_size)) {
                rte_pktmbuf_free(frames[i]);
                continue;
            }
            turn_round(data_of(frames[i]));
            frames[kept++] = frames[i];
        }
        return kept == 0 ? 0 : give(other_port_, frames, kept);
    }

    std::size_t receive(std::size_t count) { return take_all(client, client_address, count, any_size); }
    std::size_t drain(std::size_t count, std::size_t payload_bytes) {
        return take_all(other_port_, other_address, count, payload_bytes);
    }
    std::uint64_t payload_bytes_received() const { return bytes_; }

    void print(std::string_view text) {
        require(write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "printing");
    }

private:
    static constexpr std::uint16_t client = 0;

    static std::uint8_t* data_of(rte_mbuf* frame) { return rte_pktmbuf_mtod(frame, std::uint8_t*); }

    void start(std::uint16_t port) {
        rte_eth_conf configuration = {};
        std::uint16_t receive = 256, transmit = 256;
        require(rte_eth_dev_configure(port, 1, 1, &configuration) == 0, "configuring a NIC");
        require(rte_eth_dev_adjust_nb_rx_tx_desc(port, &receive, &transmit) == 0, "sizing a NIC's queues");
        require(rte_eth_rx_queue_setup(port, 0, receive, SOCKET_ID_ANY, nullptr, pool_) == 0, "making a queue");
        require(rte_eth_tx_queue_setup(port, 0, transmit, SOCKET_ID_ANY, nullptr) == 0, "making a queue");
        require(rte_eth_dev_start(port) == 0, "starting a NIC");
        rte_ether_addr address;
        require(rte_eth_macaddr_get(port, &address) == 0, "asking for a MAC address");
        std::memcpy(macs_[port].data(), address.addr_bytes, macs_[port].size());
    }

    std::size_t give(std::uint16_t port, rte_mbuf** frames, std::size_t count) {
        const std::size_t taken = rte_eth_tx_burst(port, 0, frames, static_cast<std::uint16_t>(count));
        for (std::size_t i = taken; i < count; ++i)
            rte_pktmbuf_free(frames[i]);
        return taken;
    }

    bool take(rte_mbuf* frame, std::uint32_t address, std::size_t size) {
        const std::size_t payload = read_datagram(data_of(frame), frame->data_len, address);
        if (!is_counted(payload, size))
            return false;
        bytes_ += payload;
        return true;
    }

    std::size_t take_all(std::uint16_t port, std::uint32_t address, std::size_t count, std::size_t size) {
        rte_mbuf* frames[burst];
        std::size_t kept = 0;
        const std::size_t came = rte_eth_rx_burst(port, 0, frames, static_cast<std::uint16_t>(count));
        for (std::size_t i = 0; i < came; ++i) {
            kept += take(frames[i], address, size) ? 1 : 0;
            rte_pktmbuf_free(frames[i]);
        }
        return kept;
    }

    const std::uint16_t other_port_; // the same port as the client's in one of two machines
    rte_mempool* pool_ = nullptr;
    Mac macs_[2] = {};
    std::uint64_t bytes_ = 0;
};

void start_dpdk(bool vfio, Part part) {
    give_to_driver(vfio ? "vfio-pci" : "uio_pci_generic", part == Part::both ? 2 : 1);
    // Memory from huge pages without files, one core, nothing that listens or polls beside the measurement.
    const char* words[] = {"network-dpdk",  "--in-memory", "--no-telemetry",  "-l", "0",
                           "--log-level=4", "--iova-mode", vfio ? "va" : "pa"};
    require(rte_eal_init(static_cast<int>(std::size(words)), const_cast<char**>(words)) >= 0, "starting DPDK");
}

} // namespace

int main(int count, char** words) {
    Request request;
    std::string_view driver;
    for (int i = 1; i < count; ++i) {
        if (!request.take(words[i]))
            driver = words[i];
    }
    if (driver != "vfio" && driver != "uio") {
        std::fprintf(stderr, "usage: network-dpdk vfio|uio [rate] [--smoke] [--count]\n");
        return 2;
    }
    start_dpdk(driver == "vfio", request.part);
    DpdkLane lane(request.part);
    const auto suite = std::make_unique<NetworkSuite<DpdkLane>>(lane, request);
    if (suite->run())
        return 0;
    std::fprintf(stderr, "network-dpdk: a packet did not come back\n");
    return 1;
}
