// Who listens to which channels.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/data/pattern.hpp"
#include "libos-kv/session/session.hpp"

namespace exo::kv {

struct Channel {
    Text name;
    Array<Session*> listeners;
};
struct ChannelTraits {
    using Item = Channel;
    static std::string_view key(const Channel& channel) { return channel.name; }
};
using Channels = Index<ChannelTraits>;

class PubSub {
public:
    PubSub() = default;
    PubSub(const PubSub&) = delete;
    PubSub& operator=(const PubSub&) = delete;
    ~PubSub();

    enum class Kind : std::uint8_t { Channel, Pattern, Shard };

    // False: the session did so already, or did not.
    bool subscribe(Kind kind, Session& session, std::string_view name);
    bool unsubscribe(Kind kind, Session& session, std::string_view name);
    void forget(Session& session); // all of it, silently

    // visit(session, pattern) for each that is to get what is sent to a channel, once for every way in which it listens
    // to it; `pattern`: that the channel matched, or null. `visit` may not change who listens.
    template <typename Visit>
    void for_each_listener(std::string_view channel, bool shard, Visit visit) const {
        if (const Channel* found = channels(shard ? Kind::Shard : Kind::Channel).get(channel))
            for (Session* session : found->listeners)
                visit(*session, static_cast<const Channel*>(nullptr));
        if (!shard)
            channels(Kind::Pattern).for_each([&](const Channel& pattern) {
                if (matches_pattern(pattern.name, channel))
                    for (Session* session : pattern.listeners)
                        visit(*session, &pattern);
            });
    }

    const Channels& channels(Kind kind) const { return channels_[static_cast<std::size_t>(kind)]; }
    static Index<MemberTraits>& of(Session& session, Kind kind) {
        return kind == Kind::Channel   ? session.channels
               : kind == Kind::Pattern ? session.patterns
                                       : session.shard_channels;
    }

private:
    Channels channels_[3];
};

} // namespace exo::kv
