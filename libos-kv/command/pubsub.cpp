// Channels: subscribing, publishing, and who listens.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

using Kind = PubSub::Kind;

// Says what has become of a subscription, and how many there are now. Pushed: it goes out whatever CLIENT REPLY says.
void tell(Call& call, Kind kind, std::string_view what, const std::string_view* name) {
    const Session& session = call.session;
    Reply reply(call.session.output);
    reply.set_version(call.reply.version());
    reply.push(3);
    reply.bulk(what);
    name ? reply.bulk(*name) : reply.null();
    reply.integer(
        static_cast<std::int64_t>(kind == Kind::Shard ? session.shard_channels.size() : session.subscriptions()));
}

void subscribe_to(Call& call, Kind kind, std::string_view what) {
    for (std::size_t index = 1; index < call.count; index++) {
        const std::string_view name = call[index];
        call.server.pubsub.subscribe(kind, call.session, name);
        tell(call, kind, what, &name);
    }
}

void unsubscribe_from(Call& call, Kind kind, std::string_view what) {
    for (std::size_t index = 1; index < call.count; index++) {
        const std::string_view name = call[index];
        call.server.pubsub.unsubscribe(kind, call.session, name);
        tell(call, kind, what, &name);
    }
    if (call.count > 1)
        return;
    Array<Text> names;
    PubSub::of(call.session, kind).for_each([&](const Member& member) { names.push(member.octets()); });
    for (const Text& kept : names) {
        const std::string_view name = kept;
        call.server.pubsub.unsubscribe(kind, call.session, name);
        tell(call, kind, what, &name);
    }
    if (names.empty())
        tell(call, kind, what, nullptr);
}

void publish_to(Call& call, bool shard) {
    std::int64_t receivers = 0;
    call.server.pubsub.for_each_listener(call[1], shard, [&](Session& session, const Channel* pattern) {
        if (pattern)
            call.server.push(session, {"pmessage", pattern->name, call[1], call[2]});
        else
            call.server.push(session, {shard ? "smessage" : "message", call[1], call[2]});
        receivers++;
    });
    call.reply.integer(receivers);
}

// Names of channels that anybody listens to, and that match the pattern if there is one.
void list_channels(Call& call, Kind kind) {
    if (call.count > 3)
        return call.wrong_shape();
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    call.server.pubsub.channels(kind).for_each([&](const Channel& channel) {
        if (call.count == 3 && !matches_pattern(call[2], channel.name))
            return;
        call.reply.bulk(channel.name);
        count++;
    });
    call.reply.array_at(mark, count);
}

void count_listeners(Call& call, Kind kind) {
    call.reply.array((call.count - 2) * 2);
    for (std::size_t index = 2; index < call.count; index++) {
        const Channel* channel = call.server.pubsub.channels(kind).get(call[index]);
        call.reply.bulk(call[index]);
        call.reply.integer(channel ? static_cast<std::int64_t>(channel->listeners.size()) : 0);
    }
}

} // namespace

void subscribe(Call& call) {
    subscribe_to(call, Kind::Channel, "subscribe");
}
void unsubscribe(Call& call) {
    unsubscribe_from(call, Kind::Channel, "unsubscribe");
}
void psubscribe(Call& call) {
    subscribe_to(call, Kind::Pattern, "psubscribe");
}
void punsubscribe(Call& call) {
    unsubscribe_from(call, Kind::Pattern, "punsubscribe");
}
void ssubscribe(Call& call) {
    // The older two are let through in a transaction, as they always were.
    if (call.within_exec)
        return call.reply.error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    subscribe_to(call, Kind::Shard, "ssubscribe");
}
void sunsubscribe(Call& call) {
    unsubscribe_from(call, Kind::Shard, "sunsubscribe");
}
void publish(Call& call) {
    publish_to(call, false);
}
void spublish(Call& call) {
    publish_to(call, true);
}

void pubsub_channels(Call& call) {
    list_channels(call, Kind::Channel);
}
void pubsub_shardchannels(Call& call) {
    list_channels(call, Kind::Shard);
}
void pubsub_numsub(Call& call) {
    count_listeners(call, Kind::Channel);
}
void pubsub_shardnumsub(Call& call) {
    count_listeners(call, Kind::Shard);
}
void pubsub_numpat(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(call.server.pubsub.channels(Kind::Pattern).size()));
}

} // namespace exo::kv::commands
