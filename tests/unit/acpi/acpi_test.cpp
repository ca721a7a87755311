// The path from the root pointer to the tables, on the tables of a real machine and on damaged ones.
// Single tables: table_test.cpp.
#include "tests/unit/acpi/memory_image.hpp"
#include "tests/unit/acpi/qemu_tables.hpp"

#include <doctest/doctest.h>

using namespace acpi_test;
using exo::Platform;

namespace {

constexpr std::uint64_t rsdp_at = 0xf59e0;
constexpr std::uint64_t rsdt_at = 0x3fe2000;
constexpr std::uint64_t tables_at = 0x3fe3000;

template <std::size_t n>
Bytes copy(const unsigned char (&bytes)[n]) {
    const auto* first = reinterpret_cast<const std::byte*>(bytes); // Safe: bytes as bytes
    return {first, first + n};
}

std::vector<Bytes> qemu_tables() {
    return {copy(qemu_facp), copy(qemu_apic), copy(qemu_hpet), copy(qemu_mcfg), copy(qemu_dmar)};
}

std::vector<std::uint64_t> place(MemoryImage& image, const std::vector<Bytes>& tables) {
    std::vector<std::uint64_t> addresses;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        addresses.push_back(tables_at + 0x1000 * i);
        image.put(addresses.back(), tables[i]);
    }
    return addresses;
}

MemoryImage qemu_image() {
    MemoryImage image;
    image.put_rsdt(rsdp_at, rsdt_at, place(image, qemu_tables()));
    return image;
}

void check_qemu(const Platform& platform) {
    CHECK(platform.local_apic_address == 0xfee00000);
    REQUIRE(platform.processor_count == 4);
    for (std::uint32_t i = 0; i < 4; ++i) {
        CHECK(platform.apic_id[i] == i);
    }
    REQUIRE(platform.io_apic_count == 1);
    CHECK(platform.io_apic[0].address == 0xfec00000);
    REQUIRE(platform.ecam_count == 1);
    CHECK(platform.ecam[0].address == 0xb0000000);
    CHECK(platform.ecam[0].last_bus == 255);
    REQUIRE(platform.remapping_unit_count == 1);
    CHECK(platform.remapping_unit[0].registers == 0xfed90000);
    CHECK_FALSE(platform.remapping_unit[0].all_other_functions);
    const exo::DeviceScopes& scopes = platform.remapping_unit[0].scopes;
    REQUIRE(scopes.count == 6);
    CHECK(scopes.scope[0].type == exo::DeviceScope::Type::IoApic);
    CHECK(scopes.scope[0].start_bus == 0xff);
    CHECK(scopes.scope[2].type == exo::DeviceScope::Type::Bridge);
    CHECK(scopes.scope[2].path[0] == 0x08);
    CHECK(scopes.scope[5].path[0] == 0xfb);
    CHECK(platform.interrupt_remapping);
    CHECK_FALSE(platform.remapping_incomplete);
    CHECK(platform.hpet_address == 0xfed00000);
    CHECK(platform.pm_timer_port == 0x608);
    CHECK(platform.reset_by_port);
    CHECK(platform.reset_port == 0xcf9);
    CHECK(platform.reset_value == 0x0f);
    CHECK(platform.century_register == 0x32);
}

std::string error_of(const exo::AcpiStatus& status) {
    return status ? "" : status.error();
}

} // namespace

