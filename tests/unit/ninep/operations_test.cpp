// Connecting, and moving bytes, with the 9P client against a server that works: what arrives, what comes back, which
// error. What is about names and attributes is in names_test.cpp.
#include "tests/unit/ninep/fixture.hpp"

#include <cstring>

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
