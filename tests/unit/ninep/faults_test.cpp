// The 9P client when the server or the transport is slow, silent, confused or lying; and several requests at a time.
#include "tests/unit/ninep/fixture.hpp"

#include <cstring>
#include <mutex>
#include <thread>

using namespace exo;
using ninep::Errno;
using ninep::Fid;
using test::Session;
namespace error_number = ninep::error_number;

namespace {

void put(std::string& reply, std::size_t offset, std::uint64_t value, std::size_t width) {
    std::memcpy(reply.data() + offset, &value, width);
}

} // namespace

TEST_CASE("9p: a request that takes too long is flushed, and the connection lives on") {
    Session session;
    session.connect();
    const Fid file = session.make_file("file", "abc");
    session.server.holds = true;
    std::byte part[8];
    SUBCASE("dropped") {
        CHECK(session.client.read(file, 0, part).error() == error_number::timed_out);
        CHECK(session.server.flushed_tags.size() == 1);
    }
    SUBCASE("answered after all") {
        session.server.answers_flushed = true;
        CHECK(session.client.read(file, 0, part).value() == 3);
    }
    CHECK_FALSE(session.client.is_broken());
    session.server.holds = false;
    CHECK(session.client.read(file, 0, part).value() == 3);
}

TEST_CASE("9p: a fid whose clunk was not answered is not used again") {
    Session session;
    session.connect();
    const Fid file = session.make_file("file", "");
    session.server.holds = true;
    CHECK(session.client.clunk(file).error() == error_number::timed_out);
    session.server.holds = false;
    CHECK(session.client.walk_path(session.client.root(), "").value().number != file.number);
}

