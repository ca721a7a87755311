// A small file system in memory for the tests, and short ways to use it.
#pragma once

#include "libos-hpc/fs/ram_fs.hpp"
#include "libos-hpc/vfs/path.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace exo::hpc::test {

inline std::span<const std::byte> bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string read_all(Node& node, std::size_t room = 4096) {
    std::vector<std::byte> buffer(room);
    auto got = node.read_at(0, buffer);
    REQUIRE(got);
    return {reinterpret_cast<const char*>(buffer.data()), *got};
}

class Listing final : public DirectorySink {
public:
    explicit Listing(std::size_t limit = ~std::size_t{0}) : limit_(limit) {}
    bool take(const DirectoryItem& item) override {
        if (names.size() == limit_)
            return false;
        names.emplace_back(item.name);
        next = item.next;
        return true;
    }
    std::vector<std::string> names;
    std::uint64_t next = 0;

private:
    std::size_t limit_;
};

struct Tree {
    static constexpr std::uint64_t bytes_max = 64 * RamData::block_bytes;
    Ref<Node> root_node = make_ram_file_system(bytes_max, 64, 7, 0755);
    Ref<Place> root = make<Place>(Ref<Place>(), "", root_node);

    Ref<Node> find(std::string_view path, LastLink last = LastLink::Follow) {
        auto place = find_place(root, root, path, last);
        REQUIRE(place);
        return (*place)->node_ref();
    }
    Errno error(std::string_view path, LastLink last = LastLink::Follow) {
        auto place = find_place(root, root, path, last);
        REQUIRE(!place);
        return place.error();
    }
    void directory(std::string_view in, std::string_view name) { REQUIRE(find(in)->make_directory({name, 0755})); }
    Ref<Node> file(std::string_view in, std::string_view name, std::string_view content = "") {
        auto node = find(in)->create({name, 0644});
        REQUIRE(node);
        REQUIRE((*node)->write_at(0, bytes(content)) == content.size());
        return *node;
    }
    void symlink(std::string_view in, std::string_view name, std::string_view target) {
        REQUIRE(find(in)->make_symlink(name, target));
    }
};

} // namespace exo::hpc::test
