// See bind_rows.hpp.
#include "libos/memory/bind_rows.hpp"

#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo {

namespace {

using Call = CallResult (*)(Handle, const BindOp*, std::uint64_t);

Status send(Call call, Handle environment, std::span<const BindOp> rows, std::size_t* done) {
    std::size_t sent = 0;
    Status status;
    while (status && sent < rows.size()) {
        const CallResult result = call(environment, rows.data() + sent, std::min(rows.size() - sent, bind_batch_max));
        if (!result.ok())
            status = std::unexpected(result.error());
        else if (result.value() == 0)
            status = std::unexpected(Error::Again); // a kernel that does nothing forever is not waited for
        else
            sent += result.value();
    }
    if (done)
        *done = sent;
    return status;
}

} // namespace

Status bind_rows(std::span<const BindOp> rows, std::size_t* done) {
    return send(sys::bind, self, rows, done);
}
Status unbind_rows(std::span<const BindOp> rows, std::size_t* done) {
    return send(sys::unbind, self, rows, done);
}
Status bind_rows_in(Handle environment, std::span<const BindOp> rows, std::size_t* done) {
    return send(sys::bind, environment, rows, done);
}

void drop_capability(Handle capability) {
    while (sys::drop(capability).is(Error::Again)) {
        // Each call does a bounded part of the work.
    }
}

} // namespace exo
