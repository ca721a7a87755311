// Each table on its own: every kind of entry, and every way an entry can contradict itself.
#include "tests/unit/acpi/memory_image.hpp"

#include <doctest/doctest.h>

using namespace acpi_test;
using exo::Fields;
using exo::Platform;

namespace {

Builder madt_start() {
    return Builder{}.u32(0xfee00000).u32(1);
}
Builder& processor(Builder& builder, std::uint8_t apic_id, std::uint32_t flags) {
    return builder.u8(0).u8(8).u8(0).u8(apic_id).u32(flags);
}
Bytes madt(const Builder& body) {
    return table("APIC", body.bytes);
}

Builder dmar_start(std::uint8_t flags) {
    return Builder{}.u8(47).u8(flags).zeros(10);
}
Bytes scope(std::uint8_t type, std::uint8_t bus, const Bytes& path) {
    return Builder{}.u8(type).u8(6 + path.size()).u16(0).u8(9).u8(bus).append(path).bytes;
}
Bytes unit(std::uint8_t flags, std::uint16_t segment, std::uint64_t registers, const Bytes& scopes) {
    return Builder{}.u16(0).u16(16 + scopes.size()).u8(flags).u8(0).u16(segment).u64(registers).append(scopes).bytes;
}
Bytes region(std::uint16_t segment, const Bytes& scopes) {
    return Builder{}.u16(1).u16(24 + scopes.size()).u16(0).u16(segment).u64(0x1000).u64(0x1fff).append(scopes).bytes;
}
Bytes path(std::initializer_list<int> bytes) {
    Bytes out;
    for (int byte : bytes) {
        out.push_back(static_cast<std::byte>(byte));
    }
    return out;
}
Bytes dmar(const Builder& body) {
    return table("DMAR", body.bytes);
}

Bytes mcfg_entry(std::uint64_t address, int first, int last) {
    return Builder{}.u64(address).u16(0).u8(static_cast<unsigned>(first)).u8(static_cast<unsigned>(last)).u32(0).bytes;
}
Bytes mcfg(const std::vector<Bytes>& entries) {
    Builder body;
    body.zeros(8);
    for (const Bytes& entry : entries) {
        body.append(entry);
    }
    return table("MCFG", body.bytes);
}

} // namespace

TEST_CASE("MADT: processors of both kinds, disabled and repeated ones, I/O APICs, another address") {
    Builder body = madt_start();
    processor(body, 7, 1);
    processor(body, 8, 0);
    processor(body, 7, 1);
    body.u8(9).u8(16).u16(0).u32(300).u32(1).u32(0);
    body.u8(9).u8(16).u16(0).u32(301).u32(2).u32(0); // can be enabled later, is not now
    body.u8(1).u8(12).u8(4).u8(0).u32(0xfec10000).u32(24);
    body.u8(200).u8(3).u8(0); // a kind of the future
    body.u8(5).u8(12).u16(0).u64(0x1'fee0'0000);
    Platform platform{};
    const Bytes bytes = madt(body);
    REQUIRE(exo::parse_madt(Fields(bytes), platform));
    REQUIRE(platform.processor_count == 2);
    CHECK(platform.apic_id[0] == 7);
    CHECK(platform.apic_id[1] == 300);
    REQUIRE(platform.io_apic_count == 1);
    CHECK(platform.io_apic[0].address == 0xfec10000);
    CHECK(platform.io_apic[0].id == 4);
    CHECK(platform.io_apic[0].first_interrupt == 24);
    CHECK(platform.local_apic_address == 0x1'fee0'0000);
}

TEST_CASE("MADT: more processors than places") {
    Builder body = madt_start();
    for (unsigned i = 0; i < exo::max_cores + 10; ++i) {
        processor(body, static_cast<std::uint8_t>(i), 1);
    }
    Platform platform{};
    const Bytes bytes = madt(body);
    REQUIRE(exo::parse_madt(Fields(bytes), platform));
    CHECK(platform.processor_count == exo::max_cores);
    CHECK(platform.apic_id[exo::max_cores - 1] == exo::max_cores - 1);
}

