// SQLite on a file system of libos/files, without an operating system between: a VFS (sqlite.org/vfs.html) whose names
// are those of the root directory. One connection a database at a time: locks are always given.
#pragma once

#include "libos/files/files.hpp"

namespace files_test {

struct SqliteFiles {
    exo::files::Files& files;
    bool syncs = true; // false: a sync says that it has synced, and has not
};

// The name of the VFS for sqlite3_open_v2, which opens files of `where` until it is called again.
const char* sqlite_on(SqliteFiles& where);

} // namespace files_test
