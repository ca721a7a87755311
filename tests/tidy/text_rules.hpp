// Rules about the text of one file, and about the files of one tree. Each gives its complaints; none means the rule is
// kept. Layering has a header of its own, include_rules.hpp; rules about what was built are in binary_rules.hpp.
#pragma once

#include "tests/tidy/source_tree.hpp"

#include <span>

namespace tidy {

// What is aimed at is 60 to 250; a file that is one concept and a little longer is better left in one piece.
inline constexpr std::size_t lines_max = 350;
inline constexpr std::size_t list_lines_max = 500; // tables and build files: rows, not code

Complaints opens_with_a_comment(const SourceFile& file);
Complaints has_no_variants(const SourceFile& file);  // no #if, #ifdef, #ifndef in a .cpp
Complaints has_no_banners(const SourceFile& file);   // no comment line that is, or ends in, a row of one character
Complaints has_no_reminders(const SourceFile& file); // no marks of unfinished work
Complaints is_short_enough(const SourceFile& file);  // at most lines_max lines, or list_lines_max
Complaints has_pragma_once(const SourceFile& file);

// Every compiled file is named, path and all, in some .ninja file, or as an input in the one of its folder.
Complaints are_all_built(std::span<const SourceFile> tree);
// Every unit test and fuzz target that a build file links is built for a test run: tests/build.ninja names it.
Complaints tests_are_run(std::span<const SourceFile> tree);
// Every folder with sources has a README.md, or one above it names the folder or the branch it is on.
Complaints folders_are_described(std::span<const SourceFile> tree);
// Every name of an EXO_ERROR row is provoked in a test of tests/boot, tests/hostile or tests/unit/device, which has
// `Error::NAME`, or NAME as the last argument of a CHECK_ERROR.
Complaints errors_are_provoked(std::span<const SourceFile> tree);

} // namespace tidy
