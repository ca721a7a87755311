// Blocks that know where they are: a file is written block by block in a random order, again and again, each block with
// its number, its generation and a pattern of both; every read must find the generation that was written last. Several
// threads share the file. usage: verify PATH BLOCKS BLOCK_BYTES WRITES
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr int threads = 4;
int file;
std::uint64_t blocks, block_bytes;
std::atomic<std::uint64_t> wrong{0}, reads{0}, writes{0};

void fill(std::vector<std::uint64_t>& words, std::uint64_t block, std::uint64_t generation) {
    std::uint64_t word = block << 24 ^ generation;
    for (std::uint64_t& each : words)
        each = word = word * 6364136223846793005ull + 1442695040888963407ull;
    words[0] = block;
    words[1] = generation;
}

void check(std::vector<std::uint64_t>& words, std::uint64_t block, std::uint64_t generation) {
    std::vector<std::uint64_t> expected(words.size());
    fill(expected, block, generation);
    const ssize_t got = ::pread(file, words.data(), block_bytes, static_cast<off_t>(block * block_bytes));
    reads++;
    if (got == static_cast<ssize_t>(block_bytes) && words == expected)
        return;
    if (wrong++ < 5)
        std::fprintf(stderr, "block %lu: not generation %lu, but block %lu, generation %lu, %zd octets\n", block,
                     generation, words[0], words[1], got);
}

// Every thread has blocks of its own, next to those of others.
void work(unsigned number, std::uint64_t count) {
    std::mt19937_64 random(number);
    std::vector<std::uint64_t> generations(blocks / threads), words(block_bytes / 8);
    const auto block_of = [&](std::uint64_t at) { return at * threads + number; };
    for (std::uint64_t i = 0; i < count; i++) {
        const std::uint64_t at = random() % generations.size();
        fill(words, block_of(at), ++generations[at]);
        if (::pwrite(file, words.data(), block_bytes, static_cast<off_t>(block_of(at) * block_bytes)) !=
            static_cast<ssize_t>(block_bytes)) {
            std::perror("pwrite");
            wrong++;
            return;
        }
        writes++;
        if (random() % 64 == 0 && ::fdatasync(file) != 0)
            wrong++;
        if (const std::uint64_t other = random() % generations.size(); generations[other])
            check(words, block_of(other), generations[other]);
    }
    for (std::uint64_t at = 0; at < generations.size(); at++)
        if (generations[at])
            check(words, block_of(at), generations[at]);
}

} // namespace

int main(int count, char** words) {
    if (count != 5)
        return 2;
    blocks = std::strtoull(words[2], nullptr, 10);
    block_bytes = std::strtoull(words[3], nullptr, 10);
    file = ::open(words[1], O_RDWR | O_CREAT, 0644);
    if (file < 0) {
        std::perror(words[1]);
        return 1;
    }
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; i++)
        workers.emplace_back(work, i, std::strtoull(words[4], nullptr, 10) / threads);
    for (std::thread& worker : workers)
        worker.join();
    std::printf("%lu blocks written, %lu read, %lu wrong\n", writes.load(), reads.load(), wrong.load());
    return wrong != 0 || ::close(file) != 0;
}
