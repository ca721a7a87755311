// See pubsub.hpp.
#include "libos-kv/server/pubsub.hpp"

namespace exo::kv {

PubSub::~PubSub() {
    for (Channels& channels : channels_)
        channels.drain([](Channel& channel) { destroy(&channel); });
}

bool PubSub::subscribe(Kind kind, Session& session, std::string_view name) {
    Index<MemberTraits>& own = of(session, kind);
    if (own.get(name))
        return false;
    own.insert(Member::create(name));
    Channels& channels = channels_[static_cast<std::size_t>(kind)];
    Channel* channel = channels.get(name);
    if (!channel) {
        channel = make<Channel>(Text(name), Array<Session*>());
        channels.insert(channel);
    }
    channel->listeners.push(&session);
    return true;
}

bool PubSub::unsubscribe(Kind kind, Session& session, std::string_view name) {
    Member* member = of(session, kind).remove(name);
    if (!member)
        return false;
    Channels& channels = channels_[static_cast<std::size_t>(kind)];
    Channel* channel = channels.get(name);
    for (std::size_t index = 0; index < channel->listeners.size(); index++)
        if (channel->listeners[index] == &session) {
            channel->listeners.erase(index);
            break;
        }
    if (channel->listeners.empty())
        destroy(channels.remove(name));
    Member::destroy(member); // last: `name` may be its octets
    return true;
}

void PubSub::forget(Session& session) {
    for (const Kind kind : {Kind::Channel, Kind::Pattern, Kind::Shard}) {
        Array<Member*> members;
        of(session, kind).for_each([&](Member& member) { members.push(&member); });
        for (const Member* member : members)
            unsubscribe(kind, session, member->octets());
    }
}

} // namespace exo::kv
