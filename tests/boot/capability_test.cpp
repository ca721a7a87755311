// derive, grant, inspect, drop: a capability gets narrower on its way down, never wider, and a handle that is
// not the caller's names nothing.
#include "tests/boot/expect.hpp"

using namespace exo;

TEST_CASE_FIXTURE(lab::Fresh, "derive narrows a range and rights") {
    std::uint64_t first = lab::take(8);
    CallResult child = sys::derive(lab::frames(), Kind::Frames, right::Read, first + 2, 4);
    REQUIRE(child.ok());
    CapabilityInfo info{};
    CHECK_OK(sys::inspect(child.value(), &info));
    CHECK(info.first == first + 2);
    CHECK(info.count == 4);
    CHECK(info.rights == right::Read);
    CHECK(info.kind == Kind::Frames);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, right::Read | right::Write, first + 2, 4), NoRight);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, right::Read, first + 1, 4), OutOfRange);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, right::Read, first + 2, 5), OutOfRange);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, right::Read, first + 2, 0), BadArgument);
    CHECK_ERROR(sys::derive(child.value(), Kind::Slices, right::Read, first + 2, 1), WrongKind);
    CHECK_ERROR(sys::derive(child.value(), static_cast<Kind>(99), right::Read, first + 2, 1), BadArgument);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, 1u << 31, first + 2, 1), BadArgument);
    CHECK_ERROR(sys::derive(child.value(), Kind::Frames, right::Read, ~0ull, 2), OutOfRange);
}

TEST_CASE_FIXTURE(lab::Fresh, "a dropped capability's handle is stale, and its children go with it") {
    std::uint64_t first = lab::take(4);
    Handle parent = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Write, first, 4).value();
    Handle child = sys::derive(parent, Kind::Frames, right::Read, first, 1).value();
    CHECK_OK(sys::drop(parent));
    CapabilityInfo info{};
    CHECK_ERROR(sys::inspect(parent, &info), BadHandle);
    CHECK_ERROR(sys::inspect(child, &info), BadHandle);
    CHECK_ERROR(sys::drop(parent), BadHandle);
}

TEST_CASE_FIXTURE(lab::Fresh, "handles that were never given name nothing") {
    CapabilityInfo info{};
    for (Handle forged :
         std::initializer_list<Handle>{Handle{0}, Handle{1}, Handle{0xffff}, Handle{1} << 40, ~Handle{1},
                                       lab::frames() + (1ull << 16), lab::frames() + 1, lab::frames() | 1ull << 63})
        CHECK_ERROR(sys::inspect(forged, &info), BadHandle);
}

TEST_CASE_FIXTURE(lab::Fresh, "inspect refuses an address that it may not write") {
    CHECK_ERROR(sys::inspect(lab::frames(), reinterpret_cast<CapabilityInfo*>(info_machine)), BadAddress);
    CHECK_ERROR(sys::inspect(lab::frames(), reinterpret_cast<CapabilityInfo*>(0xffff'8000'0010'0000ull)), BadAddress);
    CHECK_ERROR(sys::inspect(lab::frames(), reinterpret_cast<CapabilityInfo*>(user_end - 8)), BadAddress);
    CHECK_ERROR(sys::inspect(lab::frames(), nullptr), BadAddress);
}

TEST_CASE_FIXTURE(lab::Fresh, "derivation has a depth, and a full table says so") {
    std::uint64_t first = lab::take(1);
    Handle at = lab::frames();
    std::string last = "ok";
    unsigned depth = 0;
    for (; depth < 2 * derivation_depth_max && last == "ok"; depth++) {
        CallResult next = sys::derive(at, Kind::Frames, right::Read, first, 1);
        last = lab::outcome(next);
        if (next.ok())
            at = next.value();
    }
    CHECK(last == "TableFull");
    CHECK(depth <= derivation_depth_max);
}

TEST_CASE_FIXTURE(lab::Fresh, "grant needs Grant on the capability and Receive on the environment") {
    lab::Child child;
    REQUIRE(child.ok());
    std::uint64_t first = lab::take(2);
    Handle plain = sys::derive(lab::frames(), Kind::Frames, right::Read, first, 1).value();
    CHECK_ERROR(sys::grant(plain, child.environment()), NoRight);
    Handle grantable = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Grant, first, 1).value();
    CHECK_ERROR(sys::grant(grantable, grantable), WrongKind);
    Handle deaf = sys::derive(child.environment(), Kind::Environment, right::Control, child.number(), 1).value();
    CHECK_ERROR(sys::grant(grantable, deaf), NoRight);
    CHECK_OK(sys::grant(grantable, child.environment()));
    CHECK_ERROR(sys::drop(grantable), HasChildren);
    CHECK(child.destroy());
    CHECK_OK(sys::drop(grantable));
}

TEST_CASE_FIXTURE(lab::Fresh, "a grant fills the receiver's table, not the giver's") {
    lab::Child child;
    REQUIRE(child.ok());
    Handle frame = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Grant, lab::take(1), 1).value();
    unsigned given = 0;
    CallResult result = sys::grant(frame, child.environment());
    for (; result.ok() && given < 1000; given++)
        result = sys::grant(frame, child.environment());
    CHECK_ERROR(result, TableFull);
    CHECK(given < 128);
    CHECK_OK(sys::derive(lab::frames(), Kind::Frames, right::Read, lab::take(1), 1));
}

TEST_CASE_FIXTURE(lab::Fresh, "events and gates come from the environment itself") {
    std::uint64_t own = *reinterpret_cast<const std::uint64_t*>(environment_page_address); // Safe: EnvironmentPage.
    CHECK_OK(sys::derive(self, Kind::Event, right::Signal, own << 32 | 40, 1));
    CHECK_ERROR(sys::derive(self, Kind::Event, right::Signal, (own + 1) << 32 | 40, 1), OutOfRange);
    CHECK_ERROR(sys::derive(self, Kind::Event, right::Signal, own << 32 | 64, 1), OutOfRange);
    CHECK_ERROR(sys::derive(self, Kind::Event, right::Signal | right::Control, own << 32, 1), NoRight);
    CHECK_ERROR(sys::derive(self, Kind::Event, right::Signal, own << 32, 2), BadArgument);
    CHECK_ERROR(sys::derive(self, Kind::Frames, right::Read, 0, 1), WrongKind);
}

TEST_CASE("a call number that is not in the table") {
    std::int64_t result = call_base + call_count;
    asm volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
    CHECK(result == -static_cast<std::int64_t>(Error::NoSuchCall));
    result = call_base + call_numbers - 1;
    asm volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
    CHECK(result == -static_cast<std::int64_t>(Error::NoSuchCall));
}

TEST_CASE("every number beside the exokernel's goes to the library OS") {
    constexpr std::int64_t enosys = -38; // what libos-hpc answers to what it does not know
    for (std::uint64_t number : {std::uint64_t{call_base} - 1, std::uint64_t{call_base} + call_numbers,
                                 std::uint64_t{0x7fff'ffff}, std::uint64_t{0xffff'ffff}}) {
        auto result = static_cast<std::int64_t>(number);
        asm volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
        CHECK(result == enosys);
    }
}

TEST_CASE("version") {
    CHECK(sys::version().value() == abi_version);
}
