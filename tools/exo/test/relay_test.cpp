// The relay moves every byte, in order, through slow readers and full pipes, and passes on the end of input.
#include "tools/exo/relay.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace exo::tool;

namespace {

constexpr int steps_max = 1'000'000;
constexpr int poll_ms = 1000;

bool run_to_end(Pump& pump) {
    for (int step = 0; step < steps_max && !pump.finished(); ++step) {
        auto slots = pump.wanted();
        if (::poll(slots.data(), slots.size(), poll_ms) < 0)
            return false;
        pump.step(slots);
    }
    return pump.finished();
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t index = 0; index < size; ++index)
        text[index] = static_cast<char>(index * 7 + (index >> 8));
    return text;
}

std::string read_all(int descriptor) {
    std::string text;
    char buffer[1000];
    for (ssize_t count = 0; (count = ::read(descriptor, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    return text;
}

} // namespace

TEST_CASE("relay: a megabyte of any bytes arrives unchanged, then the end") {
    int in[2], out[2];
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, out) == 0);
    const std::string sent = pattern(1 << 20);
    std::thread writer([&] {
        for (std::size_t done = 0; done < sent.size();) {
            const ssize_t count = ::write(in[1], sent.data() + done, sent.size() - done);
            if (count < 0)
                break;
            done += static_cast<std::size_t>(count);
        }
        ::close(in[1]);
    });
    std::string received;
    std::thread reader([&] { received = read_all(out[1]); });
    Pump pump(in[0], out[0], AtEnd::shut_down_socket);
    CHECK(run_to_end(pump));
    CHECK_FALSE(pump.sink_closed());
    writer.join();
    reader.join();
    CHECK(received == sent);
    ::close(in[0]), ::close(out[0]), ::close(out[1]);
}

TEST_CASE("relay: what came before the end is delivered before the end is told") {
    int in[2], out[2];
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, out) == 0);
    REQUIRE(::write(in[1], "last words", 10) == 10);
    ::close(in[1]);
    Pump pump(in[0], out[0], AtEnd::shut_down_socket);
    CHECK(run_to_end(pump));
    CHECK(read_all(out[1]) == "last words");
    ::close(in[0]), ::close(out[0]), ::close(out[1]);
}

TEST_CASE("relay: a reader that went away closes the sink") {
    std::signal(SIGPIPE, SIG_IGN);
    int in[2], out[2];
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::pipe(out) == 0);
    ::close(out[0]);
    REQUIRE(::write(in[1], "x", 1) == 1);
    Pump pump(in[0], out[1], AtEnd::leave_open);
    CHECK(run_to_end(pump));
    CHECK(pump.sink_closed());
    ::close(in[0]), ::close(in[1]), ::close(out[1]);
}

TEST_CASE("relay: a descriptor that is not open ends the source") {
    int out[2];
    REQUIRE(::pipe(out) == 0);
    Pump pump(1000, out[1], AtEnd::leave_open);
    CHECK(run_to_end(pump));
    ::close(out[0]), ::close(out[1]);
}

TEST_CASE("relay: a log reader keeps what it read and knows the end") {
    int in[2];
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::write(in[1], "one\nexo: exit status 3", 22) == 22);
    ::close(in[1]);
    LogReader reader(in[0], -1);
    for (int step = 0; step < steps_max && !reader.finished(); ++step) {
        pollfd slot = reader.wanted();
        REQUIRE(::poll(&slot, 1, poll_ms) >= 0);
        reader.step(slot);
    }
    CHECK(reader.finished());
    CHECK(reader.log().exit_status() == 3);
    ::close(in[0]);
}
