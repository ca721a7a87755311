// The layering: which folder may include from which, as drawn in docs/architecture.md. Arrows only point down.
#pragma once

#include "tests/tidy/source_tree.hpp"

#include <span>

namespace tidy {

// Complaints about the quoted includes of one file: upward, or not written from the repository root.
// `tree` decides whether an include exists.
Complaints includes_point_down(const SourceFile& file, std::span<const SourceFile> tree);

// Whether a file at `from` may include the file at `to`.
bool may_include(std::string_view from, std::string_view to);

// The quoted includes of a file with their line numbers.
struct Include {
    std::size_t line;
    std::string_view path;
};
std::vector<Include> includes_of(std::string_view text);

} // namespace tidy
