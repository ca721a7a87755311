// Files as their users meet them, where the model does not look: times, sparse files, files that lost their names, and
// what a full or broken disk answers.
#include "tests/unit/files/lab.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace files_test;
using store_test::MemoryDisk;

namespace {

struct Lab {
    explicit Lab(std::uint64_t bytes = 32u << 20) : disk({.bytes = bytes}) {
        REQUIRE(Files::create(disk, store_test::test_spec(), counting_clock()));
        reopen();
    }
    void reopen() {
        files.reset();
        files = std::make_unique<Files>(disk, counting_clock());
        REQUIRE(files->open());
        root = &files->root();
    }
    Inode& make(std::string_view name) {
        const auto made = files->create(*root, name, mode_type::regular | 0644, {7, 8});
        REQUIRE(made);
        return **made;
    }
    Inode& find(std::string_view name) {
        const auto found = files->lookup(*root, name);
        REQUIRE(found);
        return **found;
    }
    void write(Inode& inode, std::uint64_t offset, const std::string& text) {
        const auto written = files->write(inode, offset, std::as_bytes(std::span(text)));
        REQUIRE(written);
        REQUIRE(*written == text.size());
    }
    std::string read(Inode& inode, std::uint64_t offset, std::size_t bytes) {
        std::string text(bytes, '?');
        const auto count = files->read(inode, offset, std::as_writable_bytes(std::span(text)));
        REQUIRE(count);
        text.resize(*count);
        return text;
    }

    MemoryDisk disk;
    std::unique_ptr<Files> files;
    Inode* root = nullptr;
};

} // namespace

TEST_CASE("attributes and times are kept") {
    Lab lab;
    Inode& file = lab.make("a");
    const std::int64_t created = file.attributes.modified_ns;
    lab.write(file, 0, "hello");
    CHECK(file.attributes.modified_ns > created);
    CHECK(file.attributes.changed_ns == file.attributes.modified_ns);
    REQUIRE(lab.files->change(file, {.set_modified = true, .modified_ns = -5}));
    CHECK(file.attributes.changed_ns > created);
    const Attributes before = file.attributes;
    REQUIRE(lab.files->sync());
    lab.reopen();
    const Attributes& after = lab.find("a").attributes;
    CHECK(after.modified_ns == -5);
    CHECK(after.changed_ns == before.changed_ns);
    CHECK(after.created_ns == created);
    CHECK(after.user == 7);
    CHECK(after.group == 8);
    CHECK(after.mode == (mode_type::regular | 0644));
}

TEST_CASE("sparse files: holes read as zeroes, take no room, and are found") {
    Lab lab;
    Inode& file = lab.make("sparse");
    const std::uint64_t far = 1ull << 40;
    lab.write(file, far + 100, "end");
    lab.write(file, 8192, "x");
    CHECK(lab.files->pages(file) == 2);
    CHECK(lab.read(file, far + 98, 10) == std::string("\0\0end", 5));
    CHECK(lab.files->seek_data(file, 0).value() == 8192);
    CHECK(lab.files->seek_hole(file, 8192).value() == 12288);
    CHECK(lab.files->seek_data(file, 12288).value() == far);
    CHECK(lab.files->seek_hole(file, far + 1).value() == far + 103);
    CHECK(lab.files->seek_data(file, far + 103).error() == FileError::NoSuchOffset);
    REQUIRE(lab.files->truncate(file, 8193));
    CHECK(lab.files->pages(file) == 1);
    REQUIRE(lab.files->truncate(file, far));
    CHECK(lab.read(file, 8192, 3) == std::string("x\0\0", 3));
    CHECK(lab.files->write(file, file_bytes_max, std::as_bytes(std::span("ab", 2))).error() == FileError::FileTooBig);
    REQUIRE(lab.files->allocate(file, 0, 8192));
    CHECK(lab.files->pages(file) == 3);
    CHECK(lab.read(file, 0, 8192) == std::string(8192, '\0'));
}

