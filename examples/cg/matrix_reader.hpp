// Matrix files: finds out which of three formats a file has and reads it.
// A reader checks what its format promises (counts, ranges, numbers); whether the
// matrix is symmetric and positive definite is for csr.hpp and the solver to say.
#pragma once

#include "examples/cg/matrix_entries.hpp"
#include "examples/cg/text_lines.hpp"

#include <string>
#include <string_view>

namespace cg {

// Reads the file at `path`; throws InputError with one sentence when it cannot be used.
MatrixEntries read_matrix(const std::string& path);
// The same for a text that is already in memory; `name` is what messages call it.
MatrixEntries parse_matrix(const std::string& name, std::string_view text);

// The formats, each in the file named after it.
MatrixEntries parse_matrix_market(TextLines& lines);
MatrixEntries parse_harwell_boeing(TextLines& lines);
MatrixEntries parse_triplets(TextLines& lines);

bool looks_like_matrix_market(std::string_view text);
bool looks_like_harwell_boeing(std::string_view text);

} // namespace cg
