// See merge.hpp.
#include "libos-kv/shard/merge.hpp"

#include "libos-kv/protocol/reply.hpp"

namespace exo::kv {

namespace {

// The number in the first line of a reply, and the line taken from it.
std::int64_t take_number(std::string_view& reply) {
    const std::size_t end = reply.find('\r');
    const std::int64_t number = parse_integer(reply.substr(1, end - 1)).value_or(0);
    reply.remove_prefix(end + 2);
    return number;
}

bool is_null(std::string_view reply) {
    return reply.starts_with("$-1") || reply.starts_with("_");
}

void sum(const Array<Text>& parts, Reply& reply) {
    std::int64_t total = 0;
    for (const Text& part : parts)
        if (std::string_view text = part; !text.empty())
            total += take_number(text);
    reply.integer(total);
}

void least(const Array<Text>& parts, Reply& reply) {
    std::int64_t least = INT64_MAX;
    for (std::size_t index = 0; index + 1 < parts.size(); index++) {
        std::string_view text = parts[index];
        const std::int64_t number = take_number(text);
        least = number < least ? number : least;
    }
    reply.integer(least);
}

void join(const Array<Text>& parts, Reply& reply) {
    std::int64_t count = 0;
    Text elements;
    for (const Text& part : parts)
        if (std::string_view text = part; !text.empty()) {
            count += take_number(text);
            elements.append(text);
        }
    reply.array(static_cast<std::size_t>(count));
    reply.raw(elements);
}

void gather(const Array<Text>& parts, const Array<std::uint8_t>& order, Reply& reply) {
    Array<std::string_view> rests;
    for (const Text& part : parts)
        if (std::string_view& rest = rests.push(part.view()); !rest.empty())
            (void)take_number(rest);
    reply.array(order.size());
    for (const std::uint8_t shard : order)
        reply.raw(take_reply(rests[shard]));
}

void choose(const Array<Text>& parts, Random& random, Reply& reply) {
    Array<std::string_view> found;
    std::string_view none;
    for (const Text& part : parts)
        if (!part.empty() && is_null(part))
            none = part;
        else if (!part.empty())
            found.push(part.view());
    reply.raw(found.empty() ? none : found[random() % found.size()]);
}

// Pages of INFO in RESP2 or RESP3, one, again.
void join_pages(const Array<Text>& parts, Reply& reply) {
    constexpr std::size_t kind_octets = 4; // "txt:"
    Array<Text> pages;
    for (const Text& part : parts) {
        std::string_view text = part;
        const bool is_verbatim = text.starts_with("=");
        reply.set_version(is_verbatim ? 3 : 2);
        (void)take_number(text);
        text.remove_suffix(2);
        pages.push(Text(text.substr(is_verbatim ? kind_octets : 0)));
    }
    reply.verbatim("txt", merge_info(pages));
}

// When the first of some entries of SLOWLOG GET was made, after its number; -1: there is none.
std::int64_t slow_entry_second(std::string_view entries) {
    if (entries.empty())
        return -1;
    (void)take_number(entries); // of fields
    (void)take_number(entries);
    return take_number(entries);
}

} // namespace

void write_request_header(Text& request, std::size_t arguments) {
    request.append('*').append(IntegerText(static_cast<std::int64_t>(arguments))).append("\r\n");
}

void write_argument(Text& request, std::string_view argument) {
    request.append('$').append(IntegerText(static_cast<std::int64_t>(argument.size()))).append("\r\n");
    request.append(argument).append("\r\n");
}

std::string_view take_reply(std::string_view& replies) {
    std::string_view rest = replies;
    for (std::int64_t remaining = 1; remaining > 0 && !rest.empty(); remaining--) {
        const char type = rest.front();
        if (type == '$' || type == '=') {
            const std::int64_t octets = take_number(rest);
            rest.remove_prefix(octets >= 0 ? static_cast<std::size_t>(octets) + 2 : 0);
        } else if (type == '*' || type == '~' || type == '>' || type == '%') {
            const std::int64_t elements = take_number(rest);
            remaining += elements < 0 ? 0 : type == '%' ? elements * 2 : elements;
        } else {
            rest.remove_prefix(rest.find('\r') + 2);
        }
    }
    const std::string_view reply = replies.substr(0, replies.size() - rest.size());
    replies = rest;
    return reply;
}

Text merge_replies(Merge merge, const Array<Text>& parts, const Array<std::uint8_t>& order, Random& random) {
    Text text;
    Reply reply(text);
    for (const Text& part : parts)
        if (part.view().starts_with('-')) {
            text.append(part);
            return text;
        }
    switch (merge) {
    case Merge::Sum:
        sum(parts, reply);
        break;
    case Merge::Join:
        join(parts, reply);
        break;
    case Merge::Gather:
        gather(parts, order, reply);
        break;
    case Merge::Any:
        choose(parts, random, reply);
        break;
    case Merge::Same:
        reply.raw(parts[0]);
        break;
    case Merge::Least:
        least(parts, reply);
        break;
    case Merge::Info:
        join_pages(parts, reply);
        break;
    default:
        reply.ok();
    }
    return text;
}

Text merge_scan(std::string_view reply, unsigned shard, unsigned shards) {
    if (reply.starts_with('-'))
        return Text(reply);
    std::string_view rest = reply;
    (void)take_number(rest); // of the two elements
    const auto octets = static_cast<std::size_t>(take_number(rest));
    const auto cursor = static_cast<std::uint64_t>(parse_integer(rest.substr(0, octets)).value_or(0));
    rest.remove_prefix(octets + 2);
    Text text;
    write_request_header(text, 2); // an array of two is written like a request's
    write_argument(text, IntegerText(static_cast<std::int64_t>(next_cursor(shard, cursor, shards))));
    text.append(rest);
    return text;
}

Text merge_slow_entries(const Array<Text>& parts, std::int64_t most) {
    Array<std::string_view> rests;
    std::int64_t count = 0;
    for (const Text& part : parts)
        count += take_number(rests.push(part.view()));
    count = most < 0 || most > count ? count : most;
    Text text;
    Reply reply(text);
    reply.array(static_cast<std::size_t>(count));
    for (std::int64_t index = 0; index < count; index++) {
        std::size_t newest = 0;
        std::int64_t newest_s = -1;
        for (std::size_t part = 0; part < rests.size(); part++)
            if (const std::int64_t at_s = slow_entry_second(rests[part]); at_s > newest_s) {
                newest = part;
                newest_s = at_s;
            }
        std::string_view entry = take_reply(rests[newest]);
        reply.array(static_cast<std::size_t>(take_number(entry)));
        const std::int64_t number = take_number(entry);
        reply.integer(number * static_cast<std::int64_t>(parts.size()) + static_cast<std::int64_t>(newest));
        reply.raw(entry);
    }
    return text;
}

} // namespace exo::kv
