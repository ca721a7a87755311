// Directories the library OS makes itself, over another one, and generated files.
#include "libos-hpc/fs/text_node.hpp"
#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/test/tree.hpp"

using namespace exo::hpc;
using namespace exo::hpc::test;

namespace {

constexpr TreeKind kind{exo::linux_abi::file_system::proc, 3};

int made = 0;
Ref<Node> make_one(std::uint64_t argument) {
    ++made;
    return text_file(kind, [](Text& text, std::uint64_t value) { text.decimal(value); }, argument);
}

std::string text_of(Node& node) {
    auto opened = node.open(exo::linux_abi::open_flag::read_only);
    REQUIRE(opened);
    return read_all(**opened);
}

} // namespace

TEST_CASE("own names hide those underneath, which follow in listings") {
    Tree under;
    under.directory("/", "tmp");
    under.file("/", "readme");
    auto root = make<TreeDirectory>(kind, under.root_node);
    REQUIRE(root->add("tmp", text_file(kind, [](Text& text, std::uint64_t) { text.add("mine"); })));
    CHECK(text_of(**root->lookup("tmp")) == "mine");
    CHECK(root->lookup("readme"));
    CHECK(root->lookup("nothing").error() == Errno::NOENT);
    Listing all;
    REQUIRE(root->list(0, all));
    CHECK(all.names == std::vector<std::string>{"tmp", "readme"});
    Listing one(1), rest;
    REQUIRE(root->list(0, one));
    REQUIRE(root->list(one.next, rest));
    CHECK(rest.names == std::vector<std::string>{"readme"});
    CHECK(root->create({"new", 0644}).error() == Errno::ROFS);
}

TEST_CASE("lazy names are made once, at their first use") {
    made = 0;
    auto root = make<TreeDirectory>(kind);
    REQUIRE(root->add_lazy("later", make_one, 42));
    CHECK(made == 0);
    CHECK(text_of(**root->lookup("later")) == "42");
    CHECK(text_of(**root->lookup("later")) == "42");
    CHECK(made == 1);
}

TEST_CASE("an open generated file is made at its first read and does not change afterwards") {
    static std::uint64_t counter = 0;
    auto node = text_file(kind, [](Text& text, std::uint64_t) { text.decimal(++counter); });
    auto first = node->open(exo::linux_abi::open_flag::read_only);
    auto second = node->open(exo::linux_abi::open_flag::read_only);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(counter == 0);
    CHECK(read_all(**second) == "1");
    CHECK(read_all(**first) == "2");
    CHECK(read_all(**second) == "1");
    CHECK(node->open(exo::linux_abi::open_flag::write_only).error() == Errno::ACCES);
}

TEST_CASE("a generated link") {
    auto link = text_link(kind, [](Text& text, std::uint64_t) { text.add("/bin/program"); });
    char target[5];
    CHECK(link->read_link(target) == 5u);
    CHECK(std::string_view(target, 5) == "/bin/");
}
