// See counts.hpp.
#include "libos-kv/metrics/counts.hpp"

namespace exo::kv {

namespace {

constexpr std::size_t turns_at = counts_count, keys_at = turns_at + works, calls_at = keys_at + databases_count * 2;

std::uint64_t waiting_in(const Array<Session*>& sessions) {
    std::uint64_t waiting = 0;
    for (const Session* session : sessions)
        waiting += session->waiting != nullptr;
    return waiting;
}

} // namespace

Counts::Counts(Server& server) {
    const Statistics& counted = server.statistics;
    const std::uint64_t used = used_bytes(), peak = peak_used_bytes(); // without this row
    numbers_.reserve(calls_at + server.commands().size() * 4);
    for (const std::uint64_t number :
         {used, peak, server.surroundings().memory_bytes, waiting_in(server.sessions()), counted.commands, counted.hits,
          counted.misses, counted.expired, counted.evicted, counted.errors, std::uint64_t{server.slowlog.size()}})
        push(number);
    for (std::size_t work = 0; work < works; work++)
        push(counted.turns.of(static_cast<Work>(work)));
    for (const Database& database : server.databases) {
        push(database.size());
        push(database.expiring());
    }
    for (const Command* command : server.commands())
        for (const std::uint64_t number : {command->calls, command->microseconds, command->rejected, command->failed})
            push(number);
}

std::uint64_t Counts::longest_turn_us(Work work) const {
    return numbers_[turns_at + static_cast<std::size_t>(work)];
}

Counts::Keys Counts::keys(std::size_t database) const {
    const std::size_t at = keys_at + database * 2;
    return {numbers_[at], numbers_[at + 1]};
}

Counts::Calls Counts::calls(std::size_t command) const {
    const std::size_t at = calls_at + command * 4;
    return {numbers_[at], numbers_[at + 1], numbers_[at + 2], numbers_[at + 3]};
}

std::string_view Counts::octets() const {
    // Safe: numbers as characters.
    return {reinterpret_cast<const char*>(numbers_.data()), numbers_.size() * sizeof(std::uint64_t)};
}

void Counts::add(std::string_view octets) {
    for (std::size_t index = 0; index < numbers_.size(); index++) {
        std::uint64_t number;
        copy_bytes(&number, octets.data() + index * sizeof number, sizeof number);
        const bool is_turn = index >= turns_at && index < keys_at;
        if (!is_turn)
            numbers_[index] += number;
        else if (number > numbers_[index])
            numbers_[index] = number;
    }
}

void Counts::clear_memory() {
    for (const Count count : {Count::UsedBytes, Count::PeakBytes, Count::MemoryBytes})
        numbers_[static_cast<std::size_t>(count)] = 0;
}

} // namespace exo::kv
