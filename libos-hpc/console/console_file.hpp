// A standard stream as an open file: like a pipe to whoever started the program, not a terminal.
#pragma once

#include "libos-hpc/console/streams.hpp"
#include "libos-hpc/file/file.hpp"

namespace exo::hpc {

class ConsoleFile final : public File {
public:
    ConsoleFile(Stream stream, std::uint32_t flags) : File(flags), stream_(stream) {}

    Outcome<std::size_t> read(ReadBuffer buffer) override { return read_stream(stream_, buffer, !non_blocking()); }
    Outcome<std::size_t> write(WriteBuffer buffer) override { return write_stream(stream_, buffer); }
    Outcome<Attributes> attributes() override {
        Attributes result;
        result.device = 12;
        result.inode = static_cast<std::uint64_t>(stream_) + 1;
        result.mode = linux_abi::mode::fifo | 0600;
        return result;
    }
    std::uint16_t ready() override {
        if (stream_ != Stream::Input)
            return linux_abi::poll_event::out;
        return stream_readable(stream_) ? linux_abi::poll_event::in : 0;
    }

private:
    Stream stream_;
};

} // namespace exo::hpc
