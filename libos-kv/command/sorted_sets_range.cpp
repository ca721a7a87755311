// Ranges of sorted sets, by rank, score or octets: ZRANGE and its older names, ZRANGESTORE, ZCOUNT, ZREMRANGEBY.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/sorted_set_bounds.hpp"
#include "libos-kv/command/store_object.hpp"

namespace exo::kv::commands {

namespace {

enum class By : std::uint8_t { Rank, Score, Octets };
enum class Direction : std::uint8_t { Up, Down };

struct Range {
    By by = By::Rank;
    Direction direction = Direction::Up;
    bool with_scores = false;
    std::int64_t offset = 0, limit = -1; // negative: all
    std::int64_t start = 0, end = 0;
    ScoreRange scores{};
    OctetsRange octets{};
};

enum class Form : std::uint8_t { Open, Fixed }; // whether arguments say by what, and in which direction
enum class Result : std::uint8_t { Said, Stored };

bool read_options(Call& call, std::size_t at, Form form, Result result, Range& range) {
    for (; at < call.count; at++) {
        if (result == Result::Said && is_word(call[at], "withscores")) {
            range.with_scores = true;
        } else if (is_word(call[at], "limit") && at + 2 < call.count) {
            if (!call.integer(call[at + 1], range.offset) || !call.integer(call[at + 2], range.limit))
                return false;
            at += 2;
        } else if (form == Form::Open && range.direction == Direction::Up && is_word(call[at], "rev")) {
            range.direction = Direction::Down;
        } else if (form == Form::Open && range.by == By::Rank && is_word(call[at], "bylex")) {
            range.by = By::Octets;
        } else if (form == Form::Open && range.by == By::Rank && is_word(call[at], "byscore")) {
            range.by = By::Score;
        } else {
            call.syntax_error();
            return false;
        }
    }
    if (range.limit != -1 && range.by == By::Rank) {
        call.reply.error("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
        return false;
    }
    if (range.with_scores && range.by == By::Octets) {
        call.reply.error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
        return false;
    }
    return true;
}

// The bounds at two arguments and the options behind them. False: an error was said.
bool read_request(Call& call, std::size_t at, Form form, Result result, Range& range) {
    if (!read_options(call, at + 2, form, result, range))
        return false;
    // Downwards the greatest comes first; ranks are counted from there.
    const bool swapped = range.direction == Direction::Down && range.by != By::Rank;
    const std::string_view least = call[swapped ? at + 1 : at], greatest = call[swapped ? at : at + 1];
    switch (range.by) {
    case By::Rank:
        return call.integer(least, range.start) && call.integer(greatest, range.end);
    case By::Score:
        return read_range(call, least, greatest, range.scores);
    case By::Octets:
        return read_range(call, least, greatest, range.octets);
    }
    return false;
}

// The ranks that are asked for; the first is the one that comes first.
Ranks ranks_of(const SortedSet& set, const Range& range) {
    const bool down = range.direction == Direction::Down;
    if (range.by == By::Rank) {
        Ranks ranks = ranks_within(set, range.start, range.end);
        if (down && ranks.count)
            ranks.first = set.size() - 1 - ranks.first;
        return ranks;
    }
    Ranks ranks = range.by == By::Score ? ranks_within(set, range.scores) : ranks_within(set, range.octets);
    const auto offset = static_cast<std::size_t>(range.offset), limit = static_cast<std::size_t>(range.limit);
    if (range.offset < 0 || offset >= ranks.count)
        return {};
    ranks.first = down ? ranks.first + ranks.count - 1 - offset : ranks.first + offset;
    ranks.count -= offset;
    if (range.limit >= 0 && limit < ranks.count)
        ranks.count = limit;
    return ranks;
}

void reply_range(Call& call, Form form, Range range) {
    Entry* entry;
    if (!read_request(call, 2, form, Result::Said, range) || !call.read(call[1], Type::SortedSet, entry))
        return;
    if (!entry)
        return call.reply.array(0);
    const Ranks ranks = ranks_of(entry->sorted_set(), range);
    const bool nested = range.with_scores && call.reply.version() > 2;
    call.reply.array(range.with_scores && !nested ? ranks.count * 2 : ranks.count);
    entry->sorted_set().for_ranks(ranks.first, ranks.count, range.direction == Direction::Down,
                                  [&](std::string_view member, double score) {
                                      if (nested)
                                          call.reply.array(2);
                                      call.reply.bulk(member);
                                      if (range.with_scores)
                                          call.reply.real(score);
                                  });
}

template <typename Bounds>
void reply_count(Call& call) {
    Bounds bounds;
    Entry* entry;
    if (!read_range(call, call[2], call[3], bounds) || !call.read(call[1], Type::SortedSet, entry))
        return;
    call.reply.integer(entry ? static_cast<std::int64_t>(ranks_within(entry->sorted_set(), bounds).count) : 0);
}

// `find(set)`: the ranks that go.
template <typename Find>
void erase_range(Call& call, Find find) {
    Entry* entry;
    if (!call.write(call[1], Type::SortedSet, entry))
        return;
    if (!entry)
        return call.reply.integer(0);
    SortedSet& set = entry->sorted_set();
    const Ranks ranks = find(set);
    if (ranks.count) {
        set.erase_ranks(ranks.first, ranks.count);
        if (set.size() == 0)
            call.erase(entry);
        call.changed(call[1]);
    }
    call.reply.integer(static_cast<std::int64_t>(ranks.count));
}

template <typename Bounds>
void erase_between(Call& call) {
    Bounds bounds;
    if (read_range(call, call[2], call[3], bounds))
        erase_range(call, [&](const SortedSet& set) { return ranks_within(set, bounds); });
}

} // namespace

void zrange(Call& call) {
    reply_range(call, Form::Open, {});
}

void zrevrange(Call& call) {
    reply_range(call, Form::Fixed, {By::Rank, Direction::Down});
}

void zrangebyscore(Call& call) {
    reply_range(call, Form::Fixed, {By::Score});
}

void zrevrangebyscore(Call& call) {
    reply_range(call, Form::Fixed, {By::Score, Direction::Down});
}

void zrangebylex(Call& call) {
    reply_range(call, Form::Fixed, {By::Octets});
}

void zrevrangebylex(Call& call) {
    reply_range(call, Form::Fixed, {By::Octets, Direction::Down});
}

void zrangestore(Call& call) {
    Range range;
    Entry* entry;
    if (!read_request(call, 3, Form::Open, Result::Stored, range) || !call.read(call[2], Type::SortedSet, entry))
        return;
    SortedSet* result = make<SortedSet>();
    if (entry) {
        const Ranks ranks = ranks_of(entry->sorted_set(), range);
        if (range.by == By::Rank)
            result->admit(0, ranks.count); // Redis knows how many there will be, and here alone
        entry->sorted_set().for_ranks(ranks.first, ranks.count, range.direction == Direction::Down,
                                      [&](std::string_view member, double score) { result->set(member, score); });
    }
    store_object(call, call[1], Type::SortedSet, result);
}

void zcount(Call& call) {
    reply_count<ScoreRange>(call);
}

void zlexcount(Call& call) {
    reply_count<OctetsRange>(call);
}

void zremrangebyrank(Call& call) {
    std::int64_t start, end;
    if (call.integer(call[2], start) && call.integer(call[3], end))
        erase_range(call, [&](const SortedSet& set) { return ranks_within(set, start, end); });
}

void zremrangebyscore(Call& call) {
    erase_between<ScoreRange>(call);
}

void zremrangebylex(Call& call) {
    erase_between<OctetsRange>(call);
}

} // namespace exo::kv::commands
