// --disk: its words, QEMU's words for it, and what the host says of an image.
#include "tools/exo/disk_host.hpp"
#include "tools/exo/options.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace exo::tool;

namespace {

// A folder that is gone after the test.
struct Scratch {
    Scratch() {
        char pattern[] = "/tmp/exo-disk-test-XXXXXX";
        path = ::mkdtemp(pattern);
    }
    ~Scratch() { std::filesystem::remove_all(path); }
    std::string image(std::uint64_t bytes) const {
        std::ofstream(path + "/disk");
        std::filesystem::resize_file(path + "/disk", bytes);
        return path + "/disk";
    }
    std::string path;
};

DiskImage image_at(const std::string& path, std::optional<std::uint64_t> create_bytes = {}) {
    DiskImage disk;
    disk.path = path;
    disk.create_bytes = create_bytes;
    return disk;
}

std::string sentence(const Outcome<void>& outcome) {
    return outcome ? "" : outcome.error().sentence;
}

} // namespace

TEST_CASE("disk: an image with options") {
    const auto disk = parse_disk("a,,b.img,size=64M,logical_block_size=4096");
    REQUIRE(disk.has_value());
    CHECK(disk->path == "a,b.img");
    CHECK(disk->create_bytes == 64ull << 20);
    CHECK_FALSE(disk->read_only);
    const DiskWords words = disk_words(*disk, 2);
    CHECK(words.drive == "file=a,,b.img,format=raw,cache=writeback,discard=unmap,if=none,id=disk2");
    CHECK(words.device == "nvme,serial=exo-disk-2,drive=disk2,logical_block_size=4096");
    CHECK(parse_disk("x,ro")->read_only);
    CHECK(disk_words(*parse_disk("x,ro"), 0).drive.ends_with(",readonly=on"));
    CHECK(disk_words(*parse_disk("qemu:file=null-co://,format=raw"), 0).drive ==
          "file=null-co://,format=raw,if=none,id=disk0");
}

TEST_CASE("disk: a virtual function of a controller that has one") {
    const auto disk = parse_disk("x,virtual,logical_block_size=4096");
    REQUIRE(disk.has_value());
    const DiskWords words = disk_words(*disk, 3);
    CHECK(words.subsystem == "nvme-subsys,id=subsystem3,nqn=exo-disk-3");
    CHECK(words.device.starts_with("nvme,serial=exo-disk-3,id=nvme3,subsys=subsystem3,bus=pcie.0,sriov_max_vfs=1,"));
    CHECK(words.name_space == "nvme-ns,drive=disk3,bus=nvme3,nsid=1,shared=on,logical_block_size=4096");
    CHECK(disk_words(*parse_disk("x"), 0).subsystem.empty());
    CHECK_FALSE(parse_disk("x,virtual,shared").has_value());
}

TEST_CASE("disk: a drive in QEMU's words, whole or shared") {
    CHECK_FALSE(parse_disk("qemu:file=null-co://")->shared);
    const auto shared = parse_disk("qemu-shared:file=null-co://,throttling.iops-total=9");
    REQUIRE(shared.has_value());
    CHECK(shared->shared);
    CHECK(shared->extent_bytes == 0);
    CHECK(disk_words(*shared, 1).drive == "file=null-co://,throttling.iops-total=9,if=none,id=disk1");
}

TEST_CASE("disk: words that mean nothing are refused") {
    for (const char* words : {"", ",ro", "x,size=1", "x,size=what", "x,size=1025K,ro", "x,size=1M,ro", "x,something",
                              "x,=1", "qemu:", "qemu-shared:"})
        CHECK_MESSAGE(!parse_disk(words).has_value(), words);
}

TEST_CASE("disk: the host is asked before anything is made") {
    const Scratch scratch;
    const std::string path = scratch.path + "/new";
    CHECK(sentence(check_disk_host(image_at(path))).contains("does not exist"));
    const DiskImage wanted = image_at(path, 1ull << 20);
    CHECK(check_disk_host(wanted).has_value());
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(create_disk(wanted).has_value());
    CHECK(std::filesystem::file_size(path) == 1u << 20);
    std::ofstream(path, std::ios::in | std::ios::out) << "kept";
    REQUIRE(create_disk(image_at(path, 2ull << 20)).has_value());
    CHECK(std::filesystem::file_size(path) == 1u << 20);
    CHECK_FALSE(create_disk(image_at(scratch.path + "/no/such", 1ull << 20)).has_value());
}

TEST_CASE("disk: images that cannot be disks are told apart") {
    const Scratch scratch;
    CHECK(sentence(check_disk_host(image_at(scratch.path))).contains("no plain file"));
    CHECK(sentence(check_disk_host(image_at(scratch.image(4096)))).contains("512-byte blocks"));
    CHECK(sentence(check_disk_host(image_at(scratch.image((1 << 20) + 1)))).contains("512-byte blocks"));
    CHECK(check_disk_host(image_at(scratch.image(1 << 20))).has_value());
}

TEST_CASE("disk: an image that another process holds is not taken") {
    const Scratch scratch;
    const std::string path = scratch.image(1 << 20);
    const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_start = 100;
    lock.l_len = 1;
    REQUIRE(::fcntl(other, F_OFD_SETLK, &lock) == 0);
    CHECK(sentence(check_disk_host(image_at(path))).contains("in use"));
    ::close(other);
    CHECK(check_disk_host(image_at(path)).has_value());
}
