// A block device as Linux has them: octets anywhere, the end of it, O_DIRECT, ioctl, fallocate; and blocks that are
// there after fsync. usage: blocks DEVICE check | DEVICE check-read-only | DEVICE write SEED | DEVICE verify SEED
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <random>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t model_bytes = 1 << 20;
constexpr int operations = 3000;
int wrong = 0;

void expect(bool holds, const char* what) {
    if (holds)
        return;
    wrong++;
    std::fprintf(stderr, "blocks: not so: %s (%s)\n", what, std::strerror(errno));
}
void expect_error(long result, int error, const char* what) {
    const int found = errno;
    expect(result < 0 && found == error, what);
}

off_t size_of(int device) {
    std::uint64_t bytes = 0;
    unsigned long sectors = 0;
    struct stat about = {};
    expect(::fstat(device, &about) == 0 && S_ISBLK(about.st_mode) && about.st_size == 0, "it is a block device");
    expect(::ioctl(device, BLKGETSIZE64, &bytes) == 0, "BLKGETSIZE64");
    expect(::ioctl(device, BLKGETSIZE, &sectors) == 0 && sectors == bytes / 512, "BLKGETSIZE");
    expect(::lseek(device, 0, SEEK_END) == static_cast<off_t>(bytes), "SEEK_END is its end");
    return static_cast<off_t>(bytes);
}

