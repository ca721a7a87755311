// Linux error numbers, by their names in errno(3). A system call returns them negated. Facts only.
#pragma once

#include <cstdint>
#include <expected>

namespace exo::linux_abi {

// Enumerators keep errno's names without the leading E, so that they can never meet a macro of <errno.h>.
enum class [[nodiscard]] Errno : std::int32_t {
    PERM = 1,
    NOENT = 2,
    SRCH = 3,
    INTR = 4,
    IO = 5,
    NXIO = 6,
    TOOBIG = 7,
    BADF = 9,
    CHILD = 10,
    AGAIN = 11,
    NOMEM = 12,
    ACCES = 13,
    FAULT = 14,
    BUSY = 16,
    EXIST = 17,
    XDEV = 18,
    NODEV = 19,
    NOTDIR = 20,
    ISDIR = 21,
    INVAL = 22,
    NFILE = 23,
    MFILE = 24,
    NOTTY = 25,
    TXTBSY = 26,
    FBIG = 27,
    NOSPC = 28,
    SPIPE = 29,
    ROFS = 30,
    MLINK = 31,
    PIPE = 32,
    DOM = 33,
    RANGE = 34,
    DEADLK = 35,
    NAMETOOLONG = 36,
    NOSYS = 38,
    NOTEMPTY = 39,
    LOOP = 40,
    NODATA = 61,
    PROTO = 71,
    OVERFLOW = 75,
    ILSEQ = 84,
    NOTSOCK = 88,
    DESTADDRREQ = 89,
    MSGSIZE = 90,
    PROTOTYPE = 91,
    NOPROTOOPT = 92,
    PROTONOSUPPORT = 93,
    SOCKTNOSUPPORT = 94,
    OPNOTSUPP = 95,
    AFNOSUPPORT = 97,
    ADDRINUSE = 98,
    ADDRNOTAVAIL = 99,
    NETDOWN = 100,
    NETUNREACH = 101,
    CONNABORTED = 103,
    CONNRESET = 104,
    NOBUFS = 105,
    ISCONN = 106,
    NOTCONN = 107,
    TIMEDOUT = 110,
    CONNREFUSED = 111,
    HOSTUNREACH = 113,
    ALREADY = 114,
    INPROGRESS = 115,
    REMOTEIO = 121,
    CANCELED = 125,
    OWNERDEAD = 130,
    NOTRECOVERABLE = 131,
};

} // namespace exo::linux_abi

namespace exo::hpc {

using linux_abi::Errno;

template <typename T>
using Outcome = std::expected<T, Errno>;
using Done = std::expected<void, Errno>;

constexpr std::unexpected<Errno> fail(Errno error) {
    return std::unexpected<Errno>(error);
}

} // namespace exo::hpc
