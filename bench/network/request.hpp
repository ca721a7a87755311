// What a program of the network bench was asked to measure. Freestanding.
#pragma once

#include "bench/network/lane.hpp"

#include <string_view>

namespace bench::network {

enum class Effort { measure, smoke };
enum class Question { latency, rate };
enum class Clock { wall, instructions }; // what the time-stamp counter counts

// What the words of a command line ask for: `rate` instead of latency, --smoke, --count for instructions, `flows`,
// `tcp`, `handler` or `flood` for what is measured in the place of UDP, after which the rows are called; `client` or
// `server` for one of two machines.
struct Request {
    std::string_view subject = "udp"; // what the rows' names begin with
    Question question = Question::latency;
    Effort effort = Effort::measure;
    Clock clock = Clock::wall;
    Part part = Part::both;

    // False when the word is none of these.
    bool take(std::string_view word) {
        if (word == "rate")
            question = Question::rate;
        else if (word == "--smoke")
            effort = Effort::smoke;
        else if (word == "--count")
            clock = Clock::instructions;
        else if (word == "flows")
            subject = "flow";
        else if (word == "tcp")
            subject = "tcp";
        else if (word == "handler")
            subject = "handler";
        else if (word == "flood")
            subject = "flooded";
        else if (word == "client")
            part = Part::client;
        else if (word == "server")
            part = Part::server;
        else
            return false;
        return true;
    }
};

} // namespace bench::network