TEST_CASE("the tables of a QEMU machine, by the loader's pointer and by searching") {
    const MemoryImage image = qemu_image();
    Platform platform;
    REQUIRE(exo::parse_platform(image.view(), rsdp_at, platform));
    check_qemu(platform);

    // The search reads the whole BIOS area, so it must be there.
    MemoryImage searched;
    Bytes bios(0x20000);
    MemoryImage pointer_only;
    pointer_only.put_rsdt(rsdp_at, rsdt_at, {});
    std::memcpy(&bios[rsdp_at - 0xe0000], pointer_only.at(rsdp_at).data(), 20);
    searched.put_rsdt(rsdp_at + 0x1000'0000, rsdt_at, place(searched, qemu_tables()));
    searched.put(0xe0000, bios);
    REQUIRE(exo::parse_platform(searched.view(), 0, platform));
    check_qemu(platform);
}

TEST_CASE("a root pointer of the second kind leads to an XSDT above 4 GiB") {
    MemoryImage image;
    image.put_xsdt(0x9fc00, 0x1'2345'0000, place(image, qemu_tables()));
    Platform platform;
    REQUIRE(exo::parse_platform(image.view(), 0x9fc00, platform));
    check_qemu(platform);
    // Found through the EBDA segment of the BIOS data area.
    image.put(0x40e, Builder{}.u16(0x9fc0).bytes);
    REQUIRE(exo::parse_platform(image.view(), 0, platform));
    check_qemu(platform);
}

TEST_CASE("no bit of a used table can change unnoticed") {
    const std::vector<Bytes> tables = qemu_tables();
    for (std::size_t t = 0; t < tables.size(); ++t) {
        for (std::size_t byte = 0; byte < tables[t].size(); ++byte) {
            if (byte < 4) {
                continue; // another signature: another table
            }
            MemoryImage image = qemu_image();
            Bytes& bytes = image.at(tables_at + 0x1000 * t);
            bytes[byte] ^= std::byte{1};
            Platform platform;
            const auto status = exo::parse_platform(image.view(), rsdp_at, platform);
            CAPTURE(t);
            CAPTURE(byte);
            CHECK_FALSE(status);
        }
    }
}

TEST_CASE("tables cut short anywhere are errors, not reads outside") {
    const std::vector<Bytes> tables = qemu_tables();
    for (std::size_t t = 0; t < tables.size(); ++t) {
        for (std::size_t length = exo::acpi_header_bytes; length < tables[t].size(); ++length) {
            MemoryImage image = qemu_image();
            image.at(tables_at + 0x1000 * t).resize(length);
            Platform platform;
            CAPTURE(t);
            CAPTURE(length);
            CHECK_FALSE(exo::parse_platform(image.view(), rsdp_at, platform));
        }
    }
}

TEST_CASE("what is missing is said") {
    Platform platform;
    MemoryImage nothing;
    CHECK(error_of(exo::parse_platform(nothing.view(), 0, platform)).find("no root pointer") != std::string::npos);

    MemoryImage no_root;
    no_root.put_rsdt(rsdp_at, rsdt_at, {});
    no_root.at(rsdt_at)[0] = std::byte{'X'};
    CHECK(error_of(exo::parse_platform(no_root.view(), rsdp_at, platform)).find("root table") != std::string::npos);

    MemoryImage no_madt;
    no_madt.put_rsdt(rsdp_at, rsdt_at, place(no_madt, {copy(qemu_mcfg)}));
    CHECK(error_of(exo::parse_platform(no_madt.view(), rsdp_at, platform)).find("no MADT") != std::string::npos);

    MemoryImage second_sum = qemu_image();
    second_sum.put_xsdt(rsdp_at, rsdt_at, {});
    second_sum.at(rsdp_at)[33] = std::byte{1};
    CHECK(error_of(exo::parse_platform(second_sum.view(), rsdp_at, platform)).find("extended") != std::string::npos);
}

TEST_CASE("a length beyond the limit and pointers to nowhere are survived") {
    MemoryImage image = qemu_image();
    std::vector<std::uint64_t> tables = {tables_at + 0x1000, 0xffff'fff0, 0, 1};
    image.put_rsdt(rsdp_at, rsdt_at, tables);
    Platform platform;
    REQUIRE(exo::parse_platform(image.view(), rsdp_at, platform));
    CHECK(platform.processor_count == 4);
    CHECK(platform.remapping_unit_count == 0);

    Bytes& madt = image.at(tables_at + 0x1000);
    madt[7] = std::byte{0x7f};
    CHECK_FALSE(exo::parse_platform(image.view(), rsdp_at, platform));
}
