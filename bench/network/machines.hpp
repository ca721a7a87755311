// The machines of the network benches in QEMU's words, and what `exo run` is asked for: two NICs on a hub, or one NIC
// and a wire to another machine. Every NIC is behind a root port of its own, as `exo run` has it.
#pragma once

#include <string_view>

namespace bench::network {

// Two on one hub. Every machine has room for a second processor, as `exo run` gives it, so that TCG keeps memory
// barriers (tools/exo/qemu_command.cpp); Linux is told that there will be none.
inline constexpr std::string_view virtio_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-netdev", "hubport,id=net0,hubid=0",
    "-netdev", "hubport,id=net1,hubid=0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:01,disable-legacy=on,romfile=",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device", "virtio-net-pci,bus=port2,netdev=net1,mac=52:58:00:00:00:02,disable-legacy=on,romfile="};
inline constexpr std::string_view virtio_iommu_machine[] = {
    "-device",
    "intel-iommu,intremap=on,caching-mode=off",
    "-smp",
    "1,maxcpus=2",
    "-netdev",
    "hubport,id=net0,hubid=0",
    "-netdev",
    "hubport,id=net1,hubid=0",
    "-device",
    "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device",
    "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:01,disable-legacy=on,iommu_platform=on,romfile=",
    "-device",
    "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device",
    "virtio-net-pci,bus=port2,netdev=net1,mac=52:58:00:00:00:02,disable-legacy=on,iommu_platform=on,romfile="};
inline constexpr std::string_view vmxnet3_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-netdev", "hubport,id=net0,hubid=0",
    "-netdev", "hubport,id=net1,hubid=0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "vmxnet3,bus=port1,netdev=net0,mac=52:58:00:00:00:01,romfile=",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device", "vmxnet3,bus=port2,netdev=net1,mac=52:58:00:00:00:02,romfile="};

inline constexpr std::string_view virtio_modules[] = {"virtio_pci", "virtio_net"};
inline constexpr std::string_view vmxnet3_modules[] = {"vmxnet3"};
inline constexpr std::string_view vfio_modules[] = {"vfio_iommu_type1", "vfio-pci"};
inline constexpr std::string_view uio_modules[] = {"uio_pci_generic"};

// One of two machines: the braces are filled in for each (bench/harness/guests.hpp). Datagrams of Unix sockets are
// never lost: a full receiver stalls the sender.
inline constexpr std::string_view pair_virtio_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-netdev", "dgram,id=net0,local.type=unix,local.path={here},remote.type=unix,remote.path={there}",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:0{number},disable-legacy=on,romfile="};
inline constexpr std::string_view pair_virtio_iommu_machine[] = {
    "-device",
    "intel-iommu,intremap=on,caching-mode=off",
    "-smp",
    "1,maxcpus=2",
    "-netdev",
    "dgram,id=net0,local.type=unix,local.path={here},remote.type=unix,remote.path={there}",
    "-device",
    "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device",
    "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:0{number},disable-legacy=on,iommu_platform=on,romfile="};
inline constexpr std::string_view pair_vmxnet3_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-netdev", "dgram,id=net0,local.type=unix,local.path={here},remote.type=unix,remote.path={there}",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "vmxnet3,bus=port1,netdev=net0,mac=52:58:00:00:00:0{number},romfile="};

// A native program prints on the kernel's log.
inline constexpr std::string_view exo_options[] = {"--verbose", "--manifest", "machine log",  "--net",
                                                   "hub:bench", "--ip",       "10.99.0.1/24", "--net",
                                                   "hub:bench", "--ip",       "10.99.0.2/24"};

inline constexpr std::string_view exo_flow_options[] = {
    "--verbose",    "--manifest", "machine log",          "--net", "hub:bench,bind=flows", "--ip",
    "10.99.0.1/24", "--net",      "hub:bench,bind=flows", "--ip",  "10.99.0.2/24"};

// Two addresses at the second NIC.
inline constexpr std::string_view exo_flood_options[] = {"--verbose",
                                                         "--manifest",
                                                         "machine log",
                                                         "--net",
                                                         "hub:bench,bind=flows",
                                                         "--ip",
                                                         "10.99.0.1/24",
                                                         "--net",
                                                         "hub:bench,bind=flows",
                                                         "--ip",
                                                         "10.99.0.2/24",
                                                         "--manifest",
                                                         "flow 1 ether=arp local=10.99.0.3",
                                                         "--manifest",
                                                         "flow 1 ether=ipv4 local=10.99.0.3"};

// Frames beside those of the kit, for the handler.
inline constexpr std::string_view exo_handler_options[] = {
    "--verbose",      "--manifest", "machine log",          "--manifest",
    "spare 33554432", "--net",      "hub:bench,bind=flows", "--ip",
    "10.99.0.1/24",   "--net",      "hub:bench,bind=flows", "--ip",
    "10.99.0.2/24"};

inline constexpr std::string_view pair_exo_options[] = {
    "--verbose",
    "--manifest",
    "machine log",
    "--net",
    "qemu:dgram,local.type=unix,local.path={here},remote.type=unix,remote.path={there},mac=52:58:00:00:00:0{number}",
    "--ip",
    "10.99.0.{number}/24"};
inline constexpr std::string_view pair_exo_flow_options[] = {
    "--verbose",
    "--manifest",
    "machine log",
    "--net",
    "qemu:dgram,local.type=unix,local.path={here},remote.type=unix,remote.path={there},mac=52:58:00:00:00:0{number},"
    "bind=flows",
    "--ip",
    "10.99.0.{number}/24"};

} // namespace bench::network
