// See sqlite_files.hpp.
#include "tests/unit/files/sqlite_files.hpp"

#include <cstring>
#include <sqlite3.h>

namespace files_test {

namespace {

using exo::files::Inode;

constexpr int path_octets_max = 64;

struct OpenFile {
    sqlite3_file base; // SQLite's part comes first
    Inode* inode;
};

SqliteFiles& place() {
    return **static_cast<SqliteFiles**>(sqlite3_vfs_find("exo-files")->pAppData);
}
Inode& inode_of(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file)->inode; // Safe: SQLite gives back what `open` filled in.
}

int close(sqlite3_file* file) {
    place().files.release(inode_of(file));
    return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
    const auto wanted = static_cast<std::size_t>(bytes);
    const auto came =
        place().files.read(inode_of(file), static_cast<std::uint64_t>(at), {static_cast<std::byte*>(into), wanted});
    if (!came)
        return SQLITE_IOERR_READ;
    if (*came == wanted)
        return SQLITE_OK;
    std::memset(static_cast<std::byte*>(into) + *came, 0, wanted - *came);
    return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    const auto wanted = static_cast<std::size_t>(bytes);
    const auto went = place().files.write(inode_of(file), static_cast<std::uint64_t>(at),
                                          {static_cast<const std::byte*>(from), wanted});
    return went && *went == wanted ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    return place().files.truncate(inode_of(file), static_cast<std::uint64_t>(bytes)) ? SQLITE_OK
                                                                                     : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* file, int) {
    return !place().syncs || place().files.sync(inode_of(file)) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int size(sqlite3_file* file, sqlite3_int64* bytes) {
    *bytes = static_cast<sqlite3_int64>(inode_of(file).attributes.bytes);
    return SQLITE_OK;
}

int lock(sqlite3_file*, int) {
    return SQLITE_OK;
}
int look_at_lock(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
// Nothing is promised of writes: not that they are whole, nor in order, nor that their neighbours stay.
int sector(sqlite3_file*) {
    return 512;
}
int characteristics(sqlite3_file*) {
    return 0;
}

const sqlite3_io_methods methods = [] {
    sqlite3_io_methods all{};
    all.iVersion = 1;
    all.xClose = close;
    all.xRead = read;
    all.xWrite = write;
    all.xTruncate = truncate;
    all.xSync = sync;
    all.xFileSize = size;
    all.xLock = lock;
    all.xUnlock = lock;
    all.xCheckReservedLock = look_at_lock;
    all.xFileControl = control;
    all.xSectorSize = sector;
    all.xDeviceCharacteristics = characteristics;
    return all;
}();

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
    file->pMethods = nullptr;
    if (!name)
        return SQLITE_CANTOPEN; // a temporary file: the databases keep theirs in memory
    exo::files::Files& files = place().files;
    auto inode = files.lookup(files.root(), name);
    if (!inode && (flags & SQLITE_OPEN_CREATE))
        inode = files.create(files.root(), name, exo::files::mode_type::regular | 0644, {});
    if (!inode)
        return SQLITE_CANTOPEN;
    auto* const opened = reinterpret_cast<OpenFile*>(file); // Safe: szOsFile octets are there.
    opened->base.pMethods = &methods;
    opened->inode = *inode;
    if (given)
        *given = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
    exo::files::Files& files = place().files;
    if (const auto removed = files.unlink(files.root(), name); !removed)
        return removed.error() == exo::files::FileError::NoEntry ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (sync_directory && place().syncs && !files.sync(files.root()))
        return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int, int* there) {
    exo::files::Files& files = place().files;
    const auto inode = files.lookup(files.root(), name);
    *there = inode.has_value();
    if (inode)
        files.release(**inode);
    return SQLITE_OK;
}

int whole_path(sqlite3_vfs*, const char* name, int octets, char* into) {
    if (std::strlen(name) >= static_cast<std::size_t>(octets))
        return SQLITE_CANTOPEN;
    std::strcpy(into, name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int octets, char* into) {
    static unsigned next = 1;
    for (int i = 0; i < octets; i++)
        into[i] = static_cast<char>((next = next * 1'103'515'245 + 12'345) >> 16);
    return octets;
}
int sleep(sqlite3_vfs*, int microseconds) {
    return microseconds;
}
int time(sqlite3_vfs*, double* days) {
    *days = 2'460'000.5;
    return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

} // namespace

const char* sqlite_on(SqliteFiles& where) {
    static SqliteFiles* current = nullptr;
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs all{};
        all.iVersion = 1;
        all.szOsFile = sizeof(OpenFile);
        all.mxPathname = path_octets_max;
        all.zName = "exo-files";
        all.pAppData = &current;
        all.xOpen = open;
        all.xDelete = remove;
        all.xAccess = access;
        all.xFullPathname = whole_path;
        all.xRandomness = randomness;
        all.xSleep = sleep;
        all.xCurrentTime = time;
        all.xGetLastError = last_error;
        return all;
    }();
    current = &where;
    if (!sqlite3_vfs_find(vfs.zName))
        sqlite3_vfs_register(&vfs, 0);
    return vfs.zName;
}

} // namespace files_test
