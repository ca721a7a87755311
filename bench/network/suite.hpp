// The measurements both systems run over a Lane (lane.hpp), printed as ROW and HIST lines. Freestanding.
#pragma once

#include "bench/network/histogram.hpp"
#include "bench/network/lane.hpp"
#include "bench/network/request.hpp"
#include "bench/primitives/sampling.hpp"

namespace bench::network {

template <class Lane>
class NetworkSuite {
public:
    NetworkSuite(Lane& lane, const Request& request) : lane_(lane), request_(request) {}

    // False when a packet did not come where it had to.
    bool run() {
        if (request_.part != Part::both && request_.question == Question::rate)
            return rate();
        if (request_.part == Part::server)
            return serve();
        if (request_.part == Part::client && !meet())
            return false;
        if (!warm_up())
            return false;
        if (request_.clock == Clock::instructions)
            return count_send_receive();
        return request_.question == Question::latency ? time_round_trips() && part() : rate();
    }

private:
    static constexpr std::uint32_t samples_max = 4096;
    static constexpr std::uint64_t patience_cycles = 100'000'000'000; // some tens of seconds
    static constexpr std::uint64_t batch_cycles_max = 250'000'000;    // of a one-way stream: slow systems do less
    static constexpr std::uint64_t passed_instructions = 400'000;     // while a packet comes and is dealt with
    static constexpr std::uint32_t passes_max = 100;
    static constexpr std::uint64_t listening_cycles = 100'000'000;

    static constexpr std::uint32_t batches = 9;
    static constexpr bool is_stream = requires { Lane::is_stream; };
    // The other end is in the kernel, which counts no octets for us.
    static constexpr bool answers_in_kernel = requires { Lane::answers_in_kernel; };
    unsigned counting_ends() const { return answers_in_kernel || request_.part != Part::both ? 1 : 2; }
    static constexpr std::size_t payload = is_stream ? 1 : round_trip_payload;

