// The measurements both systems run over a Lane (lane.hpp), printed as ROW and HIST lines. Freestanding.
#pragma once

#include "bench/disk/lane.hpp"
#include "bench/network/histogram.hpp"
#include "bench/primitives/sampling.hpp"

namespace bench::disk {

enum class Effort { measure, smoke };
enum class Clock { wall, instructions }; // what the time-stamp counter counts

// What the words of a command line ask for.
struct Request {
    std::string_view subject = {}; // what the rows' names begin with
    Effort effort = Effort::measure;
    Clock clock = Clock::wall;

    // False when the word is none of these.
    bool take(std::string_view word) {
        if (word == "--smoke")
            effort = Effort::smoke;
        else if (word == "--count")
            clock = Clock::instructions;
        else
            return false;
        return true;
    }
};

template <class Lane>
class DiskSuite {
public:
    DiskSuite(Lane& lane, const Request& request) : lane_(lane), request_(request) {}

    // False when a transfer failed, or did not end.
    bool run() { return request_.clock == Clock::instructions ? count() : time(); }

private:
    static constexpr std::uint32_t samples_max = 4096;
    static constexpr std::uint32_t rounds_max = 51;
    static constexpr std::uint32_t batches = 9;
    static constexpr std::uint64_t patience_cycles = 100'000'000'000; // some tens of seconds
    static constexpr std::uint64_t batch_cycles_max = 250'000'000;    // slow systems do less
    static constexpr std::uint64_t passed_instructions = 400'000;     // while the disk works and its interrupt is taken
    static constexpr std::uint32_t passes_max = 100;
    static constexpr std::uint32_t sequential_depth = 8;
    static constexpr bool blocks = Lane::depth_most == 1;

    bool time() {
        return warm_up() && latency() && (blocks || rate()) && sequence("read_128k_kib", Direction::read) &&
               sequence("write_128k_kib", Direction::write);
    }
    bool count() {
        return warm_up() && count_transfers(1, page, Direction::read, "read_4k") &&
               (blocks || count_transfers(depth_max, page, Direction::read, "read_4k_of_32")) &&
               count_transfers(1, piece_max, Direction::read, "read_128k") &&
               count_transfers(1, piece_max, Direction::write, "write_128k");
    }

