// The boot-archive reader against archives built here, with and without padded names, and against damaged ones.
#include "libos/archive/archive.hpp"
#include "libos/archive/newc.hpp"

#include <cstdint>
#include <cstring>
#include <doctest/doctest.h>
#include <format>
#include <string>
#include <vector>

using namespace exo;
using archive::Archive;
using archive::EntryKind;
using archive::Problem;

namespace {

constexpr std::uint32_t file_mode = 0100644;

struct Writer {
    std::string bytes;

    void add(std::string name, std::string data, std::uint32_t mode = file_mode, std::size_t align = 0,
             unsigned links = 1) {
        std::size_t name_bytes = name.size() + 1;
        if (align != 0)
            name_bytes += (align - (bytes.size() + 110 + name_bytes) % align) % align;
        bytes += std::format("070701{:08X}{:08X}{:08X}{:08X}{:08x}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}", 7,
                             mode, 0, 0, links, 99, data.size(), 0, 0, 0, 0, name_bytes, 0);
        name.resize(name_bytes, '\0');
        bytes += name;
        pad();
        bytes += data;
        pad();
    }
    void pad() { bytes.append((4 - bytes.size() % 4) % 4, '\0'); }

    std::vector<std::byte> finish() {
        add("TRAILER!!!", "", 0);
        return raw();
    }
    std::vector<std::byte> raw() const {
        std::vector<std::byte> copy(bytes.size());
        std::memcpy(copy.data(), bytes.data(), bytes.size());
        return copy;
    }
};

std::string text_of(std::span<const std::byte> data) {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

Problem problem_of(const std::vector<std::byte>& bytes) {
    const auto opened = Archive::open(bytes);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
}

std::vector<std::string> children(const Archive& opened, std::string_view directory) {
    std::vector<std::string> names;
    Archive::Cursor cursor;
    archive::Child child;
    while (opened.next_child(directory, cursor, child))
        names.push_back(std::string(child.name) + (child.kind == EntryKind::Directory ? "/" : ""));
    return names;
}

} // namespace

TEST_CASE("archive: files are found with their data in place") {
    Writer writer;
    writer.add("manifest", "program bin/hello\n");
    writer.add("./bin/hello", std::string(5000, 'h'), 0100755, 4096);
    writer.add("bin/link", "hello", 0120777);
    writer.add("empty", "");
    const auto bytes = writer.finish();
    const auto opened = Archive::open(bytes);
    REQUIRE(opened.has_value());
    CHECK(opened->entry_count() == 4);
    archive::Entry entry;
    REQUIRE(opened->find("manifest", entry));
    CHECK(text_of(entry.data) == "program bin/hello\n");
    CHECK(entry.modified_seconds == 99);
    REQUIRE(opened->find("/bin/hello", entry));
    CHECK(entry.path == "bin/hello");
    CHECK(entry.data.size() == 5000);
    CHECK((entry.data.data() - bytes.data()) % 4096 == 0);
    CHECK(entry.mode == 0100755);
    REQUIRE(opened->find("bin/link", entry));
    CHECK(entry.kind == EntryKind::Symlink);
    CHECK(text_of(entry.data) == "hello");
    REQUIRE(opened->find("empty", entry));
    CHECK(entry.data.empty());
    CHECK_FALSE(opened->find("bin/hell", entry));
    CHECK_FALSE(opened->find("manifest/x", entry));
    CHECK_FALSE(opened->find("absent", entry));
}

TEST_CASE("archive: directories are those written and those implied, and list each name once") {
    Writer writer;
    writer.add("usr/lib/a", "1");
    writer.add("usr/lib/b", "2");
    writer.add("usr/share/c", "3");
    writer.add("usr/lib", "", 040700);
    writer.add("usrx", "4");
    writer.add(".", "", 040755);
    const auto bytes = writer.finish();
    const auto opened = Archive::open(bytes);
    REQUIRE(opened.has_value());
    CHECK(children(*opened, "") == std::vector<std::string>{"usr/", "usrx"});
    CHECK(children(*opened, "/usr/") == std::vector<std::string>{"lib/", "share/"});
    CHECK(children(*opened, "usr/lib") == std::vector<std::string>{"a", "b"});
    CHECK(children(*opened, "usr/lib/a").empty());
    archive::Entry entry;
    REQUIRE(opened->find("usr/lib", entry));
    CHECK(entry.mode == 040700);
    REQUIRE(opened->find("usr", entry));
    CHECK(entry.kind == EntryKind::Directory);
    CHECK((entry.mode & archive::mode_type_mask) == archive::mode_directory);
    REQUIRE(opened->find("/", entry));
    CHECK(entry.mode == 040755);
}

TEST_CASE("archive: an archive with nothing in it still has a root") {
    const auto bytes = Writer().finish();
    const auto opened = Archive::open(bytes);
    REQUIRE(opened.has_value());
    archive::Entry entry;
    CHECK(opened->find("", entry));
    CHECK(entry.kind == EntryKind::Directory);
    CHECK(children(*opened, "").empty());
}

TEST_CASE("archive: each damage is named") {
    Writer writer;
    SUBCASE("no trailer") {
        writer.add("a", "x");
        CHECK(problem_of(writer.raw()) == Problem::Truncated);
    }
    SUBCASE("empty") {
        CHECK(problem_of({}) == Problem::Truncated);
    }
    SUBCASE("magic") {
        writer.add("a", "x");
        writer.bytes[5] = '2';
        CHECK(problem_of(writer.finish()) == Problem::BadMagic);
    }
    SUBCASE("digit") {
        writer.add("a", "x");
        writer.bytes[20] = 'g';
        CHECK(problem_of(writer.finish()) == Problem::BadNumber);
    }
    SUBCASE("parent") {
        writer.add("a/../b", "x");
        CHECK(problem_of(writer.finish()) == Problem::BadName);
    }
    SUBCASE("dot inside") {
        writer.add("a/./b", "x");
        CHECK(problem_of(writer.finish()) == Problem::BadName);
    }
    SUBCASE("double slash") {
        writer.add("a//b", "x");
        CHECK(problem_of(writer.finish()) == Problem::BadName);
    }
    SUBCASE("no name") {
        writer.add("", "x");
        CHECK(problem_of(writer.finish()) == Problem::BadName);
    }
    SUBCASE("long path") {
        writer.add(std::string(1025, 'p'), "x");
        CHECK(problem_of(writer.finish()) == Problem::NameTooLong);
    }
    SUBCASE("long field") {
        writer.add("a", "x", file_mode, 16384);
        CHECK(problem_of(writer.finish()) == Problem::NameTooLong);
    }
    SUBCASE("hard link") {
        writer.add("a", "x", file_mode, 0, 2);
        CHECK(problem_of(writer.finish()) == Problem::HardLink);
    }
    SUBCASE("device node") {
        writer.add("null", "", 020666);
        CHECK(problem_of(writer.finish()) == Problem::BadType);
    }
    SUBCASE("root as a file") {
        writer.add(".", "x");
        CHECK(problem_of(writer.finish()) == Problem::BadType);
    }
    SUBCASE("data past the end") {
        writer.add("a", "x");
        std::memcpy(writer.bytes.data() + 6 + 6 * 8, "FFFFFFFF", 8);
        CHECK(problem_of(writer.finish()) == Problem::Truncated);
    }
    SUBCASE("unterminated name") {
        writer.add("abc", "x");
        std::memcpy(writer.bytes.data() + 6 + 11 * 8, "00000003", 8);
        CHECK(problem_of(writer.finish()) == Problem::BadName);
    }
}

TEST_CASE("archive: every truncation is refused") {
    Writer writer;
    writer.add("bin/hello", std::string(300, 'h'), 0100755, 512);
    writer.add("b", "data");
    const auto whole = writer.finish();
    const std::size_t needed = whole.size() - 3; // the trailer's padding is not needed
    for (std::size_t size = 0; size < needed; ++size) {
        const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(Archive::open(part).has_value());
    }
    CHECK(Archive::open(whole).has_value());
}

TEST_CASE("archive: more entries than the limit are refused") {
    std::string bytes;
    Writer one;
    one.add("abc", "");
    for (std::size_t index = 0; index <= archive::entries_max; ++index)
        bytes += one.bytes;
    one.bytes = bytes;
    CHECK(problem_of(one.finish()) == Problem::TooManyEntries);
}

TEST_CASE("archive: each problem has a sentence of its own") {
    std::vector<std::string> sentences;
    for (int problem = 0; problem <= static_cast<int>(Problem::TooManyEntries); ++problem) {
        const std::string sentence = archive::describe(static_cast<Problem>(problem));
        CHECK(sentence.find("unknown fault") == std::string::npos);
        CHECK(std::find(sentences.begin(), sentences.end(), sentence) == sentences.end());
        sentences.push_back(sentence);
    }
}