TEST_CASE("9p: a server that does not even flush breaks the connection within its bounds") {
    Session session;
    session.connect();
    const Fid file = session.make_file("file", "abc");
    session.server.holds = session.server.ignores_flush = true;
    std::byte part[8];
    const std::uint64_t begin = session.server.now_us;
    CHECK(session.client.read(file, 0, part).error() == error_number::timed_out);
    CHECK(session.server.now_us - begin < 200'000);
    CHECK(session.client.is_broken());
    session.server.holds = session.server.ignores_flush = false;
    const std::size_t before = session.server.requests;
    CHECK(session.client.read(file, 0, part).error() == error_number::input_output);
    CHECK(session.client.clunk(file).error() == error_number::input_output);
    CHECK(session.server.requests == before);
}

TEST_CASE("9p: a broken transport is an error at once") {
    Session session;
    session.connect();
    session.server.broken = true;
    std::byte part[8];
    const std::uint64_t begin = session.server.now_us;
    CHECK(session.client.read(session.client.root(), 0, part).error() == error_number::input_output);
    CHECK(session.client.is_broken());
    CHECK(session.server.now_us - begin < 10'000);
}

TEST_CASE("9p: a transport that breaks while a request is under way") {
    Session session;
    session.connect();
    session.server.on_relax = [&] { session.server.broken = true; };
    std::byte part[8];
    CHECK(session.client.read(session.client.root(), 0, part).error() == error_number::input_output);
    CHECK(session.client.is_broken());
}

TEST_CASE("9p: a busy transport is waited for, with a bound") {
    Session session;
    session.connect();
    session.server.in_flight_max = 0;
    std::byte part[8];
    CHECK(session.client.read(session.client.root(), 0, part).error() == error_number::timed_out);
    CHECK_FALSE(session.client.is_broken());
    session.server.on_relax = [&] { session.server.in_flight_max = 1; };
    CHECK(session.client.file_system_status(session.client.root()).has_value());
}

TEST_CASE("9p: replies that belong to no request break the connection") {
    Session session;
    session.connect();
    SUBCASE("another tag") {
        session.server.spoil = [](std::string& reply) { put(reply, 5, 9, 2); };
    }
    SUBCASE("another type") {
        session.server.spoil = [](std::string& reply) { put(reply, 4, 111, 1); };
    }
    SUBCASE("a size past its end") {
        session.server.spoil = [](std::string& reply) { put(reply, 0, 1000, 4); };
    }
    SUBCASE("a size below its header") {
        session.server.spoil = [](std::string& reply) { put(reply, 0, 6, 4); };
    }
    SUBCASE("no whole header") {
        session.server.spoil = [](std::string& reply) { reply.resize(5); };
    }
    CHECK(session.client.file_system_status(session.client.root()).error() == error_number::input_output);
    CHECK(session.client.is_broken());
}

TEST_CASE("9p: replies with wrong fields are errors of that request only") {
    Session session;
    session.connect();
    const Fid file = session.make_file("file", "0123456789");
    const Fid fid = session.client.walk_path(session.client.root(), "").value();
    std::byte part[4];
    char target[8];
    std::vector<std::byte> storage(1000);
    auto& spoil = session.server.spoil;
    auto& client = session.client;
    SUBCASE("more read than asked for") {
        session.server.spoil = [](std::string& reply) {
            reply.append(10, 'x');
            put(reply, 0, reply.size(), 4);
            put(reply, 7, 14, 4);
        };
        CHECK(client.read(file, 0, part).error() == error_number::input_output);
    }
    SUBCASE("a count past the reply") {
        spoil = [](std::string& reply) { put(reply, 7, 4, 4), reply.resize(13), put(reply, 0, 13, 4); };
        CHECK(client.read(file, 0, part).error() == error_number::input_output);
    }
    SUBCASE("more read directly than asked for") {
        spoil = [](std::string& reply) { put(reply, 7, 5, 4); };
        const ninep::Piece piece{part, 0, 4};
        CHECK(client.read_direct(file, 0, {&piece, 1}).error() == error_number::input_output);
    }
    SUBCASE("more written than given") {
        spoil = [](std::string& reply) { put(reply, 7, 5, 4); };
        CHECK(client.write(file, 0, part).error() == error_number::input_output);
    }
    SUBCASE("an error number that is none") {
        for (const std::uint64_t number : {0ull, 4096ull, 0xffff'ffffull}) {
            spoil = [number](std::string& reply) { put(reply, 7, number, 4); };
            CHECK(client.open(Fid{99}, 0).error() == error_number::input_output);
        }
    }
    SUBCASE("a walk further than asked for") {
        spoil = [](std::string& reply) {
            reply += reply.substr(9, 13);
            put(reply, 0, reply.size(), 4);
            put(reply, 7, 2, 2);
        };
        const std::string_view name = "file";
        CHECK(client.walk(client.root(), {&name, 1}).error() == error_number::input_output);
    }
    SUBCASE("truncated attributes") {
        spoil = [](std::string& reply) { reply.resize(60), put(reply, 0, 60, 4); };
        CHECK(client.get_attributes(file, ninep::attribute::basic).error() == error_number::input_output);
    }
    SUBCASE("a link target past the reply") {
        CHECK(client.symlink(fid, "soft", "target", 0).has_value());
        const Fid soft = client.walk_path(client.root(), "soft").value();
        spoil = [](std::string& reply) { put(reply, 7, 7, 2); };
        CHECK(client.read_link(soft, target).error() == error_number::input_output);
    }
    SUBCASE("a directory block that ends inside an entry") {
        spoil = [](std::string& reply) {
            reply.pop_back(), put(reply, 0, reply.size(), 4), put(reply, 7, reply.size() - 11, 4);
        };
        CHECK(client.read_directory(client.root(), 0, storage).error() == error_number::input_output);
    }
    SUBCASE("a directory entry that leads elsewhere") {
        spoil = [](std::string& reply) { reply[reply.size() - 2] = '/'; };
        CHECK(client.read_directory(client.root(), 0, storage).error() == error_number::input_output);
    }
    SUBCASE("an unknown lock status") {
        spoil = [](std::string& reply) { reply[7] = 9; };
        CHECK(client.lock(file, {}, 0, "me").error() == error_number::input_output);
    }
    spoil = {};
    CHECK_FALSE(client.is_broken());
    CHECK(client.read(file, 0, part).has_value());
}

TEST_CASE("9p: several threads share a client, replies come in any order") {
    std::mutex mutex; // the client's lock, under which the fake server is used too
    Session session;
    const ninep::Lock lock{.context = &mutex,
                           .acquire = [](void* context) { static_cast<std::mutex*>(context)->lock(); },
                           .release = [](void* context) { static_cast<std::mutex*>(context)->unlock(); }};
    session.server.newest_first = true;
    auto transport = session.server.transport();
    struct Shared {
        test::FakeServer& server;
        std::mutex& mutex;
    } shared{session.server, mutex};
    transport.context = &shared;
    transport.send = [](void* context, std::uint16_t exchange, std::span<const ninep::Piece> request,
                        std::span<const ninep::Piece> reply) {
        auto& self = *static_cast<Shared*>(context);
        const auto inner = self.server.transport();
        return inner.send(inner.context, exchange, request, reply);
    };
    transport.poll = [](void* context) {
        const auto inner = static_cast<Shared*>(context)->server.transport();
        return inner.poll(inner.context);
    };
    transport.relax = [](void* context) {
        auto& self = *static_cast<Shared*>(context);
        std::this_thread::yield();
        const std::lock_guard guard(self.mutex);
        // Replies gather until several requests wait, or time has passed.
        self.server.holds = self.server.now_us % 4000 != 0;
        self.server.relax();
    };
    transport.now_us = [](void* context) {
        auto& self = *static_cast<Shared*>(context);
        const std::lock_guard guard(self.mutex);
        return self.server.now_us;
    };
    REQUIRE(session.client
                .connect(transport, session.make_buffers(8, 32 * 1024), lock, 0,
                         {.request_us = 1'000'000'000, .flush_us = 1'000'000'000})
                .has_value());
    constexpr int thread_count = 12, rounds = 60; // more threads than exchanges
    bool good[thread_count] = {};
    std::vector<std::thread> threads;
    for (int number = 0; number < thread_count; ++number)
        threads.emplace_back([&, number] {
            auto& client = session.client;
            const std::string name = "file" + std::to_string(number);
            const auto fid = client.walk_path(client.root(), "");
            bool fine = fid && client.create(*fid, name, 2, 0644, 0);
            for (int round = 0; fine && round < rounds; ++round) {
                const std::string text = name + " round " + std::to_string(round);
                std::string back(text.size(), '\0');
                fine = client.write(*fid, 0, std::as_bytes(std::span(text))) == text.size() &&
                       client.read(*fid, 0, std::as_writable_bytes(std::span(back))) == text.size() && back == text;
            }
            good[number] = fine && client.clunk(*fid);
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const bool fine : good)
        CHECK(fine);
    CHECK(session.server.highest_in_flight > 1);
    CHECK(session.server.highest_in_flight <= 8);
    CHECK(session.server.fids.size() == 1);
}
