// `--net` and `--ip`: what is accepted, what QEMU and the program are told, and that each refusal names its reason.
#include "tools/exo/manifest.hpp"
#include "tools/exo/options.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace exo::tool;

namespace {

std::vector<NetInterface> interfaces_of(std::vector<std::string> words) {
    words.push_back("hello");
    const auto options = parse_run_options(words);
    INFO((options ? std::string() : options.error().sentence));
    REQUIRE(options);
    return options->interfaces;
}

void check_refused(std::vector<std::string> words, std::string_view reason) {
    words.push_back("hello");
    const auto options = parse_run_options(words);
    REQUIRE_FALSE(options);
    CHECK(options.error().status == status_usage);
    INFO(options.error().sentence);
    CHECK(options.error().sentence.find(reason) != std::string::npos);
    CHECK(options.error().sentence.find('\n') == std::string::npos);
}

} // namespace

TEST_CASE("net: a user interface has DHCP, a virtio NIC behind the IOMMU, and an address of its own") {
    const auto one = interfaces_of({"--net", "user,hostfwd=tcp::8080-:80,hostfwd=udp:127.0.0.1:5353-10.0.2.15:53"});
    REQUIRE(one.size() == 1);
    CHECK(one[0].address == "dhcp");
    CHECK(one[0].forwards.size() == 2);
    const NetWords words = net_words(one, 0);
    CHECK(words.netdev == "user,id=net0,hostfwd=tcp::8080-:80,hostfwd=udp:127.0.0.1:5353-10.0.2.15:53");
    CHECK(words.device.starts_with("virtio-net-pci,netdev=net0,mac=52:58:"));
    CHECK(words.device.ends_with(",disable-legacy=on,iommu_platform=on"));
    CHECK(net_words(one, 0).device == words.device); // the same every time
}

TEST_CASE("net: a hub that is named twice lies inside the machine, one that is named once joins machines") {
    const auto three = interfaces_of({"--net", "hub:a", "--ip", "10.0.0.1/24", "--net", "hub:a,model=e1000e", "--ip",
                                      "10.0.0.2/24", "--net", "hub:b", "--ip", "dhcp"});
    REQUIRE(three.size() == 3);
    CHECK(net_words(three, 0).netdev == "hubport,id=net0,hubid=0");
    CHECK(net_words(three, 1).netdev == "hubport,id=net1,hubid=0");
    CHECK(net_words(three, 1).device.starts_with("e1000e,netdev=net1,"));
    CHECK(net_words(three, 1).device.find("iommu_platform") == std::string::npos);
    CHECK(net_words(three, 2).netdev.starts_with("stream,id=net2,server=off,addr.type=unix,addr.path="));
    CHECK(address_words(three) == "10.0.0.1/24 10.0.0.2/24 dhcp");
}

TEST_CASE("net: no two interfaces of a hub's machines have the same MAC address, and all are locally administered") {
    std::set<std::string> seen;
    for (const unsigned machine : {1u, 2u, 99u}) {
        auto two = interfaces_of({"--net", "hub:a", "--ip", "10.0.0.1/24", "--net", "hub:b", "--ip", "10.0.0.1/24"});
        for (std::size_t index = 0; index < two.size(); ++index) {
            two[index].machine_number = machine;
            const std::string device = net_words(two, index).device;
            const std::string mac = device.substr(device.find("mac=") + 4, 17);
            CHECK(mac.starts_with("52:")); // 0x52: bit 1 is set, bit 0 is not
            CHECK(seen.insert(mac).second);
        }
    }
    const auto given = interfaces_of({"--net", "user,mac=02:00:00:00:00:07"});
    CHECK(net_words(given, 0).device.find("mac=02:00:00:00:00:07,") != std::string::npos);
}

TEST_CASE("net: further properties go to the NIC, those of qemu: to the netdev, queues to both") {
    const auto three = interfaces_of({"--net", "tap:tap0,queues=2,packed=on", "--ip", "dhcp", "--net",
                                      "qemu:dgram,local.type=unix,local.path=/a,model=e1000e", "--ip", "dhcp", "--net",
                                      "user,restrict=on"});
    CHECK(net_words(three, 0).netdev == "tap,id=net0,ifname=tap0,script=no,downscript=no,queues=2");
    CHECK(net_words(three, 0).device.ends_with(",mq=on,vectors=6,packed=on"));
    CHECK(net_words(three, 1).netdev == "dgram,id=net1,local.type=unix,local.path=/a");
    CHECK(net_words(three, 1).device.starts_with("e1000e,"));
    CHECK(net_words(three, 2).netdev == "user,id=net2,restrict=on");
}