TEST_CASE("MADT: impossible entries") {
    const auto refused = [](const Builder& body) {
        Platform platform{};
        const Bytes bytes = madt(body);
        return !exo::parse_madt(Fields(bytes), platform);
    };
    CHECK(refused(madt_start())); // nobody
    Builder good = madt_start();
    processor(good, 1, 1);
    CHECK_FALSE(refused(good));
    CHECK(refused(Builder(good).u8(0)));
    CHECK(refused(Builder(good).u8(77).u8(0)));
    CHECK(refused(Builder(good).u8(77).u8(1)));
    CHECK(refused(Builder(good).u8(77).u8(3)));
    CHECK(refused(Builder(good).u8(0).u8(7).zeros(5)));
    CHECK(refused(Builder(good).u8(9).u8(8).zeros(6)));
    CHECK(refused(Builder(good).u8(1).u8(8).zeros(6)));
}

TEST_CASE("DMAR: units, scopes and reserved regions") {
    const Bytes scopes = Builder{}
                             .append(scope(1, 0, path({2, 1})))
                             .append(scope(2, 5, path({0x1c, 7, 0, 0})))
                             .append(scope(3, 0xf0, path({0x1f, 0})))
                             .bytes;
    Builder body = dmar_start(3);
    body.append(unit(0, 0, 0xfed9'0000, scopes));
    body.append(unit(1, 0, 0xfed9'1000, {}));
    body.append(region(0, scope(1, 0, path({0x1d, 0}))));
    body.u16(77).u16(4); // a kind of the future
    const Bytes bytes = dmar(body);
    Platform platform{};
    REQUIRE(exo::parse_dmar(Fields(bytes), platform));
    CHECK(platform.interrupt_remapping);
    CHECK(platform.x2apic_opt_out);
    REQUIRE(platform.remapping_unit_count == 2);
    const exo::RemappingUnit& first = platform.remapping_unit[0];
    CHECK_FALSE(first.all_other_functions);
    REQUIRE(first.scopes.count == 3);
    CHECK(first.scopes.scope[0].path_length == 1);
    CHECK(first.scopes.scope[0].path[0] == (2 << 3 | 1));
    CHECK(first.scopes.scope[1].type == exo::DeviceScope::Type::Bridge);
    CHECK(first.scopes.scope[1].start_bus == 5);
    REQUIRE(first.scopes.scope[1].path_length == 2);
    CHECK(first.scopes.scope[1].path[0] == (0x1c << 3 | 7));
    CHECK(first.scopes.scope[2].enumeration_id == 9);
    CHECK(platform.remapping_unit[1].all_other_functions);
    REQUIRE(platform.reserved_region_count == 1);
    CHECK(platform.reserved_region[0].scopes.scope[0].path[0] == 0x1d << 3);
    CHECK_FALSE(platform.remapping_incomplete);
}

TEST_CASE("DMAR: what does not fit is told, because isolation depends on it") {
    const auto incomplete = [](const Builder& body) {
        Platform platform{};
        const Bytes bytes = dmar(body);
        REQUIRE(exo::parse_dmar(Fields(bytes), platform));
        return platform.remapping_incomplete;
    };
    Builder scopes;
    for (std::size_t i = 0; i < exo::device_scopes_max; ++i) {
        scopes.append(scope(1, 0, path({1, 0})));
    }
    CHECK_FALSE(incomplete(dmar_start(1).append(unit(0, 0, 0x1000, scopes.bytes))));
    scopes.append(scope(1, 0, path({1, 0})));
    CHECK(incomplete(dmar_start(1).append(unit(0, 0, 0x1000, scopes.bytes))));
    CHECK(incomplete(dmar_start(1).append(unit(0, 0, 0x1000, scope(1, 0, path({1, 0, 1, 0, 1, 0, 1, 0, 1, 0}))))));
    Builder units = dmar_start(1);
    Builder regions = dmar_start(1);
    for (std::size_t i = 0; i <= exo::platform_remapping_units_max; ++i) {
        units.append(unit(0, 0, 0x1000, {}));
        regions.append(region(0, {}));
    }
    CHECK(incomplete(units));
    CHECK(incomplete(regions));
}

TEST_CASE("DMAR: impossible structures") {
    const auto refused = [](const Builder& body) {
        Platform platform{};
        const Bytes bytes = dmar(body);
        return !exo::parse_dmar(Fields(bytes), platform);
    };
    CHECK(refused(Builder{}.u8(47)));
    CHECK(refused(dmar_start(1).u16(0).u16(0)));
    CHECK(refused(dmar_start(1).u16(0).u16(3)));
    CHECK(refused(dmar_start(1).u16(0).u16(400)));
    CHECK(refused(dmar_start(1).u16(0).u16(8).zeros(4)));
    CHECK(refused(dmar_start(1).u16(1).u16(16).zeros(12)));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0, {}))));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0x1234, {}))));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0x1000, path({1, 0})))));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0x1000, path({1, 6, 0, 0, 0, 0})))));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0x1000, path({1, 9, 0, 0, 0, 0, 1, 0, 1})))));
    CHECK(refused(dmar_start(1).append(unit(0, 0, 0x1000, path({1, 8, 0, 0, 0, 0, 1})))));
}

