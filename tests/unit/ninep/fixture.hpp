// A client connected to the fake server, for the cases of this folder.
#pragma once

#include "libos/ninep/client.hpp"
#include "tests/unit/ninep/fake_server.hpp"

#include <doctest/doctest.h>

namespace exo::test {

struct Session {
    FakeServer server;
    ninep::Client client;
    std::vector<std::unique_ptr<std::byte[]>> memory;

    std::vector<ninep::Buffer> make_buffers(std::size_t count, std::size_t bytes) {
        std::vector<ninep::Buffer> buffers;
        for (std::size_t index = 0; index < count; ++index) {
            memory.push_back(std::make_unique<std::byte[]>(bytes));
            buffers.push_back({memory.back().get(), 0, bytes});
        }
        return buffers;
    }
    ninep::Result<void> try_connect(std::size_t exchanges = 1, std::size_t bytes = 64 * 1024,
                                    const ninep::Lock& lock = {}) {
        return client.connect(server.transport(), make_buffers(exchanges, bytes), lock, 1000,
                              {.request_us = 100'000, .flush_us = 50'000});
    }
    void connect(std::size_t exchanges = 1, std::size_t bytes = 64 * 1024, const ninep::Lock& lock = {}) {
        REQUIRE(try_connect(exchanges, bytes, lock).has_value());
    }
    // A new file of that content, and a fid open on it.
    ninep::Fid make_file(std::string_view name, const std::string& content) {
        const auto fid = client.walk_path(client.root(), "");
        REQUIRE(fid.has_value());
        REQUIRE(client.create(*fid, name, 2, 0644, 5).has_value());
        server.root->children.at(std::string(name))->content = content;
        return *fid;
    }
};

} // namespace exo::test
