// Path resolution against path_resolution(7), on a file system in memory.
#include "libos-hpc/test/tree.hpp"

using namespace exo::hpc;
using exo::hpc::test::Tree;

TEST_CASE("paths lead where they say") {
    Tree tree;
    tree.directory("/", "a");
    tree.directory("/a", "b");
    auto file = tree.file("/a/b", "f", "text");
    CHECK(tree.find("/a/b/f") == file);
    CHECK(tree.find("//a///b//f") == file);
    CHECK(tree.find("/a/./b/../b/f") == file);
    CHECK(tree.find("/../../a/b/f") == file);
    CHECK(tree.find("a/b/f") == file);
    CHECK(tree.find("/") == tree.root_node);
    CHECK(tree.find("/a/..") == tree.root_node);
    CHECK(tree.find("/a/b/") == tree.find("/a/b"));
}

TEST_CASE("what is not there, and what is no directory") {
    Tree tree;
    tree.directory("/", "a");
    tree.file("/a", "f");
    CHECK(tree.error("/b") == Errno::NOENT);
    CHECK(tree.error("/b/c") == Errno::NOENT);
    CHECK(tree.error("") == Errno::NOENT);
    CHECK(tree.error("/a/f/x") == Errno::NOTDIR);
    CHECK(tree.error("/a/f/") == Errno::NOTDIR);
    CHECK(tree.error("/a/f/.") == Errno::NOTDIR);
    CHECK(tree.error("/" + std::string(256, 'x')) == Errno::NAMETOOLONG);
    CHECK(tree.error("/" + std::string(255, 'x')) == Errno::NOENT);
    CHECK(tree.error(std::string(4096, 'x')) == Errno::NAMETOOLONG);
}

TEST_CASE("a missing last component is told with its directory") {
    Tree tree;
    tree.directory("/", "a");
    auto resolved = resolve(tree.root, tree.root, "/a/new", LastLink::Follow);
    REQUIRE(resolved);
    CHECK(!resolved->place);
    CHECK(resolved->directory->node_ref() == tree.find("/a"));
    CHECK(resolved->name.view() == "new");
    CHECK(!resolved->wants_directory);
    auto slashed = resolve(tree.root, tree.root, "/a/new/", LastLink::Follow);
    REQUIRE(slashed);
    CHECK(slashed->wants_directory);
    CHECK(!resolve(tree.root, tree.root, "/a/new/more", LastLink::Follow));
}

TEST_CASE("symbolic links") {
    Tree tree;
    tree.directory("/", "a");
    auto file = tree.file("/a", "f");
    tree.symlink("/", "absolute", "/a/f");
    tree.symlink("/a", "relative", "f");
    tree.symlink("/", "dir", "a");
    tree.symlink("/", "chain", "dir/relative");
    tree.symlink("/", "loop1", "loop2");
    tree.symlink("/", "loop2", "loop1");
    tree.symlink("/", "dangling", "nowhere");
    CHECK(tree.find("/absolute") == file);
    CHECK(tree.find("/a/relative") == file);
    CHECK(tree.find("/dir/f") == file);
    CHECK(tree.find("/chain") == file);
    CHECK(tree.find("/dir/") == tree.find("/a"));
    CHECK(tree.find("/dir/..") == tree.root_node);
    CHECK(tree.error("/loop1") == Errno::LOOP);
    CHECK(tree.error("/dangling") == Errno::NOENT);
    CHECK(exo::linux_abi::is_symlink(tree.find("/absolute", LastLink::Keep)->type()));
    CHECK(exo::linux_abi::is_symlink(tree.find("/loop1", LastLink::Keep)->type()));
    // A slash behind it follows it all the same.
    CHECK(tree.find("/dir/", LastLink::Keep) == tree.find("/a"));
    auto create = resolve(tree.root, tree.root, "/dangling", LastLink::Follow);
    REQUIRE(create);
    CHECK(create->name.view() == "nowhere");
}

TEST_CASE("forty links are followed, one more is not") {
    Tree tree;
    tree.file("/", "l0");
    for (int i = 1; i <= 41; ++i)
        tree.symlink("/", "l" + std::to_string(i), "l" + std::to_string(i - 1));
    CHECK(tree.find("/l40") == tree.find("/l0"));
    CHECK(tree.error("/l41") == Errno::LOOP);
}

TEST_CASE("places know their paths") {
    Tree tree;
    tree.directory("/", "a");
    tree.directory("/a", "b");
    tree.symlink("/", "s", "a/b");
    auto place = find_place(tree.root, tree.root, "/s/../b/.", LastLink::Follow);
    REQUIRE(place);
    CHECK((*place)->path().view() == "/a/b");
    CHECK(tree.root->path().view() == "/");
    auto below = find_place(tree.root, *place, "..", LastLink::Follow);
    REQUIRE(below);
    CHECK((*below)->path().view() == "/a");
}
