// Compiles every header alone, but for those that some source includes before anything else: these the build has
// compiled alone already. The work is given to ninja, by a build file made here, so that only what changed is compiled
// again and two compilers run at a time.
#pragma once

#include "tests/tidy/source_tree.hpp"

#include <span>

namespace tidy {

// The build file: one statement a header, with the flags of the folder it stands in. `tree` is sorted by path.
std::string header_build_file(std::span<const SourceFile> tree);

// Writes the build file, runs ninja on it, and gives the compilers' messages of the headers that do not compile.
Complaints headers_stand_alone(std::span<const SourceFile> tree);

} // namespace tidy
