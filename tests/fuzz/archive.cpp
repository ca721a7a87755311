// Fuzzes the boot-archive reader. The oracle: the sanitizers, that every entry lies inside the archive and is found by
// its path, and that a directory lists each name once.
#include "libos/archive/archive.hpp"

#include <cstdlib>
#include <set>
#include <string>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void check_listing(const exo::archive::Archive& archive, std::string_view directory) {
    exo::archive::Archive::Cursor cursor;
    exo::archive::Child child;
    std::set<std::string> names;
    while (archive.next_child(directory, cursor, child)) {
        require(!child.name.empty() && child.name.find('/') == std::string_view::npos);
        require(names.insert(std::string(child.name)).second);
        require(names.size() <= archive.entry_count());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
    const auto archive = exo::archive::Archive::open(bytes);
    if (!archive) {
        require(exo::archive::describe(archive.error())[0] != '\0');
        return 0;
    }
    exo::archive::Archive::Cursor cursor;
    exo::archive::Entry entry, found;
    std::size_t count = 0;
    while (cursor.next(*archive, entry)) {
        ++count;
        require(entry.data.empty() ||
                (entry.data.data() >= bytes.data() && entry.data.data() + entry.data.size() <= bytes.data() + size));
        require(entry.path.size() <= exo::archive::path_bytes_max && !entry.path.starts_with('/'));
        require(archive->find(entry.path, found) && found.path == entry.path);
        check_listing(*archive, entry.path.substr(0, entry.path.rfind('/') + 1));
    }
    require(count == archive->entry_count());
    check_listing(*archive, "");
    return 0;
}
