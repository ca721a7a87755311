// Descriptors, offsets of open files, pipes, event counters and locks.
#include "libos-hpc/file/descriptor_table.hpp"
#include "libos-hpc/file/event_file.hpp"
#include "libos-hpc/file/file_locks.hpp"
#include "libos-hpc/file/node_file.hpp"
#include "libos-hpc/file/pipe.hpp"
#include "libos-hpc/file/record_locks.hpp"
#include "libos-hpc/test/tree.hpp"

#include <cstring>
#include <memory>

using namespace exo::hpc;
using namespace exo::hpc::test;
namespace open_flag = exo::linux_abi::open_flag;
namespace seek = exo::linux_abi::seek;

namespace {

Ref<File> open_node(Tree& tree, std::string_view path, std::uint32_t flags) {
    auto place = find_place(tree.root, tree.root, path, LastLink::Follow);
    REQUIRE(place);
    return make<NodeFile>(*place, (*place)->node_ref(), flags);
}

std::string read_text(File& file, std::size_t room) {
    std::vector<std::byte> buffer(room);
    auto got = file.read(buffer);
    REQUIRE(got);
    return {reinterpret_cast<const char*>(buffer.data()), *got};
}

struct Pipe {
    Ref<PipeBuffer> buffer = make<PipeBuffer>();
    bool opened = buffer->open();
    Ref<File> reader = make<PipeEnd>(buffer, open_flag::read_only | open_flag::non_block);
    Ref<File> writer = make<PipeEnd>(buffer, open_flag::write_only | open_flag::non_block);
};

} // namespace

TEST_CASE("the lowest free descriptor is given out") {
    Tree tree;
    auto file = open_node(tree, "/", open_flag::read_only);
    auto table = std::make_unique<DescriptorTable>();
    CHECK(table->add(file, false) == 0);
    CHECK(table->add(file, true) == 1);
    CHECK(table->add(file, false) == 2);
    CHECK(table->remove(1));
    CHECK(table->get(1).error() == Errno::BADF);
    CHECK(table->add(file, false, 5) == 5);
    CHECK(table->add(file, false) == 1);
    CHECK(table->close_on_exec(1) == false);
    CHECK(table->put(1000, file, true));
    CHECK(table->close_on_exec(1000) == true);
    CHECK(table->put(1024, file, false).error() == Errno::BADF);
    CHECK(table->next_open(3) == 5);
    CHECK(table->next_open(1001) == -1);
    CHECK(table->get(-1).error() == Errno::BADF);
    CHECK(table->add(file, false, 1024).error() == Errno::INVAL);
}

TEST_CASE("a full table says so, and the limit can be lowered") {
    Tree tree;
    auto file = open_node(tree, "/", open_flag::read_only);
    auto table = std::make_unique<DescriptorTable>();
    table->set_limit(3);
    for (int i = 0; i < 3; ++i)
        CHECK(table->add(file, false) == i);
    CHECK(table->add(file, false).error() == Errno::MFILE);
}

TEST_CASE("offsets move with reads and writes, and are shared by duplicates") {
    Tree tree;
    tree.file("/", "f", "abcdef");
    auto file = open_node(tree, "/f", open_flag::read_write);
    CHECK(read_text(*file, 2) == "ab");
    CHECK(file->seek(1, seek::current) == 3u);
    CHECK(file->write(bytes("X")) == 1u);
    CHECK(read_text(*file, 9) == "ef");
    CHECK(file->seek(-2, seek::end) == 4u);
    CHECK(file->seek(-1, seek::set).error() == Errno::INVAL);
    CHECK(file->seek(0, 9).error() == Errno::INVAL);
    CHECK(file->bytes_readable() == 2u);
    std::byte two[2];
    CHECK(file->read_at(2, two) == 2u);
    CHECK(file->seek(0, seek::current) == 4u);
}

TEST_CASE("appending goes to the end, wherever the offset was") {
    Tree tree;
    tree.file("/", "f", "abc");
    auto file = open_node(tree, "/f", open_flag::write_only | open_flag::append);
    CHECK(file->write(bytes("d")) == 1u);
    CHECK(file->write_at(0, bytes("e")) == 1u);
    CHECK(read_all(*tree.find("/f")) == "abcde");
}

TEST_CASE("directories list themselves first, once") {
    Tree tree;
    tree.directory("/", "d");
    tree.file("/d", "x");
    tree.file("/d", "y");
    auto file = open_node(tree, "/d", open_flag::read_only | open_flag::directory);
    Listing some(3), rest, none;
    REQUIRE(file->list(some));
    CHECK(some.names == std::vector<std::string>{".", "..", "x"});
    REQUIRE(file->list(rest));
    CHECK(rest.names == std::vector<std::string>{"y"});
    REQUIRE(file->list(none));
    CHECK(none.names.empty());
    CHECK(file->seek(0, seek::set) == 0u);
    Listing again;
    REQUIRE(file->list(again));
    CHECK(again.names.size() == 4);
    std::byte one[1];
    CHECK(file->read(one).error() == Errno::ISDIR);
}

TEST_CASE("a pipe keeps order, blocks nobody who asked not to, and ends") {
    Pipe pipe;
    REQUIRE(pipe.opened);
    std::byte one[1];
    CHECK(pipe.reader->read(one).error() == Errno::AGAIN);
    CHECK(pipe.writer->write(bytes("abc")) == 3u);
    CHECK(read_text(*pipe.reader, 2) == "ab");
    CHECK(pipe.reader->bytes_readable() == 1u);
    CHECK(read_text(*pipe.reader, 2) == "c");
    std::string much(pipe_bytes + 100, 'x');
    CHECK(pipe.writer->write(bytes(much)) == pipe_bytes);
    CHECK(pipe.writer->write(bytes("y")).error() == Errno::AGAIN);
    CHECK((pipe.writer->ready() & exo::linux_abi::poll_event::out) == 0);
    CHECK(read_text(*pipe.reader, pipe_bytes) == std::string(pipe_bytes, 'x'));
    pipe.writer = Ref<File>();
    CHECK(read_text(*pipe.reader, 2).empty());
    CHECK((pipe.reader->ready() & exo::linux_abi::poll_event::hang_up) != 0);
}

