// A piece of physical memory with ACPI tables in it, for tests of the parser: bytes are put at addresses,
// checksums are made right (or left wrong), and the parser sees only what is there.
#pragma once

#include "exokernel/acpi/parse.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace acpi_test {

using Bytes = std::vector<std::byte>;

// Appends little-endian fields.
struct Builder {
    Bytes bytes;
    Builder& integer(std::uint64_t value, std::size_t length) {
        for (std::size_t i = 0; i < length; ++i) {
            bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
        }
        return *this;
    }
    Builder& u8(std::uint64_t value) { return integer(value, 1); }
    Builder& u16(std::uint64_t value) { return integer(value, 2); }
    Builder& u32(std::uint64_t value) { return integer(value, 4); }
    Builder& u64(std::uint64_t value) { return integer(value, 8); }
    Builder& zeros(std::size_t count) { return bytes.resize(bytes.size() + count), *this; }
    Builder& text(const std::string& text) {
        for (char c : text) {
            u8(static_cast<unsigned char>(c));
        }
        return *this;
    }
    Builder& append(const Bytes& more) { return bytes.insert(bytes.end(), more.begin(), more.end()), *this; }
};

// Makes `bytes[from, to)` sum to zero by its byte at `at`.
inline void fix_checksum(Bytes& bytes, std::size_t at, std::size_t from, std::size_t to) {
    bytes[at] = std::byte{0};
    unsigned sum = 0;
    for (std::size_t i = from; i < to; ++i) {
        sum += static_cast<unsigned>(bytes[i]);
    }
    bytes[at] = static_cast<std::byte>(0x100 - (sum & 0xff));
}

// A table of this signature with this body behind the common header.
inline Bytes table(const std::string& signature, const Bytes& body, std::uint8_t revision = 1) {
    Builder builder;
    builder.text(signature).u32(exo::acpi_header_bytes + body.size()).u8(revision).zeros(27).append(body);
    fix_checksum(builder.bytes, 9, 0, builder.bytes.size());
    return builder.bytes;
}

class MemoryImage {
public:
    void put(std::uint64_t address, const Bytes& bytes) { pieces_[address] = bytes; }
    Bytes& at(std::uint64_t address) { return pieces_.at(address); }
    exo::PhysicalView view() const { return {read, this}; }

    // The root pointer and root table over the tables at these addresses.
    void put_rsdt(std::uint64_t rsdp, std::uint64_t rsdt, const std::vector<std::uint64_t>& tables) {
        Builder body;
        for (std::uint64_t address : tables) {
            body.u32(address);
        }
        put(rsdt, table("RSDT", body.bytes));
        Builder pointer;
        pointer.text("RSD PTR ").zeros(8).u32(rsdt);
        fix_checksum(pointer.bytes, 8, 0, 20);
        put(rsdp, pointer.bytes);
    }
    void put_xsdt(std::uint64_t rsdp, std::uint64_t xsdt, const std::vector<std::uint64_t>& tables) {
        Builder body;
        for (std::uint64_t address : tables) {
            body.u64(address);
        }
        put(xsdt, table("XSDT", body.bytes));
        Builder pointer;
        pointer.text("RSD PTR ").zeros(7).u8(2).u32(0xdeadbeef).u32(36).u64(xsdt).zeros(4);
        fix_checksum(pointer.bytes, 8, 0, 20);
        fix_checksum(pointer.bytes, 32, 0, 36);
        put(rsdp, pointer.bytes);
    }

private:
    // A range within one piece; each piece is a separate allocation, so the sanitizer sees any read outside it.
    static std::span<const std::byte> read(const void* context, std::uint64_t address, std::uint64_t length) {
        const auto& pieces = static_cast<const MemoryImage*>(context)->pieces_;
        auto piece = pieces.upper_bound(address);
        if (piece == pieces.begin()) {
            return {};
        }
        --piece;
        const std::uint64_t offset = address - piece->first;
        if (offset > piece->second.size() || length > piece->second.size() - offset) {
            return {};
        }
        return std::span(piece->second).subspan(offset, length);
    }

    std::map<std::uint64_t, Bytes> pieces_;
};

} // namespace acpi_test
