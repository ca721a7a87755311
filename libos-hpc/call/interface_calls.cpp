// What ioctl(2) tells of network interfaces through a socket (netdevice(7)): lo, and eth0, eth1, ... in the order of
// the NICs that were granted. Nothing can be changed.
#include "libos-hpc/call/interface_calls.hpp"

#include "libos-hpc/linux/sockets.hpp"
#include "libos-hpc/socket/lock.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/net/ip/interface.hpp"

namespace exo::hpc::call {

using namespace linux_abi;

namespace {

constexpr std::size_t loopback_mtu = 65'536;
constexpr std::int32_t loopback_index = 1;

// lo, or a NIC's.
class NamedInterface {
public:
    explicit NamedInterface(const net::Interface* nic, std::int32_t index) : nic_(nic), index_(index) {}

    std::int32_t index() const { return index_; }
    void put_name(char (&name)[interface_name_bytes]) const {
        fill_bytes(name, 0, sizeof name);
        if (!nic_) {
            copy_bytes(name, "lo", 2);
            return;
        }
        copy_bytes(name, "eth", 3); // one digit is enough: net::interfaces_max
        name[3] = static_cast<char>('0' + index_ - loopback_index - 1);
    }
    net::Ipv4Address address() const { return nic_ ? nic_->address() : net::Ipv4Address::of(127, 0, 0, 1); }
    net::Ipv4Address mask() const { return net::netmask(nic_ ? nic_->configuration().prefix : 8); }
    // Of lo there is none.
    net::Ipv4Address broadcast() const { return nic_ ? nic_->configuration().broadcast() : net::any_address; }
    std::int32_t mtu() const { return nic_ ? nic_->mtu() : static_cast<std::int32_t>(loopback_mtu); }
    std::int16_t flags() const {
        using namespace interface_flag;
        return static_cast<std::int16_t>(up | running | (nic_ ? interface_flag::broadcast | multicast : loopback));
    }
    void put_hardware(InterfaceRequest& request) const {
        fill_bytes(request.octets, 0, sizeof request.octets);
        request.address.family = nic_ ? hardware_ethernet : hardware_loopback;
        if (nic_)
            copy_bytes(request.octets + sizeof request.address.family,
                       const_cast<net::Interface*>(nic_)->port().address().data(), sizeof(net::MacAddress));
    }

private:
    const net::Interface* nic_;
    std::int32_t index_;
};

std::size_t interface_count() {
    ProgramNetwork* const program = open_network();
    return 1 + (program ? program->network.interfaces().size() : 0);
}
NamedInterface interface_at(std::size_t place) {
    const auto index = loopback_index + static_cast<std::int32_t>(place);
    return NamedInterface(place ? current_network()->network.interfaces()[place - 1] : nullptr, index);
}

static_assert(net::interfaces_max <= 10);

// The program's may lack its NUL.
bool is_same_name(const char (&wanted)[interface_name_bytes], const char (&name)[interface_name_bytes]) {
    for (std::size_t i = 0; i < interface_name_bytes; ++i) {
        if (wanted[i] != name[i])
            return false;
        if (name[i] == '\0')
            return true;
    }
    return true;
}

// Errors: NODEV.
Outcome<NamedInterface> find_interface(const InterfaceRequest& request, bool by_index) {
    for (std::size_t i = 0; i < interface_count(); ++i) {
        const NamedInterface interface = interface_at(i);
        char name[interface_name_bytes];
        interface.put_name(name);
        if (by_index ? interface.index() == request.number : is_same_name(request.name, name))
            return interface;
    }
    return fail(Errno::NODEV);
}

void put_address(InterfaceRequest& request, net::Ipv4Address address) {
    request.address = {address_family::internet, 0, address.wire, {}};
}

Answer list_interfaces(User<InterfaceList> where) {
    InterfaceList list;
    if (!where.load(list))
        return answer(Errno::FAULT);
    const std::size_t room =
        list.requests ? static_cast<std::size_t>(list.bytes < 0 ? 0 : list.bytes) : ~std::size_t{0};
    std::size_t told = 0;
    for (std::size_t i = 0; i < interface_count() && room - told >= sizeof(InterfaceRequest); ++i) {
        const NamedInterface interface = interface_at(i);
        if (interface.address().is_any())
            continue;
        InterfaceRequest request{};
        interface.put_name(request.name);
        put_address(request, interface.address());
        if (list.requests && !User<InterfaceRequest>{list.requests + told}.store(request))
            return answer(Errno::FAULT);
        told += sizeof request;
    }
    list.bytes = static_cast<std::int32_t>(told);
    return where.store(list) ? 0 : answer(Errno::FAULT);
}

} // namespace

bool is_interface_request(std::uint32_t request) {
    return request >= interface_request::first && request <= interface_request::last;
}

Answer ask_interface(std::uint32_t number, std::uint64_t value) {
    SocketGuard guard;
    if (number == interface_request::list)
        return list_interfaces({value});
    const User<InterfaceRequest> where{value};
    InterfaceRequest request;
    if (!where.load(request))
        return answer(Errno::FAULT);
    auto interface = find_interface(request, number == interface_request::name);
    if (!interface)
        return answer(interface.error());
    const bool about_address = number == interface_request::address || number == interface_request::broadcast ||
                               number == interface_request::netmask;
    if (about_address && interface->address().is_any())
        return answer(Errno::ADDRNOTAVAIL);
    switch (number) {
    case interface_request::name:
        interface->put_name(request.name);
        break;
    case interface_request::flags:
        request.flags = interface->flags();
        break;
    case interface_request::address:
        put_address(request, interface->address());
        break;
    case interface_request::broadcast:
        put_address(request, interface->broadcast());
        break;
    case interface_request::netmask:
        put_address(request, interface->mask());
        break;
    case interface_request::mtu:
        request.number = interface->mtu();
        break;
    case interface_request::index:
        request.number = interface->index();
        break;
    case interface_request::hardware:
        interface->put_hardware(request);
        break;
    default: // would change something
        return answer(Errno::PERM);
    }
    return where.store(request) ? 0 : answer(Errno::FAULT);
}

} // namespace exo::hpc::call
