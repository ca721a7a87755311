// Interface: ports.hpp.
#include "libos-hpc/socket/ports.hpp"

#include "libos-hpc/random/random.hpp"

namespace exo::hpc {
namespace {

bool overlap(net::Ipv4Address left, net::Ipv4Address right) {
    return left == right || left.is_any() || right.is_any();
}

} // namespace

bool PortTable::conflicts(const PortUser& user, net::Endpoint wanted, bool to_listen) const {
    for (const PortUser* other : users_) {
        if (other == &user || other->local.port != wanted.port || !overlap(other->local.address, wanted.address))
            continue;
        const bool both_reuse = user.sharing->reuse_address && other->sharing->reuse_address &&
                                (rule_ == PortRule::Udp || (!other->listens && !to_listen));
        const bool both_share = user.sharing->reuse_port && other->sharing->reuse_port;
        const bool is_connection = to_listen && !other->listens; // of this or an earlier listener
        if (!both_reuse && !both_share && !(is_connection && user.sharing->reuse_address))
            return true;
    }
    return false;
}

std::uint16_t PortTable::free_port(const PortUser& user, net::Ipv4Address address) const {
    std::uint16_t random = 0;
    fill_random({reinterpret_cast<std::byte*>(&random), sizeof random}); // Safe: any octets are a number.
    SocketOptions exclusive;
    PortUser alone = user;
    alone.sharing = &exclusive;
    for (std::uint16_t i = 0; i < port_count; ++i) {
        const auto port = static_cast<std::uint16_t>(first_port + (random + i) % port_count);
        if (!conflicts(alone, {address, port}, false))
            return port;
    }
    return 0;
}

Done PortTable::claim(PortUser& user, net::Endpoint wanted) {
    if (wanted.port == 0)
        wanted.port = free_port(user, wanted.address);
    else if (conflicts(user, wanted, false))
        return fail(Errno::ADDRINUSE);
    if (wanted.port == 0)
        return fail(Errno::ADDRINUSE);
    user.local = wanted;
    return add(user);
}

Done PortTable::add(PortUser& user) {
    if (users_.push(&user))
        return {};
    user.local = {};
    return fail(Errno::NOMEM);
}

void PortTable::release(PortUser& user) {
    for (std::size_t i = 0; i < users_.size(); ++i) {
        if (users_[i] == &user) {
            users_.erase(i);
            break;
        }
    }
    user.local = {};
}

Done PortTable::may_listen(const PortUser& user) const {
    if (conflicts(user, user.local, true))
        return fail(Errno::ADDRINUSE);
    return {};
}

PortUser* PortTable::find_listener(net::Endpoint local) const {
    PortUser* for_any = nullptr;
    for (PortUser* user : users_) {
        if (!user->listens || user->local.port != local.port)
            continue;
        if (user->local.address == local.address)
            return user;
        if (user->local.address.is_any())
            for_any = user;
    }
    return for_any;
}

PortUser* PortTable::find(net::Endpoint local, net::Endpoint remote) const {
    PortUser* best = nullptr;
    unsigned best_score = 0;
    for (PortUser* user : users_) {
        if (user->local.port != local.port || !overlap(user->local.address, local.address) ||
            (user->remote.port != 0 && user->remote != remote))
            continue;
        const unsigned score = 1 + (user->remote.port != 0 ? 2 : 0) + (user->local.address.is_any() ? 0 : 1);
        if (score >= best_score) {
            best = user;
            best_score = score;
        }
    }
    return best;
}

} // namespace exo::hpc
