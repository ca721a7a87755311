// What the socket calls share: from descriptors, addresses and messages of the program to sockets and what they take.
#pragma once

#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/socket/socket.hpp"

namespace exo::hpc::call {

// A descriptor's socket, kept alive.
class SocketFile {
public:
    explicit SocketFile(Ref<File> file) : file_(std::move(file)) {}
    Socket* operator->() const { return file_->socket(); }
    Socket& operator*() const { return *file_->socket(); }

private:
    Ref<File> file_;
};
// Errors: BADF, NOTSOCK.
Outcome<SocketFile> socket_of(int fd);

// Errors: INVAL (longer than any address), FAULT.
Outcome<SocketAddress> load_address(std::uint64_t address, std::uint32_t bytes);
// Stores as much of an address as there is room for, and how long it is. Errors: INVAL (negative room), FAULT.
Done store_address(const SocketAddress& from, std::uint64_t address, User<std::int32_t> bytes);

// The pieces of a message, loaded and checked against the address space.
class LoadedPieces {
public:
    enum class Use : std::uint8_t { Read, Fill };
    LoadedPieces() = default;
    ~LoadedPieces() { heap_free(many_); }
    LoadedPieces(const LoadedPieces&) = delete;
    LoadedPieces& operator=(const LoadedPieces&) = delete;

    // Errors: MSGSIZE (too many), INVAL (too long), FAULT, NOMEM.
    Done load(std::uint64_t vectors, std::uint64_t count, Use use);
    Pieces pieces() const { return {many_ ? many_ : few_, count_}; }
    std::size_t bytes() const { return bytes_; }

private:
    static constexpr std::size_t few = 8;

    IoVector few_[few];
    IoVector* many_ = nullptr;
    std::size_t count_ = 0, bytes_ = 0;
};

// Sends or receives as one message. EPIPE brings SIGPIPE with it unless the flags say no.
Answer send_message(Socket& socket, const SendRequest& request);
Answer receive_message(Socket& socket, ReceiveRequest& request);
Answer read_socket(Socket& socket, std::uint64_t vectors, std::uint64_t count);
Answer write_socket(Socket& socket, std::uint64_t vectors, std::uint64_t count);
// EPIPE, and SIGPIPE for the calling task.
Answer broken_pipe();

} // namespace exo::hpc::call
