// Names with the 9P client against a server that works: walking, listing, making and removing them, their attributes
// and locks.
#include "tests/unit/ninep/fixture.hpp"

using namespace exo;
using ninep::Errno;
using ninep::Fid;
using test::Session;

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