TEST_CASE("net: the manifest grants the functions in order and tells the addresses") {
    RunOptions options;
    options.program = "p";
    options.interfaces = interfaces_of({"--net", "user", "--net", "hub:a,model=e1000e", "--ip", "10.0.0.2/8,10.0.0.1"});
    const std::string manifest = write_manifest(options, "bin/p");
    CHECK(manifest.find("env EXO_IP=dhcp%2010.0.0.2/8,10.0.0.1\n") != std::string::npos);
    CHECK(manifest.find("function virtio:1\nfunction 8086:10d3\n") != std::string::npos);
    options.interfaces.clear();
    CHECK(write_manifest(options, "bin/p").find("EXO_IP") == std::string::npos);
}

TEST_CASE("net: refusals") {
    check_refused({"--net", "wire"}, "not 'wire'");
    check_refused({"--net", "hub:", "--ip", "dhcp"}, "a hub's name");
    check_refused({"--net", "hub:a/b", "--ip", "dhcp"}, "a hub's name");
    check_refused({"--net", "tap:much-too-long-a-name", "--ip", "dhcp"}, "host's interface");
    check_refused({"--net", "hub:a"}, "--ip A.B.C.D/PREFIX");
    check_refused({"--net", "user,model=ne2000"}, "not 'ne2000'");
    check_refused({"--net", "user,mac=01:00:00:00:00:00"}, "no MAC address");
    check_refused({"--net", "user,mac=02:00:00:00:00"}, "no MAC address");
    check_refused({"--net", "user,packed"}, "K=V");
    check_refused({"--net", "user,queues=2"}, "one queue pair");
    check_refused({"--net", "tap:tap0,queues=0", "--ip", "dhcp"}, "1 to 8");
    check_refused({"--net", "tap:tap0,queues=9", "--ip", "dhcp"}, "1 to 8");
    check_refused({"--net", "tap:tap0,queues=2,model=e1000e", "--ip", "dhcp"}, "several queues");
    check_refused({"--net", "user,hostfwd=8080-80"}, "hostfwd is");
    check_refused({"--net", "user,hostfwd=tcp::0-:80"}, "hostfwd is");
    check_refused({"--net", "hub:a,hostfwd=tcp::8080-:80", "--ip", "dhcp"}, "--net user");
    check_refused({"--ip", "dhcp"}, "there is none");
    check_refused({"--net", "user", "--ip", "dhcp", "--ip", "dhcp"}, "already");
    check_refused({"--net", "user", "--env", "EXO_IP=dhcp"}, "EXO_IP");
    check_refused({"--net", "hub:a", "--ip", "10.0.0.1/24", "--net", "hub:a", "--ip", "10.0.0.1/16"}, "same address");
    std::vector<std::string> many;
    for (std::size_t count = 0; count <= interfaces_max; ++count)
        many.insert(many.end(), {"--net", "user"});
    check_refused(many, "at most 8");
}

TEST_CASE("net: addresses") {
    for (const char* good : {"dhcp", "10.0.0.1/24", "10.0.0.1/24,10.0.0.254", "192.168.1.0/31", "1.2.3.4/32"}) {
        INFO(good);
        CHECK(parse_address(good).has_value());
    }
    for (const char* bad : {"",
                            "10.0.0.1",
                            "10.0.0/24",
                            "10.0.0.0.1/24",
                            "10.0.0.256/24",
                            "10.0.0.1/33",
                            "10.0.0.1/0",
                            "10.0.0.1/",
                            "10.0.0.1/24,",
                            "10.0.0.1/24,10.0.1.1",
                            "10.0.0.1/24,10.0.0.1",
                            "10.0.0.0/24",
                            "10.0.0.255/24",
                            "0.0.0.1/24",
                            "127.0.0.1/8",
                            "224.0.0.1/24",
                            "010.0.0.1/24",
                            "a.b.c.d/24",
                            "10.0.0.1 /24",
                            "10.0.0.-1/24"}) {
        INFO(bad);
        CHECK_FALSE(parse_address(bad).has_value());
    }
}