    std::uint64_t effort_octets() const { return request_.effort == Effort::smoke ? 1 << 18 : 1 << 22; }
    std::uint64_t effort_datagrams() const { return request_.effort == Effort::smoke ? 256 : 20'000; }
    std::uint32_t round_trips() const { return request_.effort == Effort::smoke ? 64 : samples_max; }

    // One datagram there and back, waiting as the lane waits; false when it was lost.
    bool round_trip() {
        const std::uint64_t deadline = read_tsc() + patience_cycles;
        while (lane_.send(1, payload) != 1)
            if (read_tsc() > deadline)
                return false;
        while (request_.part == Part::both && lane_.echo(1) != 1)
            if (read_tsc() > deadline)
                return false;
        while (lane_.receive(1) != 1)
            if (read_tsc() > deadline)
                return false;
        return true;
    }

    // Until the other machine answers, and nothing more comes of what was sent before it did.
    bool meet() {
        const std::uint64_t deadline = read_tsc() + patience_cycles;
        for (bool sent = false, answered = false; !answered;) {
            if (read_tsc() > deadline)
                return false;
            if (!is_stream || !sent) // octets of a stream are not lost
                sent = lane_.send(1, payload) == 1;
            answered = listen();
        }
        while (listen()) {
        }
        if constexpr (requires { lane_.meet(); })
            lane_.meet();
        return true;
    }

    // True when something came within some tens of milliseconds.
    bool listen() {
        for (const std::uint64_t begin = read_tsc(); read_tsc() - begin < listening_cycles;)
            if (lane_.receive(1) != 0)
                return true;
        return false;
    }

    // The server's part: an answer to whatever comes, until something of one octet more than a round trip's.
    bool serve() {
        std::uint64_t octets = 0;
        for (std::uint64_t deadline = read_tsc() + patience_cycles; octets != payload + 1;) {
            const std::uint64_t before = lane_.payload_bytes_received();
            (void)lane_.echo(1);
            octets = lane_.payload_bytes_received() - before;
            if (octets != 0)
                deadline = read_tsc() + patience_cycles;
            else if (read_tsc() > deadline)
                return false;
        }
        return true;
    }

    // Ends the server's part.
    bool part() {
        if (request_.part == Part::both)
            return true;
        return lane_.send(1, payload + 1) != 0 && within_patience([this] { return lane_.receive(1) != 0; });
    }

    bool warm_up() {
        for (std::uint32_t i = 0; i < 64; ++i)
            if (!round_trip())
                return false;
        return true;
    }

    void flood_neighbour() {
        if constexpr (requires { lane_.flood(); }) {
            if (request_.subject == "flooded")
                lane_.flood();
        }
    }

    bool time_round_trips() {
        const std::uint32_t count = round_trips();
        Histogram histogram;
        const std::uint64_t bytes = lane_.payload_bytes_received();
        const std::uint64_t entries = kernel_entries();
        for (std::uint32_t i = 0; i < count; ++i) {
            flood_neighbour();
            const std::uint64_t begin = read_tsc();
            if (!round_trip())
                return false;
            samples_[i] = read_tsc() - begin;
            histogram.add(samples_[i]);
        }
        if (counts_entries())
            row("_kernel_entries", (kernel_entries() - entries) * 1000, "count");
        if (lane_.payload_bytes_received() - bytes != std::uint64_t{counting_ends()} * count * payload)
            return false;
        sort(count);
        row("_round_trip", samples_[count / 2] * 1000);
        row("_round_trip_p99", samples_[count - 1 - count / 100] * 1000);
        row("_round_trip_least", samples_[0] * 1000);
        char name[name_bytes_max];
        histogram.print(name_of(name, "_round_trip"), [this](std::string_view line) { lane_.print(line); });
        return true;
    }

    // What the ends spend on one send plus one receive: the instructions of the calls and of whatever handles the
    // packet in between, without those that only wait.
    bool count_send_receive() {
        const std::uint32_t count = request_.effort == Effort::smoke ? 15 : 201;
        for (std::uint32_t i = 0; i < count; ++i) {
            std::uint64_t passed = 0;
            const auto pass = [&] {
                pass_instructions(passed_instructions);
                passed += passed_instructions;
            };
            const std::uint64_t begin = read_tsc();
            if (lane_.send(1, payload) != 1)
                return false;
            pass();
            for (std::uint32_t tries = 0; lane_.echo(1) != 1; ++tries, pass())
                if (tries == passes_max)
                    return false;
            pass();
            for (std::uint32_t tries = 0; lane_.receive(1) != 1; ++tries, pass())
                if (tries == passes_max)
                    return false;
            samples_[i] = read_tsc() - begin - passed;
        }
        sort(count);
        if (counting_ends() == 2)
            row("_send_receive", samples_[count / 2] * 1000 / 2);
        else
            row("_exchange", samples_[count / 2] * 1000);
        return true;
    }

    // What goes one way: datagrams of a size, or octets of a stream in pieces as a program writes them.
    struct Load {
        std::string_view row;
        std::size_t piece;
    };
    static constexpr std::size_t load_count = is_stream ? 1 : 2;
    static constexpr Load loads[2] = {
        {is_stream ? "_stream_kib" : "_small_packet", is_stream ? stream_piece : small_payload},
        {"_large_packet", large_payload}};
    static constexpr std::size_t at_once = is_stream ? 1 : burst;

    bool rate() {
        for (const Load& load : std::span(loads).first(load_count)) {
            const bool well = request_.part == Part::client ? give(load) : take(load);
            if (!well)
                return false;
        }
        if (request_.part == Part::server) // while the last echo leaves
            for (const std::uint64_t begin = read_tsc(); read_tsc() - begin < listening_cycles;) {
            }
        return true;
    }

    // The row is of a datagram, or of a KiB of a stream, by the clock of whoever takes them. One of two machines then
    // says by an echo that it has enough.
    bool take(const Load& load) {
        constexpr std::uint64_t unit = is_stream ? 1024 : 1, least = is_stream ? stream_piece : 1;
        const std::uint64_t wanted = is_stream ? effort_octets() : effort_datagrams();
        for (std::uint32_t batch = 0; batch <= batches; ++batch) {
            const std::uint64_t begin = read_tsc();
            std::uint64_t came = 0;
            while (came < wanted && (came < least || read_tsc() - begin < batch_cycles_max)) {
                if (request_.part == Part::both)
                    (void)lane_.send(at_once, load.piece);
                std::size_t now;
                do {
                    now = lane_.drain(at_once, load.piece);
                    came += now;
                } while (!is_stream && now != 0 && came < wanted);
                if (read_tsc() - begin > patience_cycles)
                    return false;
            }
            if (batch > 0) // the first goes unmeasured
                samples_[batch - 1] = (read_tsc() - begin) * 1000 / (came / unit);
        }
        sort(batches);
        row(load.row, samples_[batches / 2]);
        return request_.part == Part::both || within_patience([this] { return lane_.echo(1) != 0; });
    }

    bool give(const Load& load) {
        return within_patience([this, &load] {
            (void)lane_.send(at_once, load.piece);
            return lane_.receive(1) != 0;
        });
    }

    template <class Attempt>
    bool within_patience(Attempt attempt) {
        for (const std::uint64_t deadline = read_tsc() + patience_cycles; !attempt();)
            if (read_tsc() > deadline)
                return false;
        return true;
    }

    void sort(std::uint32_t count) {
        std::sort(samples_, samples_ + count, [](std::uint64_t a, std::uint64_t b) { return a < b; });
    }

    // Where a lane can say how often the kernel was entered.
    static constexpr bool may_count_entries = requires(Lane& lane) { lane.kernel_entries(); };
    bool counts_entries() const {
        if constexpr (may_count_entries)
            return lane_.counts_kernel_entries();
        return false;
    }
    std::uint64_t kernel_entries() const {
        if constexpr (may_count_entries)
            return lane_.kernel_entries();
        return 0;
    }

    static constexpr std::size_t name_bytes_max = 64;

    std::string_view name_of(std::span<char, name_bytes_max> into, std::string_view rest) const {
        auto end = into.begin();
        const std::string_view topology = request_.part == Part::both ? "" : "pair_";
        for (const std::string_view word : {topology, request_.subject, rest})
            end = std::copy(word.begin(), word.end(), end);
        return {into.data(), static_cast<std::size_t>(end - into.begin())};
    }

    // `rest`: of its name, behind the subject.
    void row(std::string_view rest, std::uint64_t thousandths, std::string_view unit = "cycles") {
        char name[name_bytes_max], buffer[row_bytes_max];
        lane_.print(format_row(buffer, name_of(name, rest), unit, thousandths));
    }

    Lane& lane_;
    const Request request_;
    std::uint64_t samples_[samples_max] = {};
};

} // namespace bench::network
