// Moving bytes: read(2), write(2), their positioned and vectored kin, lseek(2), and copies between files.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/socket_file.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos/memory/heap.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

constexpr std::size_t copy_bytes_at_a_time = 256 * 1024;
constexpr std::uint64_t current_offset = ~0ull; // preadv2 and pwritev2

Answer written(const Outcome<std::size_t>& put) {
    return !put && put.error() == Errno::PIPE ? broken_pipe() : answer_or_restart(put);
}

// Runs `move` on each piece until one is not moved whole.
template <typename Piece, typename Move>
Outcome<std::size_t> each_piece(std::uint64_t vectors, std::uint64_t count,
                                Outcome<Piece> (*piece_of)(std::uint64_t, std::size_t), Move&& move) {
    if (count > io_vectors_max)
        return fail(Errno::INVAL);
    std::size_t total = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        IoVector vector;
        if (!User<IoVector>{vectors}.at(i).load(vector))
            return fail(Errno::FAULT);
        if (vector.length == 0)
            continue;
        auto piece = piece_of(reinterpret_cast<std::uint64_t>(vector.base), vector.length); // Safe: a number again
        Outcome<std::size_t> moved = piece ? move(*piece, total) : fail(piece.error());
        if (!moved) {
            if (total)
                break;
            return fail(moved.error());
        }
        total += *moved;
        if (*moved < piece->size())
            break;
    }
    return total;
}

Outcome<std::size_t> read_pieces(File& file, std::uint64_t vectors, std::uint64_t count) {
    return each_piece<ReadBuffer>(vectors, count, buffer_to_fill,
                                  [&](ReadBuffer piece, std::size_t) { return file.read(piece); });
}
Outcome<std::size_t> read_pieces_at(File& file, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset) {
    return each_piece<ReadBuffer>(vectors, count, buffer_to_fill, [&](ReadBuffer piece, std::size_t done) {
        return file.read_at(offset + done, piece);
    });
}
Outcome<std::size_t> write_pieces(File& file, std::uint64_t vectors, std::uint64_t count) {
    return each_piece<WriteBuffer>(vectors, count, buffer_to_read,
                                   [&](WriteBuffer piece, std::size_t) { return file.write(piece); });
}
Outcome<std::size_t> write_pieces_at(File& file, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset) {
    return each_piece<WriteBuffer>(vectors, count, buffer_to_read, [&](WriteBuffer piece, std::size_t done) {
        return file.write_at(offset + done, piece);
    });
}

bool is_negative(std::uint64_t offset) {
    return static_cast<std::int64_t>(offset) < 0;
}

// An offset that the program keeps, or the file's own.
class Position {
public:
    explicit Position(User<std::uint64_t> where) : where_(where) {}
    [[nodiscard]] bool load() { return !where_ || where_.load(offset_); }
    [[nodiscard]] bool store() const { return !where_ || where_.store(offset_); }
    bool is_valid() const { return !is_negative(offset_); }
    Outcome<std::size_t> read(File& file, ReadBuffer buffer) {
        auto got = where_ ? file.read_at(offset_, buffer) : file.read(buffer);
        offset_ += got ? *got : 0;
        return got;
    }
    Outcome<std::size_t> write(File& file, WriteBuffer buffer) {
        auto put = where_ ? file.write_at(offset_, buffer) : file.write(buffer);
        offset_ += put ? *put : 0;
        return put;
    }

private:
    User<std::uint64_t> where_;
    std::uint64_t offset_ = 0;
};

Answer copy(File& from, Position& source, File& to, Position& target, std::uint64_t bytes) {
    if (!source.load() || !target.load())
        return answer(Errno::FAULT);
    if (!source.is_valid() || !target.is_valid())
        return answer(Errno::INVAL);
    bytes = std::min<std::uint64_t>(bytes, transfer_bytes_max);
    auto* buffer = static_cast<std::byte*>(heap_allocate(copy_bytes_at_a_time));
    if (!buffer)
        return answer(Errno::NOMEM);
    std::uint64_t done = 0;
    Outcome<std::size_t> moved = 0;
    while (done < bytes) {
        auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - done, copy_bytes_at_a_time));
        auto got = source.read(from, {buffer, piece});
        if (!got || *got == 0) {
            moved = got;
            break;
        }
        moved = target.write(to, {buffer, *got});
        if (!moved)
            break;
        done += *moved;
        if (*moved < *got)
            break;
    }
    heap_free(buffer);
    if (!done && !moved)
        return written(moved);
    return source.store() && target.store() ? static_cast<Answer>(done) : answer(Errno::FAULT);
}

} // namespace

Answer broken_pipe() {
    SignalInfo info{};
    info.number = signal::pipe;
    info.set_sender(process_id, 0);
    (void)send_to_task(current_task(), info);
    return answer(Errno::PIPE);
}