TEST_CASE("a file without names lives as long as it is held, and no longer, a crash included") {
    Lab lab;
    Inode& file = lab.make("gone");
    lab.write(file, 0, std::string(100'000, 'g'));
    REQUIRE(lab.files->unlink(*lab.root, "gone"));
    CHECK(file.links() == 0);
    CHECK(lab.read(file, 99'990, 100) == std::string(10, 'g'));
    lab.write(file, 0, "still");
    const std::uint64_t inodes = lab.files->tree().inode_count();
    SUBCASE("released") {
        lab.files->release(file);
        CHECK(lab.files->tree().inode_count() == inodes - 1);
        CHECK(lab.files->store().pages_used() == 0);
    }
    SUBCASE("crashed") {
        REQUIRE(lab.files->sync());
        lab.reopen();
        CHECK(lab.files->tree().inode_count() == inodes - 1);
        CHECK(lab.files->store().pages_used() == 0);
    }
}

TEST_CASE("a file that was made without a name gets one, or goes with its holder, a crash included") {
    Lab lab;
    const std::uint64_t inodes = lab.files->tree().inode_count();
    const auto made = lab.files->create_unnamed(0640, {7, 8}, true);
    REQUIRE(made);
    Inode& file = **made;
    lab.write(file, 0, std::string(50'000, 'u'));
    CHECK(file.links() == 0);
    SUBCASE("named") {
        REQUIRE(lab.files->link(*lab.root, "named", file));
        lab.files->release(file);
        REQUIRE(lab.files->sync());
        lab.reopen();
        CHECK(lab.read(lab.find("named"), 0, 60'000) == std::string(50'000, 'u'));
        CHECK(lab.find("named").attributes.mode == (mode_type::regular | 0640));
    }
    SUBCASE("named once, then no more") {
        REQUIRE(lab.files->link(*lab.root, "named", file));
        REQUIRE(lab.files->unlink(*lab.root, "named"));
        CHECK(lab.files->link(*lab.root, "again", file).error() == FileError::NoEntry);
        lab.files->release(file);
        CHECK(lab.files->tree().inode_count() == inodes);
    }
    SUBCASE("released") {
        lab.files->release(file);
        CHECK(lab.files->tree().inode_count() == inodes);
        CHECK(lab.files->store().pages_used() == 0);
    }
    SUBCASE("crashed") {
        REQUIRE(lab.files->sync());
        lab.reopen();
        CHECK(lab.files->tree().inode_count() == inodes);
        CHECK(lab.files->store().pages_used() == 0);
    }
    SUBCASE("one that may get no name") {
        const auto other = lab.files->create_unnamed(0600, {}, false);
        REQUIRE(other);
        CHECK(lab.files->link(*lab.root, "named", **other).error() == FileError::NoEntry);
        lab.files->release(**other);
    }
}

TEST_CASE("a directory that was removed takes no new names") {
    Lab lab;
    const auto made = lab.files->create(*lab.root, "d", mode_type::directory | 0755, {});
    REQUIRE(made);
    REQUIRE(lab.files->remove_directory(*lab.root, "d"));
    CHECK(lab.files->create(**made, "x", mode_type::regular, {}).error() == FileError::NoEntry);
    lab.files->release(**made);
}

TEST_CASE("listing goes on where it stopped, whatever is added and removed meanwhile") {
    Lab lab;
    for (unsigned i = 0; i < 100; i++)
        lab.files->release(lab.make("file" + std::to_string(i)));
    struct Sink final : ListSink {
        bool take(std::string_view name, const Inode&, std::uint64_t after) override {
            if (names.size() == limit)
                return false;
            names.emplace_back(name);
            next = after;
            return true;
        }
        std::vector<std::string> names;
        std::size_t limit = 10;
        std::uint64_t next = 0;
    } sink;
    for (unsigned round = 0; round < 10; round++, sink.limit += 10) {
        REQUIRE(lab.files->list(*lab.root, sink.next, sink));
        REQUIRE(lab.files->unlink(*lab.root, sink.names.back())); // the one where it stopped
        lab.files->release(lab.make("new" + std::to_string(round)));
    }
    for (unsigned i = 0; i < 100; i++)
        CHECK(std::ranges::count(sink.names, "file" + std::to_string(i)) == 1);
}

TEST_CASE("a full disk: nothing is lost, overwriting goes on, and removing makes room") {
    Lab lab(18u << 20);
    Inode& file = lab.make("big");
    const std::string piece(65536, 'p');
    std::uint64_t size = 0;
    for (;;) {
        const auto written = lab.files->write(file, size, std::as_bytes(std::span(piece)));
        if (!written) {
            CHECK(written.error() == FileError::NoSpace);
            break;
        }
        size += *written;
    }
    CHECK(file.attributes.bytes == size);
    CHECK(lab.files->info().pages_free < 16);
    lab.write(file, 4096, std::string(4096, 'q'));
    REQUIRE(lab.files->sync());
    lab.reopen();
    Inode& again = lab.find("big");
    CHECK(lab.read(again, 4096, 2) == "qq");
    CHECK(lab.read(again, size - 1, 2) == "p");
    REQUIRE(lab.files->truncate(again, 0));
    lab.write(again, 0, piece);
}

TEST_CASE("an error of the disk is an error of the call, and what was synced stays") {
    Lab lab;
    Inode& file = lab.make("a");
    lab.write(file, 0, "kept");
    REQUIRE(lab.files->sync());
    lab.disk.failing_write = lab.disk.write_number;
    lab.write(file, 0, "lost");
    CHECK(lab.files->sync().error() == FileError::Io);
    CHECK(lab.files->sync(file).error() == FileError::Io);
    CHECK(lab.files->create(*lab.root, "b", mode_type::regular, {}).error() == FileError::Io);
    lab.disk.failing_write = ~0ull;
    lab.reopen();
    CHECK(lab.read(lab.find("a"), 0, 9) == "kept");
}
