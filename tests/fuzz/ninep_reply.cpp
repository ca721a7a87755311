// Fuzzes the 9P client with replies. Connecting succeeds; then the input chooses operations and gives each reply, raw
// or behind a correct header. The oracle: the sanitizers, and that no operation claims more than it was given room for.
#include "libos/ninep/client.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace {

using namespace exo;

void require(bool holds) {
    if (!holds)
        std::abort();
}

class Server {
public:
    explicit Server(std::span<const std::uint8_t> input) : input_(input) {}

    std::uint8_t take() {
        if (input_.empty())
            return 0;
        const std::uint8_t first = input_[0];
        input_ = input_.subspan(1);
        return first;
    }
    bool is_empty() const { return input_.empty(); }

    ninep::Transport transport() {
        return {.context = this,
                .pieces_max = 128,
                .send =
                    [](void* context, std::uint16_t exchange, std::span<const ninep::Piece> request,
                       std::span<const ninep::Piece> reply) {
                        return static_cast<Server*>(context)->send(exchange, request, reply);
                    },
                .poll = [](void* context) { return std::exchange(static_cast<Server*>(context)->finished_, {}); },
                .relax = [](void*) {},
                .now_us = [](void* context) { return ++static_cast<Server*>(context)->now_us_; }};
    }

private:
    ninep::SendResult send(std::uint16_t exchange, std::span<const ninep::Piece> request,
                           std::span<const ninep::Piece> reply) {
        const std::byte* const header = request[0].memory;
        const auto type = static_cast<std::uint8_t>(header[4]);
        std::vector<std::uint8_t> text(7);
        const auto put = [&](std::uint64_t value, std::size_t width) {
            for (std::size_t index = 0; index < width; ++index)
                text.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
        };
        bool with_header = true;
        if (type == 100) {
            put(65536, 4);
            put(8, 2);
            for (const char character : {'9', 'P', '2', '0', '0', '0', '.', 'L'})
                text.push_back(static_cast<std::uint8_t>(character));
        } else if (type == 104) {
            text.resize(7 + 13);
        } else {
            const std::uint8_t shape = take();
            const std::size_t bytes = std::min<std::size_t>(take() | (shape & 0x0f) << 8, input_.size());
            with_header = (shape & 0x80) == 0;
            if (!with_header)
                text.clear();
            text.insert(text.end(), input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(bytes));
            input_ = input_.subspan(bytes);
            if (with_header)
                text[4] = (shape & 0x40) != 0 ? 7 : 0;
        }
        if (with_header) {
            const auto size = static_cast<std::uint32_t>(text.size());
            std::memcpy(text.data(), &size, 4);
            if (text[4] == 0)
                text[4] = static_cast<std::uint8_t>(type + 1);
            std::memcpy(text.data() + 5, header + 5, 2);
        }
        std::size_t written = 0;
        for (const ninep::Piece& piece : reply) {
            const std::size_t part = std::min<std::size_t>(piece.bytes, text.size() - written);
            if (part != 0)
                std::memcpy(piece.memory, text.data() + written, part);
            written += part;
        }
        finished_ = {.kind = ninep::Finished::Kind::Exchange, .exchange = exchange, .bytes = written};
        return ninep::SendResult::Sent;
    }

    std::span<const std::uint8_t> input_;
    ninep::Finished finished_{};
    std::uint64_t now_us_ = 0;
};

void list(ninep::Client& client, ninep::Fid fid) {
    std::array<std::byte, 700> storage;
    auto block = client.read_directory(fid, 0, storage);
    if (!block)
        return;
    require(block->size() <= storage.size());
    ninep::DirectoryEntry entry;
    while (ninep::next_entry(*block, entry))
        require(entry.name.find('/') == std::string_view::npos);
    require(block->empty());
}

void operate(ninep::Client& client, std::uint8_t operation) {
    std::array<std::byte, 300> memory{};
    std::array<char, 50> text{};
    const ninep::Fid fid{3};
    const ninep::Piece pieces[] = {{memory.data(), 0, 100}, {memory.data() + 100, 0, 50}};
    const std::string_view names[] = {"a", "b", "c"};
    const auto within = [](const ninep::Result<std::size_t>& count, std::size_t limit) {
        require(!count || *count <= limit);
    };
    switch (operation % 20) {
    case 0:
        return within(client.read(fid, 0, memory), memory.size());
    case 1:
        return within(client.write(fid, 0, memory), memory.size());
    case 2:
        return within(client.read_direct(fid, 0, pieces), 150);
    case 3:
        return within(client.write_direct(fid, 0, pieces), 150);
    case 4:
        return within(client.read_link(fid, text), 65535);
    case 5:
        return list(client, fid);
    case 6: {
        const auto walked = client.walk(client.root(), names);
        require(!walked || walked->count <= 3);
        return;
    }
    case 7:
        (void)client.walk_path(client.root(), "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r");
        return;
    case 8:
        (void)client.open(fid, 0);
        return;
    case 9:
        (void)client.create(fid, "x", 0, 0, 0);
        return;
    case 10:
        (void)client.get_attributes(fid, ~0ull);
        return;
    case 11:
        (void)client.set_attributes(fid, {});
        return;
    case 12:
        (void)client.file_system_status(fid);
        return;
    case 13:
        (void)client.lock(fid, {}, 0, "me");
        return;
    case 14:
        (void)client.get_lock(fid, {}, "me");
        return;
    case 15:
        (void)client.make_directory(fid, "x", 0, 0);
        return;
    case 16:
        (void)client.symlink(fid, "x", "y", 0);
        return;
    case 17:
        (void)client.clunk(fid);
        return;
    case 18:
        (void)client.rename_at(fid, "x", fid, "y");
        return;
    default:
        (void)client.fsync(fid, false);
        return;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Server server({data, size});
    static std::vector<std::byte> memory(ninep::layout::buffer_bytes_min);
    const ninep::Buffer buffer{memory.data(), 0, memory.size()};
    ninep::Client client;
    require(
        client.connect(server.transport(), {&buffer, 1}, {}, 0, {.request_us = 1000, .flush_us = 1000}).has_value());
    while (!server.is_empty() && !client.is_broken())
        operate(client, server.take());
    return 0;
}
