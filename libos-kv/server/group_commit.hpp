// When a commit that replies wait for is begun. Clients whose replies a commit released ask again soon: a commit that
// is begun for the first of them makes the others wait for the one after it, so that each round of requests takes two.
// Waiting for them is worth while as long as it is shorter than a commit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::kv {

class GroupCommit {
public:
    void began(std::uint64_t now_us) { began_us_ = now_us; }
    // A commit released so many, and so many asked for the next one meanwhile.
    void ended(std::uint64_t now_us, std::size_t released, std::size_t waiting) {
        const std::uint64_t took_us = now_us - began_us_;
        commit_us_ = commit_us_ ? (3 * commit_us_ + took_us) / 4 : took_us;
        ended_us_ = now_us;
        expected_ = released + waiting;
    }
    // Whether a commit is to begin, now that so many wait for one.
    bool is_due(std::uint64_t now_us, std::size_t waiting) {
        if (waiting >= expected_) {
            in_vain_ = 0;
            return true;
        }
        if (now_us - ended_us_ < patience_us())
            return false;
        if (in_vain_ < in_vain_max)
            in_vain_++;
        return true;
    }
    // Of who waits for others: as long as a commit takes, and half of it each time that not all of them came.
    std::uint64_t patience_us() const { return commit_us_ >> in_vain_; }

private:
    static constexpr unsigned in_vain_max = 4;

    std::uint64_t began_us_ = 0, ended_us_ = 0;
    std::uint64_t commit_us_ = 0; // a moving average
    std::size_t expected_ = 0;
    unsigned in_vain_ = 0;
};

} // namespace exo::kv