TEST_CASE("MCFG: windows, and windows that cannot be") {
    const auto parsed = [](const std::vector<Bytes>& entries, Platform& platform) {
        platform = {};
        const Bytes bytes = mcfg(entries);
        return exo::parse_mcfg(Fields(bytes), platform).has_value();
    };
    Platform platform;
    REQUIRE(parsed({mcfg_entry(0xb000'0000, 0, 255), mcfg_entry(0x40'0000'0000, 16, 31)}, platform));
    REQUIRE(platform.ecam_count == 2);
    CHECK(platform.ecam[1].address == 0x40'0000'0000);
    CHECK(platform.ecam[1].first_bus == 16);
    REQUIRE(parsed(std::vector(exo::platform_ecam_windows_max + 1, mcfg_entry(0xb000'0000, 0, 1)), platform));
    CHECK(platform.ecam_count == exo::platform_ecam_windows_max);
    CHECK_FALSE(parsed({mcfg_entry(0, 0, 255)}, platform));
    CHECK_FALSE(parsed({mcfg_entry(0xb000'1000, 0, 255)}, platform));
    CHECK_FALSE(parsed({mcfg_entry(0xb000'0000, 9, 8)}, platform));
    CHECK_FALSE(parsed({mcfg_entry(0xffff'ffff'fff0'0000, 0, 255)}, platform));
    CHECK_FALSE(parsed({Bytes(15)}, platform));
}

TEST_CASE("HPET and FADT: what is in memory, what is a port, and what is absent") {
    Platform platform{};
    const auto hpet = [](std::uint8_t space) {
        return table("HPET", Builder{}.u32(0x8086a201).u8(space).zeros(3).u64(0xfed00000).zeros(4).bytes);
    };
    REQUIRE(exo::parse_hpet(Fields(hpet(1)), platform));
    CHECK(platform.hpet_address == 0);
    REQUIRE(exo::parse_hpet(Fields(hpet(0)), platform));
    CHECK(platform.hpet_address == 0xfed00000);
    CHECK_FALSE(exo::parse_hpet(Fields(table("HPET", Bytes(10))), platform));

    Bytes fadt(244 - exo::acpi_header_bytes);
    const auto set = [&](std::size_t offset, std::uint64_t value, std::size_t length) {
        for (std::size_t i = 0; i < length; ++i) {
            fadt[offset - exo::acpi_header_bytes + i] = static_cast<std::byte>(value >> (8 * i));
        }
    };
    set(76, 0x608, 4);
    set(108, 0x32, 1);
    set(112, 1u << 10 | 1u << 8, 4);
    set(116, 1, 1);
    set(120, 0xcf9, 8);
    set(128, 6, 1);
    REQUIRE(exo::parse_fadt(Fields(table("FACP", fadt)), platform));
    CHECK(platform.pm_timer_port == 0x608);
    CHECK(platform.pm_timer_is_32_bit);
    CHECK(platform.century_in_cmos);
    CHECK(platform.reset_by_port);
    CHECK(platform.reset_port == 0xcf9);
    CHECK(platform.reset_value == 6);
    // The wider block wins; a reset register in memory is not used; a port has 16 bits.
    set(208, 1, 1);
    set(212, 0x700, 8);
    set(116, 0, 1);
    REQUIRE(exo::parse_fadt(Fields(table("FACP", fadt)), platform));
    CHECK(platform.pm_timer_port == 0x700);
    CHECK_FALSE(platform.reset_by_port);
    set(116, 1, 1);
    set(120, 0x1'0cf9, 8);
    set(108, 200, 1);
    REQUIRE(exo::parse_fadt(Fields(table("FACP", fadt)), platform));
    CHECK_FALSE(platform.reset_by_port);
    CHECK_FALSE(platform.century_in_cmos);
    // ACPI 1.0: nothing from the reset register on.
    Bytes old(fadt.begin(), fadt.begin() + 116 - exo::acpi_header_bytes);
    REQUIRE(exo::parse_fadt(Fields(table("FACP", old)), platform));
    CHECK_FALSE(platform.reset_by_port);
    CHECK(platform.pm_timer_port == 0x608);
    old.pop_back();
    CHECK_FALSE(exo::parse_fadt(Fields(table("FACP", old)), platform));
}
