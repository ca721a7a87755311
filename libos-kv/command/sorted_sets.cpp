// Sorted sets: members and their scores.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/scan.hpp"
#include "libos-kv/data/sorted_set.hpp"
#include "libos-kv/number/real.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

struct AddOptions {
    bool if_absent = false, if_present = false, if_greater = false, if_less = false;
    bool count_updates = false, increment = false;
};

// Returns the argument of the first score.
std::size_t read_add_options(const Call& call, AddOptions& options) {
    struct Word {
        std::string_view word;
        bool AddOptions::* option;
    };
    constexpr Word words[] = {{"nx", &AddOptions::if_absent},     {"xx", &AddOptions::if_present},
                              {"gt", &AddOptions::if_greater},    {"lt", &AddOptions::if_less},
                              {"ch", &AddOptions::count_updates}, {"incr", &AddOptions::increment}};
    for (std::size_t index = 2; index < call.count; index++) {
        bool known = false;
        for (const Word& word : words)
            if (is_word(call[index], word.word))
                known = options.*word.option = true;
        if (!known)
            return index;
    }
    return call.count;
}

// What is wrong with the options and so many arguments behind them; empty: nothing.
std::string_view problem_of(const AddOptions& options, std::size_t given) {
    if (given % 2 || given == 0)
        return "ERR syntax error";
    if (options.if_absent && options.if_present)
        return "ERR XX and NX options at the same time are not compatible";
    if (options.if_absent + options.if_greater + options.if_less > 1)
        return "ERR GT, LT, and/or NX options at the same time are not compatible";
    if (options.increment && given > 2)
        return "ERR INCR option supports a single increment-element pair";
    return {};
}

enum class Outcome : std::uint8_t { Refused, NotANumber, Same, Added, Updated };

// `score`: the one given, then the one it has.
Outcome add_member(SortedSet& set, std::string_view member, const AddOptions& options, double& score) {
    const auto old = set.score(member);
    if (old ? options.if_absent : options.if_present)
        return Outcome::Refused;
    if (!old) {
        set.set(member, score);
        return Outcome::Added;
    }
    if (options.increment)
        score += *old;
    if (__builtin_isnan(score))
        return Outcome::NotANumber;
    if ((options.if_less && score >= *old) || (options.if_greater && score <= *old))
        return Outcome::Refused;
    if (score == *old)
        return Outcome::Same;
    set.set(member, score);
    return Outcome::Updated;
}

void reply_score(Call& call, const SortedSet* set, std::string_view member) {
    const auto score = set ? set->score(member) : std::nullopt;
    score ? call.reply.real(*score) : call.reply.null();
}

void add_scores(Call& call, AddOptions options) {
    const std::size_t first = read_add_options(call, options);
    if (const std::string_view problem = problem_of(options, call.count - first); !problem.empty())
        return call.reply.error(problem);
    Array<double> scores;
    for (std::size_t index = first; index < call.count; index += 2) {
        double score;
        if (!call.real(call[index], score))
            return;
        scores.push(score);
    }
    Entry* entry;
    if (!call.write(call[1], Type::SortedSet, entry))
        return;
    if (!entry && options.if_present)
        return options.increment ? call.reply.null() : call.reply.integer(0);
    if (!entry) {
        entry = call.db().add_object(call[1], Type::SortedSet, make<SortedSet>());
        note_birth(*entry, call.server.access_clock());
    }
    std::int64_t added = 0, updated = 0;
    Outcome last = Outcome::Refused;
    for (std::size_t index = 0; index < scores.size(); index++) {
        last = add_member(entry->sorted_set(), call[first + index * 2 + 1], options, scores[index]);
        added += last == Outcome::Added;
        updated += last == Outcome::Updated;
    }
    if (added || updated)
        call.changed(call[1]);
    if (last == Outcome::NotANumber)
        return call.reply.error("ERR resulting score is not a number (NaN)");
    if (!options.increment)
        return call.reply.integer(options.count_updates ? added + updated : added);
    last == Outcome::Refused ? call.reply.null() : call.reply.real(scores[0]);
}

enum class Direction : std::uint8_t { Up, Down };

void reply_rank(Call& call, Direction direction) {
    Entry* entry;
    if (!call.read(call[1], Type::SortedSet, entry))
        return;
    const auto rank = entry ? entry->sorted_set().rank(call[2]) : std::nullopt;
    if (!rank)
        return call.reply.null();
    const std::size_t shown = direction == Direction::Up ? *rank : entry->sorted_set().size() - 1 - *rank;
    call.reply.integer(static_cast<std::int64_t>(shown));
}

} // namespace

void zadd(Call& call) {
    add_scores(call, {});
}

void zincrby(Call& call) {
    AddOptions options;
    options.increment = true;
    add_scores(call, options);
}

void zrem(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::SortedSet, entry))
        return;
    std::int64_t erased = 0;
    for (std::size_t index = 2; entry && index < call.count; index++)
        erased += entry->sorted_set().erase(call[index]);
    if (erased) {
        if (entry->sorted_set().size() == 0)
            call.erase(entry);
        call.changed(call[1]);
    }
    call.reply.integer(erased);
}

void zcard(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::SortedSet, entry))
        call.reply.integer(entry ? static_cast<std::int64_t>(entry->sorted_set().size()) : 0);
}

void zscore(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::SortedSet, entry))
        reply_score(call, entry ? &entry->sorted_set() : nullptr, call[2]);
}

void zmscore(Call& call) {
    Entry* entry;
    if (!call.read(call[1], Type::SortedSet, entry))
        return;
    call.reply.array(call.count - 2);
    for (std::size_t index = 2; index < call.count; index++)
        reply_score(call, entry ? &entry->sorted_set() : nullptr, call[index]);
}

void zrank(Call& call) {
    reply_rank(call, Direction::Up);
}

void zrevrank(Call& call) {
    reply_rank(call, Direction::Down);
}

void zscan(Call& call) {
    scan_within(call, Type::SortedSet, [](Entry& entry, std::uint64_t cursor, auto found) {
        const SortedSet& set = entry.sorted_set();
        // Here alone Redis says scores as they are kept.
        const auto format = set.is_packed() ? SortedSet::format_packed_score : format_double;
        return set.scan(cursor, [&](std::string_view member, double score) {
            char text[double_text_max];
            found(member, std::string_view(text, format(score, text)));
        });
    });
}

} // namespace exo::kv::commands
