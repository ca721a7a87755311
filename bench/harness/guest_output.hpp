// Reads what a guest's program printed: "ROW name unit value" lines among others.
// Serial consoles add carriage returns and kernels add lines of their own; both are
// passed over. See definition.hpp for the rows a bench expects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct GuestRow {
    std::string name;
    std::string unit;
    double value = 0;
};

// Every well-formed row, in order. A line that starts with "ROW " and is malformed
// (a field missing or left over, a value that is no finite number) is passed over,
// so that the harness reports its row as missing rather than as something else.
std::vector<GuestRow> parse_rows(std::string_view output);

// One bucket of a row's histogram: "HIST name low count".
struct GuestBucket {
    std::string name;
    std::uint64_t low = 0, count = 0;
};

// As parse_rows, for buckets.
std::vector<GuestBucket> parse_buckets(std::string_view output);

// What follows "NOTE " at the beginning of a line.
std::vector<std::string> parse_notes(std::string_view output);

// The last lines of an output, for an error message.
std::string last_lines(std::string_view output, std::size_t count);

} // namespace bench