// Random transfers of any octets against a copy of what should be there.
void check_octets(int device, std::mt19937_64& random) {
    std::vector<char> model(model_bytes), buffer(model_bytes);
    expect(::pwrite(device, model.data(), model_bytes, 0) == static_cast<ssize_t>(model_bytes), "zeroes are written");
    for (int i = 0; i < operations; i++) {
        std::size_t at = random() % model_bytes, bytes = random() % (random() % 16 == 0 ? 200'000 : 6000);
        if (random() % 2)
            at &= ~std::size_t{4095}, bytes = (bytes + 4095) & ~std::size_t{4095};
        bytes = std::min(bytes, model_bytes - at);
        if (random() % 2) {
            std::generate_n(buffer.begin(), bytes, [&] { return static_cast<char>(random()); });
            std::copy_n(buffer.begin(), bytes, model.begin() + static_cast<long>(at));
            expect(::pwrite(device, buffer.data(), bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(bytes),
                   "octets are written");
        } else {
            expect(::pread(device, buffer.data(), bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(bytes) &&
                       std::equal(buffer.begin(), buffer.begin() + static_cast<long>(bytes),
                                  model.begin() + static_cast<long>(at)),
                   "octets are as they were written");
        }
    }
    expect(::fsync(device) == 0 && ::fdatasync(device) == 0, "fsync");
    expect(::pread(device, buffer.data(), model_bytes, 0) == static_cast<ssize_t>(model_bytes) && buffer == model,
           "all octets are as they were written");
}

void check_end(int device, off_t end) {
    char octets[1024] = {}, found[1024];
    for (char& octet : octets)
        octet = 'e';
    expect(::pread(device, found, sizeof found, end) == 0, "nothing is read at the end");
    expect(::pread(device, found, sizeof found, end + 4096) == 0, "nothing is read behind the end");
    expect(::pwrite(device, octets, sizeof octets, end - 300) == 300, "what fits before the end is written");
    expect(::pread(device, found, sizeof found, end - 300) == 300 && std::memcmp(found, octets, 300) == 0,
           "what is before the end is read");
    expect_error(::pwrite(device, octets, sizeof octets, end), ENOSPC, "no room at the end");
    expect(::pwrite(device, octets, 0, end) == 0, "nothing can be written at the end");
    expect(::lseek(device, end, SEEK_SET) == end, "the end is an offset");
    expect_error(::lseek(device, end + 1, SEEK_SET), EINVAL, "behind it is none");
    expect_error(::lseek(device, 1, SEEK_END), EINVAL, "behind it is none, from the end");
    expect_error(::lseek(device, -1, SEEK_SET), EINVAL, "nor before the beginning");
    expect_error(::lseek(device, 0, SEEK_DATA), EINVAL, "no SEEK_DATA");
    expect(::lseek(device, 10, SEEK_SET) == 10 && ::write(device, octets, 20) == 20 &&
               ::lseek(device, 0, SEEK_CUR) == 30,
           "the offset moves");
    expect_error(::ftruncate(device, 4096), EINVAL, "its size cannot be changed");
    int number = 0;
    expect_error(::ioctl(device, FIONREAD, &number), ENOTTY, "no FIONREAD");
    expect_error(::ioctl(device, 0x5401 /* TCGETS */, octets), ENOTTY, "no terminal");
}

void check_direct(const char* path, unsigned block) {
    const int device = ::open(path, O_RDWR | O_DIRECT);
    expect(device >= 0, "it is opened with O_DIRECT");
    void* memory = nullptr;
    expect(::posix_memalign(&memory, 4096, 16384) == 0, "memory");
    auto* const octets = static_cast<char*>(memory);
    std::memset(octets, 'd', 16384);
    expect(::pwrite(device, octets, 8192, 8192) == 8192, "O_DIRECT: whole blocks are written");
    expect_error(::pwrite(device, octets, 8192, 8192 + block / 2), EINVAL, "O_DIRECT: half a block's offset");
    expect_error(::pwrite(device, octets, block / 2, 8192), EINVAL, "O_DIRECT: half a block");
    expect_error(::pread(device, octets, block + 1, 8192), EINVAL, "O_DIRECT: an octet more than a block");
    expect_error(::pread(device, octets + 1, 4096, 8192), EINVAL, "O_DIRECT: memory at an odd address");
    std::memset(octets, 0, 16384);
    expect(::pread(device, octets, 8192, 8192) == 8192 && octets[0] == 'd' && octets[8191] == 'd',
           "O_DIRECT: whole blocks are read");
    ::close(device);
    std::free(memory);
}

void check_ranges(int device, off_t end, unsigned block) {
    std::vector<char> octets(16384, 'r'), found(16384);
    const auto is = [&](off_t at, char expected) {
        return ::pread(device, found.data(), 4096, at) == 4096 &&
               std::all_of(found.begin(), found.begin() + 4096, [&](char octet) { return octet == expected; });
    };
    expect(::pwrite(device, octets.data(), 16384, 65536) == 16384, "four pages are written");
    expect(::fallocate(device, FALLOC_FL_ZERO_RANGE, 65536, 4096) == 0 && is(65536, 0) && is(65536 + 4096, 'r'),
           "FALLOC_FL_ZERO_RANGE");
    expect(::fallocate(device, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 65536 + 8192, 4096) == 0 &&
               is(65536 + 8192, 0) && is(65536 + 4096, 'r') && is(65536 + 12288, 'r'),
           "FALLOC_FL_PUNCH_HOLE");
    std::uint64_t range[2] = {65536 + 4096, 4096};
    expect(::ioctl(device, BLKZEROOUT, range) == 0 && is(65536 + 4096, 0) && is(65536 + 12288, 'r'), "BLKZEROOUT");
    range[0] = 65536 + 12288;
    expect(::ioctl(device, BLKDISCARD, range) == 0 || errno == EOPNOTSUPP, "BLKDISCARD");
    range[1] = block / 2;
    expect_error(::ioctl(device, BLKZEROOUT, range), EINVAL, "BLKZEROOUT of half a block");
    expect_error(::fallocate(device, 0, 0, 4096), EOPNOTSUPP, "no fallocate without a mode");
    expect_error(::fallocate(device, FALLOC_FL_ZERO_RANGE, block / 2, 4096), EINVAL, "no zeroes from half a block on");
    expect_error(::fallocate(device, FALLOC_FL_ZERO_RANGE, end - 4096, 8192), EINVAL, "no zeroes behind the end");
    expect(::fallocate(device, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, end - 4096, 8192) == 0 && is(end - 4096, 0),
           "but up to the end");
}

int check(const char* path) {
    const int device = ::open(path, O_RDWR);
    if (device < 0) {
        std::perror(path);
        return 1;
    }
    int block = 0, read_only = -1;
    expect(::ioctl(device, BLKSSZGET, &block) == 0 && (block == 512 || block == 4096), "BLKSSZGET");
    expect(::ioctl(device, BLKROGET, &read_only) == 0 && read_only == 0, "BLKROGET");
    const off_t end = size_of(device);
    std::mt19937_64 random(7);
    check_octets(device, random);
    check_end(device, end);
    check_direct(path, static_cast<unsigned>(block));
    check_ranges(device, end, static_cast<unsigned>(block));
    char octet = 0;
    const int reader = ::open(path, O_RDONLY);
    expect_error(::pwrite(reader, &octet, 1, 0), EBADF, "one that was opened for reading is not written to");
    expect_error(::open("/data", O_RDONLY | O_DIRECTORY), EIO, "it is no file system meanwhile");
    std::printf("%d octets a block, %ld octets, %d wrong\n", block, static_cast<long>(end), wrong);
    return wrong != 0;
}

int check_read_only(const char* path) {
    const int device = ::open(path, O_RDWR);
    char octets[4096] = {};
    int read_only = 0;
    expect(::ioctl(device, BLKROGET, &read_only) == 0 && read_only == 1, "BLKROGET");
    expect(::pread(device, octets, sizeof octets, 0) == sizeof octets, "it is read");
    expect_error(::pwrite(device, octets, sizeof octets, 0), EPERM, "it is not written to");
    expect(::fsync(device) == 0, "fsync");
    expect_error(::open("/dev/exo/extent1", O_RDONLY), ENOENT, "there is no second one");
    return wrong != 0;
}

// Each page of the device has its number and the seed.
int carry(const char* path, std::uint64_t seed, bool writes) {
    const int device = ::open(path, writes ? O_WRONLY : O_RDONLY);
    const off_t end = ::lseek(device, 0, SEEK_END);
    expect(device >= 0 && end > 0, "it is opened");
    std::vector<std::uint64_t> page(512), found(512);
    long pages = 0;
    for (off_t at = 0; at + 4096 <= end && wrong == 0; at += 4096, pages++) {
        std::uint64_t word = static_cast<std::uint64_t>(at) + seed;
        for (std::uint64_t& each : page)
            each = word = word * 6364136223846793005ull + 1442695040888963407ull;
        if (writes)
            expect(::pwrite(device, page.data(), 4096, at) == 4096, "a page is written");
        else
            expect(::pread(device, found.data(), 4096, at) == 4096 && found == page, "a page is as it was written");
    }
    if (writes)
        expect(::fsync(device) == 0, "fsync");
    std::printf("%ld pages\n", pages);
    std::fflush(stdout);
    if (writes)
        ::pause(); // until the machine is killed
    return wrong != 0;
}

} // namespace

int main(int count, char** words) {
    if (count == 3 && std::strcmp(words[2], "check") == 0)
        return check(words[1]);
    if (count == 3 && std::strcmp(words[2], "check-read-only") == 0)
        return check_read_only(words[1]);
    if (count == 4)
        return carry(words[1], std::strtoull(words[3], nullptr, 10), std::strcmp(words[2], "write") == 0);
    return 2;
}
