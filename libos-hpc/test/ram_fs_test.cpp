// The file system in memory: names, links, renames, bytes, holes and its budget.
#include "libos-hpc/test/tree.hpp"

using namespace exo::hpc;
using namespace exo::hpc::test;

TEST_CASE("bytes come back, holes read as zeros") {
    Tree tree;
    auto file = tree.file("/", "f", "hello");
    CHECK(read_all(*file) == "hello");
    constexpr std::uint64_t far = 3 * RamData::block_bytes + 10;
    REQUIRE(file->write_at(far, bytes("end")) == 3u);
    CHECK(file->attributes()->bytes == far + 3);
    std::byte hole[16];
    REQUIRE(file->read_at(RamData::block_bytes, hole) == sizeof hole);
    for (std::byte byte : hole)
        CHECK(byte == std::byte{0});
    CHECK(file->attributes()->blocks == 2 * RamData::block_bytes / 512);
    CHECK(file->seek_data(RamData::block_bytes) == 3 * RamData::block_bytes);
    CHECK(file->seek_hole(0) == RamData::block_bytes);
    CHECK(file->seek_hole(far) == far + 3);
    CHECK(file->seek_data(far + 3).error() == Errno::NXIO);
}

TEST_CASE("a file that shrinks and grows again shows nothing of its past") {
    Tree tree;
    auto file = tree.file("/", "f", "secret");
    AttributeChange change;
    change.set_bytes = true;
    change.bytes = 2;
    REQUIRE(file->change(change));
    change.bytes = 6;
    REQUIRE(file->change(change));
    CHECK(read_all(*file) == std::string("se\0\0\0\0", 6));
}

TEST_CASE("the budget holds, and is given back") {
    Tree tree;
    std::string block(RamData::block_bytes, 'x');
    auto file = tree.file("/", "f");
    for (std::size_t i = 0; i < 64; ++i)
        REQUIRE(file->write_at(i * block.size(), bytes(block)) == block.size());
    auto other = tree.file("/", "g");
    CHECK(other->write_at(0, bytes("x")).error() == Errno::NOSPC);
    CHECK(other->file_system().blocks_free == 0);
    CHECK(other->write_at(64 * RamData::block_bytes, bytes("x")).error() == Errno::FBIG);
    REQUIRE(file->punch_hole(0, RamData::block_bytes));
    CHECK(other->write_at(0, bytes("x")) == 1u);
    file = Ref<Node>();
    REQUIRE(tree.root_node->remove("f", RemoveKind::File));
    CHECK(other->file_system().blocks_free == 63);
}

TEST_CASE("a removed file lives as long as somebody has it") {
    Tree tree;
    auto file = tree.file("/", "f", "kept");
    REQUIRE(tree.root_node->remove("f", RemoveKind::File));
    CHECK(tree.error("/f") == Errno::NOENT);
    CHECK(read_all(*file) == "kept");
    CHECK(file->attributes()->links == 0);
}

TEST_CASE("links are counted") {
    Tree tree;
    auto file = tree.file("/", "f", "x");
    REQUIRE(tree.root_node->link("g", *file));
    CHECK(tree.find("/g") == file);
    CHECK(file->attributes()->links == 2);
    CHECK(tree.root_node->link("g", *file).error() == Errno::EXIST);
    tree.directory("/", "d");
    CHECK(tree.root_node->link("e", *tree.find("/d")).error() == Errno::PERM);
    CHECK(tree.find("/d")->attributes()->links == 2);
    CHECK(tree.root_node->attributes()->links == 3);
    Tree elsewhere;
    CHECK(elsewhere.root_node->link("f", *file).error() == Errno::XDEV);
}

TEST_CASE("removing says what stands in the way") {
    Tree tree;
    tree.directory("/", "d");
    tree.file("/d", "f");
    CHECK(tree.root_node->remove("d", RemoveKind::File).error() == Errno::ISDIR);
    CHECK(tree.root_node->remove("d", RemoveKind::Directory).error() == Errno::NOTEMPTY);
    CHECK(tree.find("/d")->remove("f", RemoveKind::Directory).error() == Errno::NOTDIR);
    CHECK(tree.root_node->remove("x", RemoveKind::File).error() == Errno::NOENT);
    auto directory = tree.find("/d");
    REQUIRE(directory->remove("f", RemoveKind::File));
    REQUIRE(tree.root_node->remove("d", RemoveKind::Directory));
    CHECK(directory->create({"late", 0644}).error() == Errno::NOENT);
}

TEST_CASE("rename moves, replaces and refuses") {
    Tree tree;
    tree.directory("/", "d");
    tree.directory("/d", "e");
    auto file = tree.file("/", "f", "one");
    tree.file("/", "g", "two");
    auto root = tree.root_node;
    REQUIRE(root->rename("f", *tree.find("/d"), "f2", 0));
    CHECK(tree.find("/d/f2") == file);
    CHECK(tree.error("/f") == Errno::NOENT);
    CHECK(tree.find("/d")->rename("f2", *root, "g", exo::linux_abi::rename_flag::no_replace).error() == Errno::EXIST);
    REQUIRE(tree.find("/d")->rename("f2", *root, "g", 0));
    CHECK(read_all(*tree.find("/g")) == "one");
    CHECK(file->attributes()->links == 1);
    CHECK(root->rename("d", *tree.find("/d/e"), "x", 0).error() == Errno::INVAL);
    CHECK(root->rename("g", *root, "d", 0).error() == Errno::ISDIR);
    CHECK(root->rename("d", *root, "g", 0).error() == Errno::NOTDIR);
    tree.directory("/", "other");
    CHECK(root->rename("other", *root, "d", 0).error() == Errno::NOTEMPTY);
    REQUIRE(root->rename("other", *tree.find("/d"), "e", 0));
    CHECK(root->attributes()->links == 3);
    REQUIRE(root->rename("g", *root, "g", 0));
    CHECK(tree.find("/g") == file);
}

TEST_CASE("listings survive changes between their pieces") {
    Tree tree;
    for (const char* name : {"a", "b", "c", "d"})
        tree.file("/", name);
    Listing first(2);
    REQUIRE(tree.root_node->list(0, first));
    CHECK(first.names == std::vector<std::string>{"a", "b"});
    REQUIRE(tree.root_node->remove("a", RemoveKind::File));
    REQUIRE(tree.root_node->remove("c", RemoveKind::File));
    tree.file("/", "e");
    Listing rest;
    REQUIRE(tree.root_node->list(first.next, rest));
    CHECK(rest.names == std::vector<std::string>{"d", "e"});
}

TEST_CASE("there are only so many files") {
    Tree tree;
    for (int i = 0; i < 63; ++i)
        tree.file("/", std::to_string(i));
    CHECK(tree.root_node->create({"one more", 0644}).error() == Errno::NOSPC);
    REQUIRE(tree.root_node->remove("0", RemoveKind::File));
    CHECK(tree.root_node->create({"one more", 0644}));
}
