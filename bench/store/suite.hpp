// The measurements both systems run over a Lane (lane.hpp), printed as ROW lines. Freestanding.
#pragma once

#include "bench/primitives/sampling.hpp"
#include "bench/store/lane.hpp"

namespace bench::store {

enum class Effort { measure, smoke };

// Commits that are measured, and appends of a whole run at most.
inline constexpr std::uint32_t commits_max = 512, warm_up = 8;
inline constexpr std::uint32_t appends_max = (commits_max + warm_up) * (1 + group);

template <class Lane>
class StoreSuite {
public:
    // `subject`: what the rows' names begin with, at most name_bytes_max octets with the rest.
    StoreSuite(Lane& lane, Effort effort, std::string_view subject) : lane_(lane), effort_(effort), subject_(subject) {}

    // False when an append failed.
    bool run() { return appends(1, "append_256_of_1") && appends(group, "append_256_of_32"); }

private:
    static constexpr std::size_t name_bytes_max = 64;
    // Cycles an append: the median over commits of `count` each.
    bool appends(std::uint32_t count, std::string_view name) {
        const std::uint32_t commits = effort_ == Effort::smoke ? 16 : commits_max;
        for (std::uint32_t turn = 0; turn < warm_up; ++turn)
            if (!lane_.append(count))
                return false;
        for (std::uint32_t commit = 0; commit < commits; ++commit) {
            const std::uint64_t begin = read_tsc();
            if (!lane_.append(count))
                return false;
            samples_[commit] = read_tsc() - begin;
        }
        std::sort(samples_, samples_ + commits, [](std::uint64_t a, std::uint64_t b) { return a < b; });
        char buffer[row_bytes_max], whole[name_bytes_max];
        const auto end = std::copy(name.begin(), name.end(), std::copy(subject_.begin(), subject_.end(), whole));
        lane_.print(format_row(buffer, {whole, static_cast<std::size_t>(end - whole)}, "cycles",
                               samples_[commits / 2] * 1000 / count));
        return true;
    }

    Lane& lane_;
    const Effort effort_;
    const std::string_view subject_;
    std::uint64_t samples_[commits_max] = {};
};

} // namespace bench::store