    // In an order that is no order: a prime.
    Transfer somewhere(std::uint32_t bytes, Direction direction = Direction::read) {
        const std::uint64_t count = disk_bytes / bytes;
        position_ = (position_ + 104'729) % count;
        return {position_ * bytes, bytes, direction};
    }

    bool warm_up() {
        for (std::uint32_t turn = 0; turn < 64; ++turn) {
            lane_.give(turn % Lane::depth_most, somewhere(page));
            if (!one())
                return false;
        }
        return true;
    }

    // Hands over what was given, and polls until it has ended.
    bool one() {
        lane_.ring();
        const std::uint64_t deadline = read_tsc() + patience_cycles;
        for (;;) {
            if (const int ended = lane_.take(slots_); ended != 0)
                return ended == 1;
            if (read_tsc() > deadline)
                return false;
        }
    }

    bool latency() {
        const std::uint32_t count = request_.effort == Effort::smoke ? 64 : samples_max;
        network::Histogram histogram;
        const std::uint64_t entries = kernel_entries();
        for (std::uint32_t sample = 0; sample < count; ++sample) {
            const Transfer transfer = somewhere(page);
            const std::uint64_t begin = read_tsc();
            lane_.give(0, transfer);
            if (!one())
                return false;
            samples_[sample] = read_tsc() - begin;
            histogram.add(samples_[sample]);
        }
        if constexpr (counts_entries)
            row("read_kernel_entries", (kernel_entries() - entries) * 1000, "count");
        sort(count);
        row("read_4k_latency", samples_[count / 2] * 1000);
        row("read_4k_latency_p99", samples_[count - 1 - count / 100] * 1000);
        char name[name_bytes_max];
        histogram.print(name_of(name, "read_4k_latency"), [this](std::string_view line) { lane_.print(line); });
        return true;
    }

    // Keeps `depth` transfers under way; gives the cycles of one in thousandths, 0 when one failed.
    template <typename Next>
    std::uint64_t stream(std::uint32_t depth, std::uint64_t wanted, Next&& next) {
        const std::uint64_t begin = read_tsc();
        std::uint64_t given = 0, ended = 0;
        for (std::uint32_t slot = 0; slot < depth; ++slot, ++given)
            lane_.give(slot, next());
        lane_.ring();
        bool more = true;
        while (ended < given) {
            const int now = lane_.take(slots_);
            const std::uint64_t spent = read_tsc() - begin;
            if (now < 0 || spent > patience_cycles)
                return 0;
            ended += static_cast<std::uint64_t>(now);
            more = more && given < wanted && spent < batch_cycles_max;
            if (!more || now == 0)
                continue;
            for (int index = 0; index < now; ++index, ++given)
                lane_.give(slots_[index], next());
            lane_.ring();
        }
        return (read_tsc() - begin) * 1000 / ended;
    }
    // The median of some batches, the first of which goes unmeasured.
    template <typename Next>
    bool streams(std::string_view name, std::uint32_t depth, std::uint64_t wanted, std::uint64_t divisor, Next&& next) {
        for (std::uint32_t batch = 0; batch <= batches; ++batch) {
            const std::uint64_t cycles = stream(depth, wanted, next);
            if (cycles == 0)
                return false;
            if (batch > 0)
                samples_[batch - 1] = cycles / divisor;
        }
        sort(batches);
        row(name, samples_[batches / 2]);
        return true;
    }
    bool rate() {
        const std::uint64_t wanted = request_.effort == Effort::smoke ? 256 : 10'000;
        return streams("read_4k_at_32", depth_max, wanted, 1, [this] { return somewhere(page); });
    }
    bool sequence(std::string_view name, Direction direction) {
        const std::uint64_t wanted = request_.effort == Effort::smoke ? 64 : 1'000;
        std::uint64_t at = 0;
        const std::uint32_t depth = blocks ? 1 : sequential_depth;
        return streams(name, depth, wanted, piece_max / 1024, [&at, direction] {
            at = (at + piece_max) % disk_bytes;
            return Transfer{at, piece_max, direction};
        });
    }

    // What `depth` transfers cost: to give, to handle whatever interrupts, and to take; without what only waits.
    bool count_transfers(std::uint32_t depth, std::uint32_t bytes, Direction direction, std::string_view name) {
        const std::uint32_t rounds = request_.effort == Effort::smoke ? 9 : rounds_max;
        for (std::uint32_t round = 0; round < rounds; ++round) {
            const std::uint64_t waited = instructions_that_waited();
            const std::uint64_t begin = read_tsc();
            for (std::uint32_t slot = 0; slot < depth; ++slot)
                lane_.give(slot, somewhere(bytes, direction));
            lane_.ring();
            std::uint64_t passed = 0;
            std::uint32_t ended = 0;
            for (std::uint32_t tries = 0; ended < depth; ++tries) {
                if (tries == passes_max)
                    return false;
                if (!blocks) {
                    pass_instructions(passed_instructions);
                    passed += passed_instructions;
                }
                const int now = lane_.take(slots_);
                if (now < 0)
                    return false;
                ended += static_cast<std::uint32_t>(now);
            }
            const std::uint64_t spent = read_tsc() - begin;
            passed += instructions_that_waited() - waited;
            samples_[round] = (spent - passed) * 1000 / depth;
        }
        sort(rounds);
        row(name, samples_[rounds / 2], "instructions");
        return true;
    }

    static constexpr bool counts_entries = requires(Lane& lane) { lane.kernel_entries(); };
    std::uint64_t kernel_entries() {
        if constexpr (counts_entries)
            return lane_.kernel_entries();
        return 0;
    }
    std::uint64_t instructions_that_waited() {
        if constexpr (requires(Lane& lane) { lane.passed_instructions(); })
            return lane_.passed_instructions();
        return 0;
    }

    void sort(std::uint32_t count) {
        std::sort(samples_, samples_ + count, [](std::uint64_t a, std::uint64_t b) { return a < b; });
    }

    static constexpr std::size_t name_bytes_max = 64;
    std::string_view name_of(std::span<char, name_bytes_max> into, std::string_view rest) const {
        const auto end = std::copy(rest.begin(), rest.end(),
                                   std::copy(request_.subject.begin(), request_.subject.end(), into.begin()));
        return {into.data(), static_cast<std::size_t>(end - into.begin())};
    }
    void row(std::string_view rest, std::uint64_t thousandths, std::string_view unit = "cycles") {
        char name[name_bytes_max], buffer[row_bytes_max];
        lane_.print(format_row(buffer, name_of(name, rest), unit, thousandths));
    }

    Lane& lane_;
    const Request request_;
    std::uint64_t position_ = 0;
    std::uint32_t slots_[depth_max] = {};
    std::uint64_t samples_[samples_max] = {};
};

} // namespace bench::disk
