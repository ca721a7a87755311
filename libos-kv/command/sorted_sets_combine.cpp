// Sorted sets made from sorted sets and sets: ZUNION, ZINTER, ZDIFF, each with STORE, and ZINTERCARD.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/sorted_set_sources.hpp"
#include "libos-kv/command/store_object.hpp"

namespace exo::kv::commands {

namespace {

enum class Operation : std::uint8_t { Union, Intersection, Difference };
enum class Aggregate : std::uint8_t { Sum, Least, Greatest };
enum class Result : std::uint8_t { Said, Stored, Counted };

struct Request {
    Array<Source> sources;
    Aggregate aggregate = Aggregate::Sum;
    bool with_scores = false;
    std::int64_t limit = 0; // of ZINTERCARD; 0: none
};

bool read_aggregate(std::string_view word, Aggregate& aggregate) {
    if (is_word(word, "sum"))
        aggregate = Aggregate::Sum;
    else if (is_word(word, "min"))
        aggregate = Aggregate::Least;
    else if (is_word(word, "max"))
        aggregate = Aggregate::Greatest;
    else
        return false;
    return true;
}

bool read_options(Call& call, std::size_t at, Operation operation, Result result, Request& request) {
    const bool aggregates = operation != Operation::Difference && result != Result::Counted;
    while (at < call.count) {
        const std::string_view word = call[at++];
        const std::size_t left = call.count - at;
        if (aggregates && left >= request.sources.size() && is_word(word, "weights")) {
            for (Source& source : request.sources)
                if (!call.real(call[at++], source.weight, "ERR weight value is not a float"))
                    return false;
        } else if (aggregates && left >= 1 && is_word(word, "aggregate")) {
            if (!read_aggregate(call[at++], request.aggregate)) {
                call.syntax_error();
                return false;
            }
        } else if (result == Result::Said && is_word(word, "withscores")) {
            request.with_scores = true;
        } else if (result == Result::Counted && left >= 1 && is_word(word, "limit")) {
            if (!call.integer_between(call[at++], 0, INT64_MAX, request.limit, "ERR LIMIT can't be negative"))
                return false;
        } else {
            call.syntax_error();
            return false;
        }
    }
    return true;
}

// Infinities that cancel out are zero.
double or_zero(double score) {
    return __builtin_isnan(score) ? 0 : score;
}

double joined(double one, double other, Aggregate aggregate) {
    switch (aggregate) {
    case Aggregate::Sum:
        return or_zero(one + other);
    case Aggregate::Least:
        return other < one ? other : one;
    case Aggregate::Greatest:
        return other > one ? other : one;
    }
    return one;
}

using Scores = Index<RankedTraits>; // members in no order yet

void add(Scores& scores, std::string_view member, double score) {
    scores.insert(Ranked::create(member, score, 0));
}

void unite(const Request& request, Scores& into) {
    for (const Source& source : request.sources)
        source.for_each([&](std::string_view member, double given) {
            const double score = or_zero(source.weight * given);
            if (Ranked* known = into.get(member))
                known->score = joined(known->score, score, request.aggregate);
            else
                add(into, member, score);
        });
}

// visit(member, score) for what all of them have, until it returns false for enough.
template <typename Visit>
void for_common(const Request& request, Visit visit) {
    const Array<Source>& sources = request.sources;
    bool enough = sources[0].size() == 0;
    sources[0].for_each([&](std::string_view member, double given) {
        double score = or_zero(sources[0].weight * given);
        for (std::size_t index = 1; index < sources.size() && !enough; index++) {
            const auto other = sources[index].score(member);
            if (!other)
                return;
            score = joined(score, *other * sources[index].weight, request.aggregate);
        }
        enough = enough || !visit(member, score);
    });
}

void subtract(const Request& request, Scores& into) {
    const Array<Source>& sources = request.sources;
    sources[0].for_each([&](std::string_view member, double score) {
        for (std::size_t index = 1; index < sources.size(); index++)
            if (sources[index].score(member))
                return;
        add(into, member, score);
    });
}

void combine(const Request& request, Operation operation, SortedSet& into) {
    Scores scores;
    switch (operation) {
    case Operation::Union:
        unite(request, scores);
        break;
    case Operation::Intersection:
        for_common(request, [&](std::string_view member, double score) {
            add(scores, member, score);
            return true;
        });
        break;
    case Operation::Difference:
        subtract(request, scores);
        break;
    }
    std::size_t longest = 0;
    scores.for_each([&](const Ranked& each) { longest = each.size > longest ? each.size : longest; });
    into.admit(longest, scores.size());
    scores.drain([&](Ranked& each) {
        into.set(each.member(), each.score);
        Ranked::destroy(&each);
    });
}

// Reads all of it. False: an error was said.
bool read_request(Call& call, std::size_t at, Operation operation, Result result, Request& request) {
    if (!read_sources(call, at, request.sources) ||
        !read_options(call, at + 1 + request.sources.size(), operation, result, request))
        return false;
    if (operation != Operation::Difference)
        sort_by_size(request.sources);
    return true;
}

void reply_combined(Call& call, Operation operation) {
    Request request;
    if (!read_request(call, 1, operation, Result::Said, request))
        return;
    SortedSet result;
    result.unpack(); // which keeps a zero below zero
    combine(request, operation, result);
    const bool nested = request.with_scores && call.reply.version() > 2;
    call.reply.array(request.with_scores && !nested ? result.size() * 2 : result.size());
    result.for_each([&](std::string_view member, double score) {
        if (nested)
            call.reply.array(2);
        call.reply.bulk(member);
        if (request.with_scores)
            call.reply.real(score);
    });
}

void store_combined(Call& call, Operation operation) {
    Request request;
    if (!read_request(call, 2, operation, Result::Stored, request))
        return;
    SortedSet* result = make<SortedSet>();
    combine(request, operation, *result);
    store_object(call, call[1], Type::SortedSet, result);
}

} // namespace

void zunion(Call& call) {
    reply_combined(call, Operation::Union);
}

void zinter(Call& call) {
    reply_combined(call, Operation::Intersection);
}

void zdiff(Call& call) {
    reply_combined(call, Operation::Difference);
}

void zunionstore(Call& call) {
    store_combined(call, Operation::Union);
}

void zinterstore(Call& call) {
    store_combined(call, Operation::Intersection);
}

void zdiffstore(Call& call) {
    store_combined(call, Operation::Difference);
}

void zintercard(Call& call) {
    Request request;
    if (!read_request(call, 1, Operation::Intersection, Result::Counted, request))
        return;
    std::int64_t common = 0;
    for_common(request, [&](std::string_view, double) { return ++common != request.limit; });
    call.reply.integer(common);
}

} // namespace exo::kv::commands
