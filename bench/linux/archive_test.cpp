// The initramfs writer and the bzImage reader, on made-up images.
#include "bench/linux/bzimage.hpp"
#include "bench/linux/cpio.hpp"
#include "bench/linux/guest_command.hpp"
#include "bench/linux/host_program.hpp"
#include "bench/linux/peer_modules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace bench::linux_peer;

namespace {

// A bzImage of one setup sector whose payload of `length` bytes starts `start` bytes behind it.
std::vector<std::uint8_t> bzimage(std::uint8_t start, std::uint8_t length) {
    std::vector<std::uint8_t> image(1024 + 64);
    image[0x1f1] = 1;
    std::ranges::copy(std::string_view("HdrS"), image.begin() + 0x202);
    image[0x206] = 0x0f, image[0x207] = 0x02;
    image[0x248] = start, image[0x24c] = length;
    const std::uint8_t xz[] = {0xfd, 0x37, 0x7a, 0x58};
    std::ranges::copy(xz, image.begin() + 1024 + start);
    return image;
}

bool has_pair(const std::vector<std::string>& words, std::string_view option, std::string_view value) {
    const auto found = std::ranges::find(words, option);
    return found != words.end() && found + 1 != words.end() && *(found + 1) == value;
}

} // namespace

TEST_CASE("the payload is where the setup header says, and its format is recognised") {
    const auto image = bzimage(8, 20);
    const auto kernel = find_payload(image);
    REQUIRE(kernel);
    CHECK(kernel->decompressor == "xz");
    CHECK(kernel->payload.size() == 20);
    CHECK(kernel->payload.data() == image.data() + 1024 + 8);
}

TEST_CASE("an image that lies about itself is refused") {
    CHECK_FALSE(find_payload({}));
    CHECK_FALSE(find_payload(bzimage(8, 60))); // past the end
    CHECK_FALSE(find_payload(bzimage(8, 0)));
    auto image = bzimage(8, 20);
    image[0x202] = 'x';
    CHECK_FALSE(find_payload(image));
    image = bzimage(8, 20);
    image[0x207] = 1;
    CHECK_FALSE(find_payload(image));
    image = bzimage(8, 20);
    image[1024 + 8] = 0;
    CHECK_FALSE(find_payload(image));
    image = bzimage(8, 20);
    image[0x24b] = 0xff; // payload start beyond 4 GiB less a little
    CHECK_FALSE(find_payload(image));
}

TEST_CASE("an archive member is header, name, content, each padded to four bytes") {
    CpioWriter writer;
    const std::uint8_t content[] = {'h', 'i', '\n'};
    writer.add_file("init", content, true);
    const std::string archive = writer.finish();
    CHECK(archive.size() % 4 == 0);
    CHECK(archive.substr(0, 6) == "070701");
    CHECK(archive.substr(14, 8) == "000081ed"); // a regular file, rwxr-xr-x
    CHECK(archive.substr(54, 8) == "00000003"); // its size
    CHECK(archive.substr(94, 8) == "00000005"); // its name's, with the NUL
    CHECK(archive.substr(110, 6) == std::string("init\0\0", 6));
    CHECK(archive.substr(116, 4) == std::string("hi\n\0", 4));
    CHECK(archive.find("TRAILER!!!") == 120 + 110);
}

TEST_CASE("a console node carries its device numbers") {
    CpioWriter writer;
    writer.add_character_device("dev/console", 5, 1);
    const std::string archive = writer.finish();
    CHECK(archive.substr(14, 8) == "00002180");
    CHECK(archive.substr(78, 8) == "00000005");
    CHECK(archive.substr(86, 8) == "00000001");
}

TEST_CASE("tuned and stock guests differ in CPU model and kernel options only") {
    GuestOptions options{.kernel = "k", .initramfs = "i", .arguments = {"/bench", "--smoke"}};
    const auto tuned = guest_command(options);
    options.tuning = Tuning::stock;
    const auto stock = guest_command(options);
    CHECK(has_pair(tuned, "-cpu", "max,-pku,-la57,-erms"));
    CHECK(has_pair(stock, "-cpu", "max"));
    CHECK(has_pair(stock, "-append", "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init -- /bench --smoke"));
    REQUIRE(tuned.size() == stock.size());
    std::size_t differences = 0;
    for (std::size_t i = 0; i < tuned.size(); ++i)
        differences += tuned[i] != stock[i] ? 1 : 0;
    CHECK(differences == 2);
}

TEST_CASE("counting instructions means one core, one thread and icount") {
    const GuestOptions options{.accelerator = Accelerator::kvm,
                               .clock = Clock::instructions,
                               .isolated_core = true,
                               .kernel = "k",
                               .initramfs = "i",
                               .arguments = {}};
    const auto command = guest_command(options);
    CHECK(has_pair(command, "-smp", "1"));
    CHECK(has_pair(command, "-accel", "tcg,thread=single"));
    CHECK(has_pair(command, "-icount", "shift=0,sleep=off"));
}

TEST_CASE("a module names what it depends on, and a kernel its version") {
    const auto bytes = [](std::string_view text) { return std::vector<std::uint8_t>(text.begin(), text.end()); };
    using namespace std::string_view_literals;
    CHECK(module_dependencies(bytes("\0license=GPL\0depends=virtio_ring,net-failover\0name=x\0"sv)) ==
          std::vector<std::string>{"virtio_ring", "net_failover"});
    CHECK(module_dependencies(bytes("\0depends=\0name=x\0"sv)).empty());
    CHECK(module_dependencies(bytes("\0depends=a"sv)) == std::vector<std::string>{"a"});
    CHECK(module_dependencies(bytes("no section of that kind"sv)).empty());
    CHECK(kernel_version("...Linux version %s (\nLinux version 6.1.0-26-amd64 (debian") == "6.1.0-26-amd64");
    CHECK(kernel_version("nothing").empty());
}

TEST_CASE("NICs, kernel options and the program's arguments reach a guest's command line") {
    const GuestOptions options{.kernel = "k",
                               .initramfs = "i",
                               .arguments = {"/bench"},
                               .machine_words = {"-device", "vmxnet3"},
                               .kernel_options = "hugepages=8"};
    const auto command = guest_command(options);
    CHECK(std::ranges::contains(command, "vmxnet3"));
    CHECK(has_pair(command, "-append",
                   "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init mitigations=off tsc=reliable hugepages=8 "
                   "-- /bench"));
}

TEST_CASE("what a program is linked with is what the loader found") {
    CHECK(linked_paths("\tlinux-vdso.so.1 (0x1)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x2)\n\t/lib64/ld.so.2 (0x3)\n") ==
          std::vector<std::filesystem::path>{"/lib/x/libm.so.6", "/lib64/ld.so.2"});
    CHECK(linked_paths("\tstatically linked\n").empty());
}

TEST_CASE("a program of the host's is at its own path in the guest, and one that is missing is named") {
    const auto files = host_program_files("/bin/sh");
    REQUIRE(files);
    CHECK(files->front().path == "bin/sh");
    CHECK(files->size() > 1);
    const auto none = host_program_files("/usr/bin/no-such-server");
    REQUIRE_FALSE(none);
    CHECK(none.error() == "/usr/bin/no-such-server is not installed: ./exo setup installs it");
}
