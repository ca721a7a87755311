// Work on files at /data, the same program on every system: small files, overwriting, SQLite. Each leaves nothing that
// is not on the medium, and its time includes that.
#pragma once

#include "bench/store/suite.hpp"

namespace bench::store {

// Prints a row each; ends the program with a sentence when something fails.
void create_small_files(Effort effort);
void overwrite_and_sync(Effort effort);
void mix_of_sqlite(Effort effort);

} // namespace bench::store
