// A sparse matrix as a file gives it: a list of entries in file order, before
// anything is mirrored, summed or sorted. The readers produce it and csr.cpp
// consumes it; the solver never sees it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace cg {

// Column numbers are kept in 32 bits.
inline constexpr std::int64_t unknowns_max = std::numeric_limits<std::int32_t>::max();

enum class Stored { both_triangles, one_triangle };

struct MatrixEntry {
    std::int32_t row; // counted from 0
    std::int32_t column;
    double value;
};

struct MatrixEntries {
    std::string name;
    std::string format;
    std::int64_t unknowns = 0;
    Stored stored = Stored::both_triangles;
    std::vector<MatrixEntry> entries;
};

} // namespace cg
