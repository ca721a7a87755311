// Each operation of the 9P client against a server that works: what arrives, what comes back, which error.
#include "tests/unit/ninep/fixture.hpp"

#include <cstring>
#include <numeric>

using namespace exo;
using ninep::Errno;
using ninep::Fid;
using test::Session;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t random = 1;
    for (char& character : text)
        character = static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
    return text;
}

} // namespace

TEST_CASE("9p: connecting agrees on version and size and attaches") {
    Session session;
    session.server.message_bytes_max = 100'000;
    session.connect();
    CHECK(session.client.direct_bytes_max() == 100'000 - ninep::payload_overhead);
    CHECK(session.client.transfer_bytes_max() == 64 * 1024 - ninep::layout::payload - ninep::payload_overhead);
    CHECK(session.server.fids.at(session.client.root().number) == session.server.root);
}

TEST_CASE("9p: connecting refuses what cannot work") {
    Session session;
    SUBCASE("another protocol") {
        session.server.version = "9P2000.u";
        CHECK(session.try_connect().error() == ninep::error_number::not_supported);
    }
    SUBCASE("messages that are too small") {
        session.server.message_bytes_max = 4095;
        session.server.on_relax = [&] { session.server.message_bytes_max = 4095; };
        CHECK(session.try_connect().error() == ninep::error_number::not_supported);
    }
    SUBCASE("no buffers") {
        CHECK(session.try_connect(0).error() == ninep::error_number::invalid);
    }
    SUBCASE("too many buffers") {
        CHECK(session.try_connect(17).error() == ninep::error_number::invalid);
    }
    SUBCASE("small buffers") {
        CHECK(session.try_connect(1, ninep::layout::buffer_bytes_min - 1).error() == ninep::error_number::invalid);
    }
    SUBCASE("a transport of too few pieces") {
        session.server.pieces_max = 2;
        CHECK(session.try_connect().error() == ninep::error_number::invalid);
    }
}

TEST_CASE("9p: files are created, written, read and closed") {
    Session session;
    session.connect();
    auto& client = session.client;
    const auto fid = client.walk_path(client.root(), "");
    REQUIRE(fid.has_value());
    REQUIRE(client.create(*fid, "file", 2, 0640, 7).has_value());
    const auto& node = session.server.root->children.at("file");
    CHECK(node->mode == 0100640);
    CHECK(node->group == 7);
    CHECK(client.write(*fid, 3, bytes_of("hello")).value() == 5);
    CHECK(node->content == std::string("\0\0\0hello", 8));
    CHECK(client.fsync(*fid, true).has_value());
    std::byte part[16] = {};
    CHECK(client.read(*fid, 4, part).value() == 4);
    CHECK(std::memcmp(part, "ello", 4) == 0);
    CHECK(client.read(*fid, 8, part).value() == 0);
    CHECK(client.read(*fid, 0, {}).value() == 0);
    CHECK(client.clunk(*fid).has_value());
    CHECK(session.server.fids.size() == 1);
    CHECK(client.read(*fid, 0, part).error() == Errno{9});
}

TEST_CASE("9p: large transfers go in parts, through the buffer and directly") {
    Session session;
    session.connect();
    auto& client = session.client;
    const std::string data = pattern(300'000);
    const Fid fid = session.make_file("big", "");
    std::size_t done = 0;
    while (done < data.size()) {
        const auto count = client.write(fid, done, bytes_of(data).subspan(done));
        REQUIRE(count.has_value());
        REQUIRE(*count > 0);
        CHECK(*count <= client.transfer_bytes_max());
        done += *count;
    }
    CHECK(session.server.root->children.at("big")->content == data);
    std::string back(data.size(), '\0');
    for (done = 0; done < data.size();) {
        const auto count = client.read(fid, done, std::as_writable_bytes(std::span(back)).subspan(done));
        REQUIRE(count.has_value());
        REQUIRE(*count > 0);
        done += *count;
    }
    CHECK(back == data);

    // Directly into three pieces of odd sizes, in one message.
    std::string direct(data.size(), '\0');
    auto* const memory = reinterpret_cast<std::byte*>(direct.data());
    const ninep::Piece pieces[] = {{memory, 0, 1001}, {memory + 1001, 0, 200'000}, {memory + 201'001, 0, 98'999}};
    CHECK(client.read_direct(fid, 0, pieces).value() == data.size());
    CHECK(direct == data);
    CHECK(client.write_direct(fid, 5, pieces).value() == data.size());
    CHECK(session.server.root->children.at("big")->content == data.substr(0, 5) + data);
    // A read that ends early says so; an error arrives although the reply's place is split.
    CHECK(client.read_direct(fid, data.size() - 10, pieces).value() == 15);
    CHECK(client.read_direct(Fid{77}, 0, pieces).error() == Errno{9});
}

TEST_CASE("9p: direct transfers that do not fit into a message are refused") {
    Session session;
    session.connect();
    const Fid fid = session.make_file("file", "x");
    std::vector<std::byte> memory(600'000);
    const ninep::Piece one{memory.data(), 0, 512 * 1024};
    CHECK(session.client.read_direct(fid, 0, {&one, 1}).error() == ninep::error_number::invalid);
    CHECK(session.client.write_direct(fid, 0, {&one, 1}).error() == ninep::error_number::invalid);
    const std::vector<ninep::Piece> many(127, ninep::Piece{memory.data(), 0, 8});
    CHECK(session.client.read_direct(fid, 0, many).error() == ninep::error_number::invalid);
    CHECK(session.client.write_direct(fid, 0, many).error() == ninep::error_number::invalid);
    CHECK(session.client.read_direct(fid, 0, std::span(many).first(126)).value() == 1);
}

TEST_CASE("9p: walking") {
    Session session;
    session.connect();
    auto& client = session.client;
    std::string path;
    Fid directory = client.walk_path(client.root(), "").value();
    for (int depth = 0; depth < 40; ++depth) { // more than one walk message carries
        const std::string name = "d" + std::to_string(depth);
        REQUIRE(client.make_directory(directory, name, 0755, 0).has_value());
        path += "/" + name + (depth % 3 == 0 ? "//./" : "");
        const Fid next = client.walk_path(directory, name).value();
        CHECK(client.clunk(directory).has_value());
        directory = next;
    }
    const std::size_t fids_before = session.server.fids.size();
    const auto reached = client.walk_path(client.root(), path);
    REQUIRE(reached.has_value());
    CHECK(session.server.fids.at(reached->number) == session.server.fids.at(directory.number));
    CHECK(session.server.fids.size() == fids_before + 1);

    CHECK(client.walk_path(client.root(), path + "/absent").error() == ninep::error_number::not_found);
    CHECK(client.walk_path(client.root(), "absent").error() == Errno{2});
    CHECK(client.clunk(session.make_file("file", "")).has_value());
    CHECK(client.walk_path(client.root(), "file/x").error() == ninep::error_number::not_a_directory);
    CHECK(client.symlink(client.root(), "link", "d0", 0).has_value());
    CHECK(client.walk_path(client.root(), "link/d1").error() == ninep::error_number::too_many_links);
    CHECK(session.server.fids.size() == fids_before + 1);

    const std::string_view names[] = {"d0", "d1", "nothing"};
    const auto walked = client.walk(client.root(), names);
    REQUIRE(walked.has_value());
    CHECK_FALSE(walked->fid.has_value());
    CHECK(walked->count == 2);
    CHECK(walked->last.is_directory());
    const std::vector<std::string_view> too_many(17, "d0");
    CHECK(client.walk(client.root(), too_many).error() == ninep::error_number::invalid);
}

TEST_CASE("9p: fids are limited, and come back when clunked") {
    Session session;
    session.connect();
    auto& client = session.client;
    std::vector<Fid> fids;
    for (std::size_t count = 1; count < ninep::fids_max; ++count) {
        const auto fid = client.walk_path(client.root(), "");
        REQUIRE(fid.has_value());
        fids.push_back(*fid);
    }
    CHECK(client.walk_path(client.root(), "").error() == ninep::error_number::too_many_files);
    CHECK(client.clunk(fids[500]).has_value());
    CHECK(client.walk_path(client.root(), "").value().number == fids[500].number);
    // Removing gives the fid back even when the server refuses.
    CHECK(client.remove(fids[7]).error() == Errno{1});
    CHECK(client.walk_path(client.root(), "").has_value());
}

TEST_CASE("9p: directories are listed whole, in parts of any size") {
    Session session;
    session.connect();
    auto& client = session.client;
    std::vector<std::string> expected;
    for (int index = 1000; index < 1200; ++index) {
        expected.push_back("entry" + std::to_string(index));
        REQUIRE(client.make_directory(client.root(), expected.back(), 0700, 0).has_value());
    }
    std::size_t storage_bytes = 0;
    SUBCASE("small") {
        storage_bytes = 60;
    }
    SUBCASE("large") {
        storage_bytes = 100'000;
    }
    std::vector<std::byte> storage(storage_bytes);
    std::vector<std::string> seen;
    std::uint64_t offset = 0;
    for (int turn = 0; turn < 300; ++turn) {
        auto block = client.read_directory(client.root(), offset, storage);
        REQUIRE(block.has_value());
        if (block->empty())
            break;
        ninep::DirectoryEntry entry;
        while (ninep::next_entry(*block, entry)) {
            seen.push_back(std::string(entry.name));
            CHECK(entry.qid.is_directory());
            CHECK(entry.type == 4);
            offset = entry.next;
        }
    }
    CHECK(seen == expected);
}

TEST_CASE("9p: names are made, linked, moved and removed") {
    Session session;
    session.connect();
    auto& client = session.client;
    auto& root = *session.server.root;
    const Fid file = session.make_file("file", "content");
    CHECK(client.make_directory(client.root(), "dir", 0755, 0)->is_directory());
    CHECK(client.make_directory(client.root(), "dir", 0755, 0).error() == Errno{17});
    const Fid dir = client.walk_path(client.root(), "dir").value();
    CHECK(client.symlink(client.root(), "soft", "some/where", 0)->is_symlink());
    const Fid soft = client.walk_path(client.root(), "soft").value();
    char target[32] = {};
    CHECK(client.read_link(soft, target).value() == 10);
    CHECK(std::string(target) == "some/where");
    char little[4] = {};
    CHECK(client.read_link(soft, little).value() == 10);
    CHECK(std::string(little, 4) == "some");
    CHECK(client.read_link(file, target).error() == Errno{22});
    CHECK(client.link(dir, file, "hard").has_value());
    CHECK(root.children.at("dir")->children.at("hard") == root.children.at("file"));
    CHECK(client.rename_at(client.root(), "file", dir, "moved").has_value());
    CHECK_FALSE(root.children.contains("file"));
    CHECK(root.children.at("dir")->children.at("moved")->content == "content");
    CHECK(client.unlink_at(client.root(), "dir", ninep::unlink_flag::remove_directory).error() == Errno{39});
    CHECK(client.unlink_at(client.root(), "dir", 0).error() == Errno{21});
    CHECK(client.unlink_at(dir, "hard", 0).has_value());
    CHECK(client.unlink_at(dir, "moved", 0).has_value());
    CHECK(client.unlink_at(client.root(), "dir", ninep::unlink_flag::remove_directory).has_value());
    CHECK_FALSE(root.children.contains("dir"));
    CHECK(client.make_node(client.root(), "null", 020666, 1, 3, 0).error() == Errno{1});
}

TEST_CASE("9p: attributes are read and changed") {
    Session session;
    session.connect();
    auto& client = session.client;
    const Fid file = session.make_file("file", std::string(1000, 'x'));
    auto found = client.get_attributes(file, ninep::attribute::basic);
    REQUIRE(found.has_value());
    CHECK(found->valid == ninep::attribute::basic);
    CHECK(found->mode == 0100644);
    CHECK(found->size == 1000);
    CHECK(found->blocks == 2);
    CHECK(found->block_bytes == 4096);
    CHECK(found->links == 1);
    CHECK(found->group == 5);
    CHECK(found->accessed_seconds == 11);
    CHECK(found->accessed_nanoseconds == 12);
    CHECK(client
              .set_attributes(file, {.valid = ninep::set_attribute::size | ninep::set_attribute::mode |
                                              ninep::set_attribute::modified | ninep::set_attribute::modified_given,
                                     .mode = 0600,
                                     .size = 3,
                                     .modified_seconds = 77})
              .has_value());
    found = client.get_attributes(file, ninep::attribute::basic);
    REQUIRE(found.has_value());
    CHECK(found->mode == 0100600);
    CHECK(found->size == 3);
    CHECK(found->modified_seconds == 77);
    const auto status = client.file_system_status(file);
    REQUIRE(status.has_value());
    CHECK(status->type == 0x01021997);
    CHECK(status->block_bytes == 4096);
    CHECK(status->blocks_available == 3000);
    CHECK(status->id == 6000);
    CHECK(status->name_bytes_max == 255);
}

TEST_CASE("9p: locks") {
    Session session;
    session.connect();
    const Fid file = session.make_file("file", "");
    const ninep::LockRequest request{.type = ninep::lock_type::write, .start = 10, .length = 20, .process = 3};
    CHECK(session.client.lock(file, request, 0, "me").value() == ninep::LockStatus::Success);
    CHECK(session.client.lock(file, request, 0, "other").value() == ninep::LockStatus::Blocked);
    const auto holder = session.client.get_lock(file, request, "me");
    REQUIRE(holder.has_value());
    CHECK(holder->process == 42);
    CHECK(holder->start == 10);
    CHECK(holder->length == 20);
}

TEST_CASE("9p: requests that do not fit into a message are refused before they are sent") {
    Session session;
    session.server.message_bytes_max = 4096;
    session.connect();
    const std::size_t before = session.server.requests;
    const std::string long_name(5000, 'n'), longest_name(70'000, 'n');
    CHECK(session.client.make_directory(session.client.root(), long_name, 0, 0).error() ==
          ninep::error_number::name_too_long);
    CHECK(session.client.make_directory(session.client.root(), longest_name, 0, 0).error() ==
          ninep::error_number::name_too_long);
    CHECK(session.server.requests == before);
    CHECK_FALSE(session.client.is_broken());
}
