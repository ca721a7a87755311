// Interface: local_socket.hpp.
#include "libos-hpc/socket/local_socket.hpp"

namespace exo::hpc {
namespace {

struct Pair {
    Ref<LocalLink> left, right;
};

Outcome<Pair> make_pair() {
    constexpr auto room = static_cast<std::size_t>(buffer_bytes_default);
    Pair pair{make<LocalLink>(LinkManner::Unix, room), make<LocalLink>(LinkManner::Unix, room)};
    if (!pair.left || !pair.right)
        return fail(Errno::NOMEM);
    LocalLink::join(pair.left, pair.right);
    return pair;
}

} // namespace

LocalSocket::~LocalSocket() {
    SocketGuard guard;
    local_names().remove(*this);
}

Done LocalSocket::join(LocalSocket& left, LocalSocket& right) {
    auto pair = make_pair();
    if (!pair)
        return fail(pair.error());
    SocketGuard guard;
    for (const Ref<LocalLink>& link : {pair->left, pair->right})
        link->local = link->peer = local_address({});
    left.attach(pair->left);
    right.attach(pair->right);
    return {};
}

Done LocalSocket::bind(const SocketAddress& address) {
    auto path = local_name_of(address);
    if (!path)
        return fail(path.error());
    auto name = path->empty() ? Outcome<LocalName>(LocalName{}) : create_local_name(address, kind().type);
    SocketGuard guard;
    if (path->empty())
        name = local_names().unused_name(kind().type);
    if (!name)
        return fail(name.error());
    if (is_bound_)
        return fail(Errno::INVAL);
    if (auto added = local_names().add(*name, *this); !added)
        return added;
    name_ = name->address;
    is_bound_ = true;
    return {};
}

Done LocalSocket::listen(std::int32_t backlog) {
    SocketGuard guard;
    if (!is_bound_ || (state_ != State::Fresh && state_ != State::Listening))
        return fail(Errno::INVAL);
    begin_listening(backlog);
    return {};
}

// No value: the listener has no room now.
std::optional<Outcome<int>> LocalSocket::try_connect(const LocalName& name) {
    if (state_ == State::Connected)
        return fail(Errno::ISCONN);
    if (state_ == State::Listening)
        return fail(Errno::INVAL);
    Socket* const found = local_names().find(name);
    if (found && found->kind().type != kind().type)
        return fail(Errno::PROTOTYPE);
    if (!found || !found->is_listening())
        return fail(Errno::CONNREFUSED);
    auto& listener = *static_cast<LocalSocket*>(found); // Safe: only a LocalSocket has that type and listens.
    if (!listener.has_room_for_pending())
        return std::nullopt;
    auto pair = make_pair();
    if (!pair)
        return fail(pair.error());
    pair->left->local = pair->right->peer = name_;
    pair->left->peer = pair->right->local = listener.name_;
    if (!listener.add_pending(pair->right))
        return fail(Errno::NOMEM);
    attach(pair->left);
    return 0;
}

Done LocalSocket::connect(const SocketAddress& address) {
    auto name = resolve_local_name(address, kind().type);
    if (!name)
        return fail(name.error());
    auto made = wait_until<int>(
        non_blocking() ? Wait::No : Wait::Yes, options().send_timeout_ns, [&] { return try_connect(*name); },
        &any_change());
    return made ? Done() : fail(made.error());
}

Ref<StreamSocket> LocalSocket::make_accepted(Ref<StreamLink> link) {
    auto made = make<LocalSocket>(kind(), 0u);
    if (made)
        made->name_ = link->local;
    return made;
}

Done LocalSocket::shutdown(std::uint32_t how) {
    if (how > linux_abi::shutdown_how::both)
        return fail(Errno::INVAL);
    SocketGuard guard;
    if (link_ && how != linux_abi::shutdown_how::send)
        link_->refuse();
    if (link_ && how != linux_abi::shutdown_how::receive)
        link_->finish();
    tell_in();
    return {};
}

SocketAddress LocalSocket::local_name() {
    SocketGuard guard;
    return name_;
}

std::optional<Outcome<std::size_t>> LocalSocket::receive_end() {
    if (!link_)
        return fail(Errno::INVAL);
    if (link_->error)
        return fail(link_->error.take_error());
    if (link_->receive_shut)
        return 0;
    return std::nullopt;
}

std::optional<Errno> LocalSocket::send_end(const SendRequest& request) {
    if (request.to)
        return link_ ? Errno::ISCONN : Errno::OPNOTSUPP;
    if (!link_)
        return Errno::NOTCONN;
    return link_->send_shut ? std::optional(Errno::PIPE) : std::nullopt;
}

std::uint16_t LocalSocket::ready() {
    using namespace linux_abi::poll_event;
    SocketGuard guard;
    if (state_ == State::Listening)
        return has_pending() ? in : 0;
    if (!link_)
        return out | hang_up;
    unsigned bits = link_->receive_shut && link_->send_shut ? hang_up : 0;
    if (link_->receive_shut)
        bits |= in | read_hang_up;
    if (link_->readable())
        bits |= in;
    if (link_->is_writable())
        bits |= out;
    if (link_->error)
        bits |= error;
    return static_cast<std::uint16_t>(bits);
}

} // namespace exo::hpc
