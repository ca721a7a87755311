// Requests of RESP as they arrive: arrays of bulk strings, or inline lines as a person types them
// (https://redis.io/docs/reference/protocol-spec, "Sending commands"). Incremental: what was read is not read again.
#pragma once

#include "libos-kv/memory/array.hpp"

#include <string_view>

namespace exo::kv {

inline constexpr std::size_t inline_octets_max = 64 * 1024;       // of a line: inline, or a count
inline constexpr std::int64_t bulk_octets_max = 512ll << 20;      // proto-max-bulk-len
inline constexpr std::int64_t arguments_max = 0x7fffffff;         // of one request
inline constexpr std::int64_t unauthenticated_arguments_max = 10; // so that strangers cannot make it hold much
inline constexpr std::int64_t unauthenticated_bulk_max = 16384;

using Arguments = Array<std::string_view>;

class RequestParser {
public:
    enum class Outcome : std::uint8_t {
        Incomplete,
        Request, // arguments() are those of one request, possibly none; they lie in the input
        Broken,  // problem() says why; nothing behind it can be understood
    };

    // `input`: everything received from the first octet on that consumed() does not count. Its beginning may have moved
    // since the last call. After Request, call `next` before anything else.
    Outcome parse(std::string_view input, bool authenticated) {
        const bool may_be_whole = remaining_ < 0 && authenticated && !input.empty() && input.front() == '*';
        return may_be_whole && parse_whole(input) ? Outcome::Request : parse_some(input, authenticated);
    }
    // The request that was parsed is done with. Says how many octets of the input it was.
    std::size_t next() {
        arguments_.clear();
        remaining_ = bulk_ = -1;
        return std::exchange(at_, 0);
    }

    const Arguments& arguments() const { return arguments_; }
    // Octets of the input that are the request.
    std::size_t octets() const { return at_; }
    // The sentence behind "Protocol error: ".
    std::string_view problem() const { return {problem_, problem_size_}; }
    // How long the input must at least be for the argument that is being received; 0: not known. For making room at
    // once.
    std::size_t wanted_octets() const { return bulk_ >= 0 ? at_ + static_cast<std::size_t>(bulk_) + 2 : 0; }
    // The largest argument that is taken, in octets; `bulk_max_least` at least.
    void set_bulk_max(std::int64_t octets) { bulk_max_ = octets < bulk_max_least ? bulk_max_least : octets; }
    static constexpr std::int64_t bulk_max_least = 99; // which has two digits

private:
    // Where an argument lies, from the beginning of the request.
    struct Place {
        std::size_t at, size;
    };

    Outcome broken(std::string_view problem);
    // Of so many arguments at most.
    static constexpr std::size_t whole_arguments_max = 16;
    static constexpr std::size_t line_end_octets = 2;
    static constexpr std::size_t argument_octets_min = 6; // "$0" and two line ends; a request has one
    bool parse_whole(std::string_view input);
    bool parse_whole_slowly(std::string_view input);
    bool take_whole(std::size_t count, std::size_t octets);
    Outcome parse_some(std::string_view input, bool authenticated);
    Outcome parse_inline(std::string_view input);
    Outcome parse_count(std::string_view input, bool authenticated);
    Outcome parse_length(std::string_view input, bool authenticated); // of an argument
    Outcome parse_bulk(std::string_view input, bool authenticated);
    bool split_line(std::string_view line, std::size_t at);

    std::size_t at_ = 0;          // of what was understood
    std::int64_t remaining_ = -1; // arguments still to come; -1: the count is
    std::int64_t bulk_ = -1;      // octets of the argument that is being received; -1: its length is
    std::int64_t bulk_max_ = bulk_octets_max;
    Array<Place> places_;
    Arguments arguments_;
    Text unquoted_; // arguments of an inline request that were quoted
    char problem_[64] = {};
    std::size_t problem_size_ = 0;
};

} // namespace exo::kv