TEST_CASE("short writes to a pipe are whole or nothing") {
    Pipe pipe;
    std::string most(pipe_bytes - 10, 'x');
    CHECK(pipe.writer->write(bytes(most)) == most.size());
    CHECK(pipe.writer->write(bytes("eleven bytes")).error() == Errno::AGAIN);
    CHECK(pipe.writer->write(bytes("ten bytes!")) == 10u);
}

TEST_CASE("nobody reads a broken pipe") {
    Pipe pipe;
    pipe.reader = Ref<File>();
    CHECK(pipe.writer->write(bytes("x")).error() == Errno::PIPE);
    CHECK((pipe.writer->ready() & exo::linux_abi::poll_event::error) != 0);
}

TEST_CASE("event counters") {
    EventFile plain(3, false, open_flag::read_write | open_flag::non_block);
    EventFile semaphore(2, true, open_flag::read_write | open_flag::non_block);
    std::uint64_t value = 0;
    std::span<std::byte> space(reinterpret_cast<std::byte*>(&value), sizeof value);
    CHECK(plain.read(space) == 8u);
    CHECK(value == 3);
    CHECK(plain.read(space).error() == Errno::AGAIN);
    CHECK(semaphore.read(space) == 8u);
    CHECK(value == 1);
    value = ~0ull;
    CHECK(plain.write(space).error() == Errno::INVAL);
    value = ~0ull - 1;
    CHECK(plain.write(space) == 8u);
    CHECK((plain.ready() & exo::linux_abi::poll_event::out) == 0);
    value = 1;
    CHECK(plain.write(space).error() == Errno::AGAIN);
    CHECK(plain.read(space.first(4)).error() == Errno::INVAL);
}

TEST_CASE("whole-file locks exclude, share, and go with their file") {
    Tree tree;
    tree.file("/", "f");
    tree.file("/", "g");
    auto one = open_node(tree, "/f", open_flag::read_only), two = open_node(tree, "/f", open_flag::read_only);
    auto other = open_node(tree, "/g", open_flag::read_only);
    using Mode = FileLocks::Mode;
    CHECK(file_locks().take(*one, Mode::Shared, false));
    CHECK(file_locks().take(*two, Mode::Shared, false));
    CHECK(file_locks().take(*two, Mode::Exclusive, false).error() == Errno::AGAIN);
    CHECK(file_locks().take(*other, Mode::Exclusive, false));
    file_locks().release(*one);
    CHECK(file_locks().take(*two, Mode::Exclusive, false));
    CHECK(file_locks().take(*one, Mode::Shared, true).error() == Errno::INTR);
    two = Ref<File>();
    CHECK(file_locks().take(*one, Mode::Exclusive, false));
}

TEST_CASE("locks of ranges are cut, joined, and go with their owner") {
    Tree tree;
    tree.file("/", "f");
    tree.file("/", "g");
    auto one = open_node(tree, "/f", open_flag::read_only), two = open_node(tree, "/f", open_flag::read_only);
    auto other = open_node(tree, "/g", open_flag::read_only);
    using Mode = RecordLocks::Mode;
    RecordLocks& locks = record_locks();
    const auto holder = [&](File& file, const File* owner, RecordLocks::Range range) {
        const auto found = locks.find(file, owner, range, Mode::Exclusive);
        REQUIRE(found);
        return *found;
    };
    CHECK(locks.take(*one, one.get(), {10, 19}, Mode::Exclusive, false));
    CHECK(locks.take(*one, one.get(), {20, 29}, Mode::Exclusive, false));
    CHECK(locks.take(*two, two.get(), {29, 40}, Mode::Shared, false).error() == Errno::AGAIN);
    CHECK(locks.take(*other, other.get(), {0, 100}, Mode::Exclusive, false));
    CHECK(!holder(*one, one.get(), {0, 100}));
    REQUIRE(holder(*two, two.get(), {0, 100}));
    CHECK(holder(*two, two.get(), {0, 100})->range.first == 10);
    CHECK(holder(*two, two.get(), {0, 100})->range.last == 29);

    CHECK(locks.take(*one, one.get(), {15, 24}, Mode::Shared, false));
    CHECK(locks.take(*two, two.get(), {15, 24}, Mode::Shared, false));
    CHECK(holder(*two, two.get(), {25, 25})->range.last == 29);
    CHECK(holder(*two, two.get(), {0, 14})->range.last == 14);
    CHECK(locks.give_back(*one, one.get(), {0, 17}));
    CHECK(holder(*two, two.get(), {0, 100})->range.first == 18);
    CHECK(locks.take(*one, one.get(), {0, 17}, Mode::Exclusive, true).error() == Errno::INTR);

    CHECK(locks.take(*two, nullptr, {50, 59}, Mode::Exclusive, false));
    CHECK(!holder(*one, nullptr, {50, 59}));
    REQUIRE(holder(*one, one.get(), {50, 59}));
    CHECK(holder(*one, one.get(), {50, 59})->owner == nullptr);
    locks.release_process(*other);
    CHECK(holder(*one, one.get(), {50, 59}));
    locks.release_process(*one);
    CHECK(!holder(*one, one.get(), {50, 59}));

    two = Ref<File>();
    CHECK(locks.take(*one, one.get(), {0, 100}, Mode::Exclusive, false));
}
