// Who listens to which channels.
#pragma once

#include "libos-kv/data/index.hpp"
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
    // How many got it.
    std::size_t publish(std::string_view channel, std::string_view message, bool shard);

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
