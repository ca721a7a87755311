// From a list of entries to checked compressed rows, in linear time: two stable
// counting sorts (by column, then by row) order the entries, so that equal places
// meet in file order and always add up the same way.
#include "examples/cg/csr.hpp"

#include "examples/cg/input_error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace cg {

namespace {

std::vector<MatrixEntry> with_mirrored(const MatrixEntries& matrix) {
    std::vector<MatrixEntry> all = matrix.entries;
    if (matrix.stored == Stored::one_triangle) {
        all.reserve(2 * matrix.entries.size());
        for (const MatrixEntry& entry : matrix.entries) {
            if (entry.row != entry.column) {
                all.push_back({entry.column, entry.row, entry.value});
            }
        }
    }
    return all;
}

template <auto Key>
std::vector<MatrixEntry> sorted_by(const std::vector<MatrixEntry>& entries, std::int64_t unknowns) {
    std::vector<std::int64_t> next(unknowns + 1, 0);
    for (const MatrixEntry& entry : entries) {
        ++next[entry.*Key + 1];
    }
    for (std::int64_t i = 0; i < unknowns; ++i) {
        next[i + 1] += next[i];
    }
    std::vector<MatrixEntry> sorted(entries.size());
    for (const MatrixEntry& entry : entries) {
        sorted[next[entry.*Key]++] = entry;
    }
    return sorted;
}

std::string place(std::int64_t row, std::int64_t column) {
    return "row " + std::to_string(row) + ", column " + std::to_string(column) + " (counted from 0)";
}

} // namespace

CsrMatrix CsrMatrix::from_entries(const MatrixEntries& matrix) {
    // Checked before anything of that size is allocated: each row needs its diagonal entry.
    if (matrix.unknowns > static_cast<std::int64_t>(matrix.entries.size())) {
        throw InputError(matrix.name + ": not positive definite: " + std::to_string(matrix.unknowns) +
                         " rows but only " + std::to_string(matrix.entries.size()) +
                         " entries, so some diagonal entry is zero");
    }
    std::vector<MatrixEntry> entries = with_mirrored(matrix);
    entries = sorted_by<&MatrixEntry::column>(entries, matrix.unknowns);
    entries = sorted_by<&MatrixEntry::row>(entries, matrix.unknowns);

    CsrMatrix result;
    result.row_start_.assign(matrix.unknowns + 1, 0);
    const MatrixEntry* previous = nullptr;
    for (const MatrixEntry& entry : entries) {
        if (previous && previous->row == entry.row && previous->column == entry.column) {
            result.values_.back() += entry.value;
        } else {
            result.columns_.push_back(entry.column);
            result.values_.push_back(entry.value);
            ++result.row_start_[entry.row + 1];
        }
        previous = &entry;
    }
    for (std::int64_t i = 0; i < matrix.unknowns; ++i) {
        result.row_start_[i + 1] += result.row_start_[i];
    }
    try {
        result.require_diagonal();
        result.require_symmetry();
    } catch (const InputError& error) {
        throw InputError(matrix.name + ": " + error.what());
    }
    return result;
}

const double* CsrMatrix::find(std::int64_t row, std::int32_t column) const {
    const auto first = columns_.begin() + row_start_[row];
    const auto last = columns_.begin() + row_start_[row + 1];
    const auto found = std::lower_bound(first, last, column);
    return found != last && *found == column ? &values_[found - columns_.begin()] : nullptr;
}

void CsrMatrix::require_diagonal() {
    diagonal_.resize(unknowns());
    for (std::int64_t i = 0; i < unknowns(); ++i) {
        const double* value = find(i, static_cast<std::int32_t>(i));
        if (!value || !(*value > 0)) {
            throw InputError("not positive definite: the diagonal entry at " + place(i, i) + " is " +
                             (!value || *value == 0 ? "zero" : "negative"));
        }
        diagonal_[i] = *value;
    }
}

void CsrMatrix::require_symmetry() const {
    for (std::int64_t i = 0; i < unknowns(); ++i) {
        for (std::int64_t k = row_start_[i]; k < row_start_[i + 1]; ++k) {
            const double* mirrored = find(columns_[k], static_cast<std::int32_t>(i));
            const double other = mirrored ? *mirrored : 0.0;
            const double scale = std::max(std::abs(values_[k]), std::abs(other));
            if (!(std::abs(values_[k] - other) <= asymmetry_max * scale)) {
                throw InputError("not symmetric: the entry at " + place(i, columns_[k]) +
                                 " differs from the one mirrored at the diagonal");
            }
        }
    }
}

} // namespace cg
