// Names of AF_UNIX sockets (unix(7)): a file, known by its device and inode whatever path leads to it, or an abstract
// name. With the socket lock held, except where it says otherwise.
#pragma once

#include "libos-hpc/object/array.hpp"
#include "libos-hpc/socket/socket.hpp"

namespace exo::hpc {

struct LocalName {
    std::uint64_t device = 0, inode = 0; // of a path; both 0: the address itself is the name
    std::uint32_t type = 0;              // of the socket: abstract names are kept apart by it
    SocketAddress address;

    bool is_same(const LocalName& other) const;
};

class LocalNames {
public:
    // Errors: ADDRINUSE, NOMEM.
    Done add(const LocalName& name, Socket& socket);
    void remove(const Socket& socket);
    // Null: nobody has that name.
    Socket* find(const LocalName& name) const;
    // An abstract name that nobody has. Errors: ADDRINUSE (none is left).
    Outcome<LocalName> unused_name(std::uint32_t type);

private:
    struct Entry {
        LocalName name;
        Socket* socket;
    };
    Array<Entry> entries_;
    std::uint32_t next_ = 0;
};

LocalNames& local_names();

// Without the lock. Makes the file that a path names, or gives an abstract name. Errors: INVAL, ADDRINUSE, or as
// open(2).
Outcome<LocalName> create_local_name(const SocketAddress& address, std::uint32_t type);
// Without the lock. What an address names. Errors: INVAL, or as open(2); CONNREFUSED is the caller's to say.
Outcome<LocalName> resolve_local_name(const SocketAddress& address, std::uint32_t type);

} // namespace exo::hpc