Answer read(int fd, std::uint64_t address, std::uint64_t bytes) {
    auto file = file_to_read(fd);
    if (!file)
        return answer(file.error());
    auto buffer = buffer_to_fill(address, bytes);
    return buffer ? answer_or_restart((*file)->read(*buffer)) : answer(buffer.error());
}

Answer write(int fd, std::uint64_t address, std::uint64_t bytes) {
    auto file = file_to_write(fd);
    if (!file)
        return answer(file.error());
    auto buffer = buffer_to_read(address, bytes);
    if (!buffer)
        return answer(buffer.error());
    if (Socket* socket = (*file)->socket()) {
        // Safe: sending only reads.
        const IoVector piece{const_cast<std::byte*>(buffer->data()), buffer->size()};
        return send_message(*socket, {.pieces = {&piece, 1}, .bytes = buffer->size()});
    }
    return written((*file)->write(*buffer));
}

Answer pread64(int fd, std::uint64_t address, std::uint64_t bytes, std::uint64_t offset) {
    auto file = file_to_read(fd);
    if (!file)
        return answer(file.error());
    if (is_negative(offset))
        return answer(Errno::INVAL);
    auto buffer = buffer_to_fill(address, bytes);
    return buffer ? answer_or_restart((*file)->read_at(offset, *buffer)) : answer(buffer.error());
}

Answer pwrite64(int fd, std::uint64_t address, std::uint64_t bytes, std::uint64_t offset) {
    auto file = file_to_write(fd);
    if (!file)
        return answer(file.error());
    if (is_negative(offset))
        return answer(Errno::INVAL);
    auto buffer = buffer_to_read(address, bytes);
    return buffer ? written((*file)->write_at(offset, *buffer)) : answer(buffer.error());
}

Answer readv(int fd, std::uint64_t vectors, std::uint64_t count) {
    auto file = file_to_read(fd);
    if (file && (*file)->socket())
        return read_socket(*(*file)->socket(), vectors, count);
    return file ? answer_or_restart(read_pieces(**file, vectors, count)) : answer(file.error());
}

Answer writev(int fd, std::uint64_t vectors, std::uint64_t count) {
    auto file = file_to_write(fd);
    if (file && (*file)->socket())
        return write_socket(*(*file)->socket(), vectors, count);
    return file ? written(write_pieces(**file, vectors, count)) : answer(file.error());
}

Answer preadv(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset) {
    auto file = file_to_read(fd);
    if (!file)
        return answer(file.error());
    if (is_negative(offset))
        return answer(Errno::INVAL);
    return answer_or_restart(read_pieces_at(**file, vectors, count, offset));
}

Answer pwritev(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset) {
    auto file = file_to_write(fd);
    if (!file)
        return answer(file.error());
    if (is_negative(offset))
        return answer(Errno::INVAL);
    return written(write_pieces_at(**file, vectors, count, offset));
}

Answer preadv2(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset, std::uint64_t,
               std::uint32_t flags) {
    if (flags)
        return answer(Errno::OPNOTSUPP);
    return offset == current_offset ? readv(fd, vectors, count) : preadv(fd, vectors, count, offset);
}

Answer pwritev2(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset, std::uint64_t,
                std::uint32_t flags) {
    if (flags)
        return answer(Errno::OPNOTSUPP);
    return offset == current_offset ? writev(fd, vectors, count) : pwritev(fd, vectors, count, offset);
}

Answer lseek(int fd, std::int64_t offset, std::uint32_t whence) {
    auto file = file_of(fd);
    return file ? answer((*file)->seek(offset, whence)) : answer(file.error());
}

Answer sendfile(int to, int from, User<std::uint64_t> offset, std::uint64_t bytes) {
    auto source = file_to_read(from), target = file_to_write(to);
    if (!source || !target)
        return answer(Errno::BADF);
    Position source_position(offset), target_position(User<std::uint64_t>{0});
    return copy(**source, source_position, **target, target_position, bytes);
}

Answer copy_file_range(int from, User<std::uint64_t> from_offset, int to, User<std::uint64_t> to_offset,
                       std::uint64_t bytes, std::uint32_t flags) {
    auto source = file_of(from), target = file_of(to);
    if (!source || !target)
        return answer(Errno::BADF);
    Node *source_node = (*source)->node(), *target_node = (*target)->node();
    if (flags || !source_node || !target_node)
        return answer(Errno::INVAL);
    if (is_directory(source_node->type()) || is_directory(target_node->type()))
        return answer(Errno::ISDIR);
    if (!(*source)->readable() || !(*target)->writable() || ((*target)->flags() & open_flag::append))
        return answer(Errno::BADF);
    Position source_position(from_offset), target_position(to_offset);
    return copy(**source, source_position, **target, target_position, bytes);
}

} // namespace exo::hpc::call
