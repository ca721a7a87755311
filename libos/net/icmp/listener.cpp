// See listener.hpp. A listener may leave while it is told.
#include "libos/net/icmp/listener.hpp"

namespace exo::net {

void IcmpListeners::remove(const IcmpListener& listener) {
    for (IcmpListener** link = &first_; *link; link = &(*link)->next)
        if (*link == &listener) {
            *link = listener.next;
            return;
        }
}

void IcmpListeners::tell(const IcmpMessage& message) const {
    for (IcmpListener *listener = first_, *next = nullptr; listener; listener = next) {
        next = listener->next;
        if (listener->heard)
            listener->heard(listener->context, message);
    }
}

void IcmpListeners::tell_unreachable(const Conversation& about, Problem problem) const {
    for (IcmpListener *listener = first_, *next = nullptr; listener; listener = next) {
        next = listener->next;
        if (listener->unreachable)
            listener->unreachable(listener->context, about, problem);
    }
}

} // namespace exo::net
