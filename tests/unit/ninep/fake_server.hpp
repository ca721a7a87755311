// A 9P2000.L server with a tree in memory, for host tests, and the transport to it. It answers in order at the next
// relax, unless a test holds, drops or spoils replies. Its messages are built with code of its own, not the client's.
#pragma once

#include "libos/ninep/transport.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo::test {

struct Node {
    std::uint32_t mode = 0;
    std::string content; // or a link's target
    std::map<std::string, std::shared_ptr<Node>> children;
    std::uint64_t number = 0;
    std::uint32_t user = 0, group = 0;
    std::uint64_t modified_seconds = 0;
    std::uint64_t links = 1;
};
using NodePointer = std::shared_ptr<Node>;

class FakeServer {
public:
    FakeServer();

    ninep::Transport transport();
    void relax();

    NodePointer root;
    std::map<std::uint32_t, NodePointer> fids;
    std::uint32_t message_bytes_max = 512 * 1024;
    std::string version = "9P2000.L";
    std::uint64_t now_us = 0;
    std::size_t pieces_max = 128;
    std::size_t in_flight_max = 32;

    // Misbehaviour and order of replies.
    bool holds = false; // answers nothing but flushes while set
    bool ignores_flush = false;
    bool answers_flushed = false; // a flushed request is answered, not dropped
    bool newest_first = false;
    bool broken = false;
    std::function<void(std::string& reply)> spoil;
    std::function<void()> on_relax;

    // What was seen.
    std::size_t requests = 0;
    std::size_t highest_in_flight = 0;
    std::vector<std::uint16_t> flushed_tags;

private:
    struct Pending {
        std::uint16_t exchange;
        std::string request;
        std::vector<ninep::Piece> reply;
    };

    static FakeServer& self(void* context) { return *static_cast<FakeServer*>(context); }
    ninep::SendResult send(std::uint16_t exchange, std::span<const ninep::Piece> request,
                           std::span<const ninep::Piece> reply);
    void finish(const Pending& pending, std::string reply);
    void answer(const Pending& pending);
    void flush(const Pending& pending, std::uint16_t old_tag);
    // The body of the reply.
    std::string result_of(const std::string& request);
    std::optional<std::string> result_of_session(const std::string& request);
    std::optional<std::string> result_of_file(const std::string& request);
    std::optional<std::string> result_of_name(const std::string& request);
    NodePointer node_of(std::uint32_t fid) const;
    void set_new_fid(std::uint32_t fid, const NodePointer& node);
    NodePointer add(const NodePointer& directory, const std::string& name, std::uint32_t mode);

    std::vector<Pending> pending_;
    std::vector<ninep::Finished> finished_;
    std::uint64_t next_number_ = 1;
};

} // namespace exo::test
