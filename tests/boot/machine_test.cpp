// log, shutdown, and what the info pages say of the machine.
#include "tests/boot/expect.hpp"

using namespace exo;

TEST_CASE_FIXTURE(lab::Fresh, "log: every refusal") {
    const char text[] = "a line from the tests\n";
    CHECK_OK(sys::log(lab::machine(), text, sizeof text - 1));
    CHECK_ERROR(sys::log(lab::frames(), text, 1), WrongKind);
    CHECK_ERROR(sys::log(lab::machine(), text, log_bytes_max + 1), OutOfRange);
    CHECK_ERROR(sys::log(lab::machine(), nullptr, 8), BadAddress);
    CHECK_ERROR(sys::log(lab::machine(), reinterpret_cast<const char*>(0xffff'8000'0010'0000ull), 8), BadAddress);
    CHECK_ERROR(sys::log(lab::machine(), reinterpret_cast<const char*>(user_end - 4), 8), BadAddress);
    Handle mute = sys::derive(lab::machine(), Kind::Machine, right::Create, 0, 1).value();
    CHECK_ERROR(sys::log(mute, text, 1), NoRight);
    CHECK_ERROR(sys::shutdown(mute, 0), NoRight);
    CHECK_ERROR(sys::shutdown(lab::frames(), 0), WrongKind);
    CHECK_ERROR(sys::shutdown(99, 0), BadHandle);
}

TEST_CASE_FIXTURE(lab::Fresh, "the info pages describe this machine") {
    const MachineInfo& info = lab::machine_info();
    CHECK(info.version == abi_version);
    CHECK(info.core_count >= 1);
    CHECK(info.core_count >= lab::start().vcore_count);
    CHECK(info.tsc_hz > 100'000'000);
    CHECK(info.slot_cycles > 0);
    CHECK((info.feature_bits & feature::iommu) != 0);
    CHECK((info.feature_bits & feature::interrupt_remapping) != 0);
    auto* frames = reinterpret_cast<const FrameEntry*>(info_frames); // Safe: an info page.
    std::uint64_t pair = lab::take(2, 2);
    CHECK(frames[pair].type == FrameType::Data);
    constexpr std::uint64_t at = lab::window + (512ull << 30);
    CHECK_OK(lab::bind(self, lab::table_row(lab::frames(), at, pair, 3)));
    CHECK(frames[pair].type == FrameType::PageTable);
    CHECK(frames[pair + 1].type == FrameType::Ledger);
    CHECK_OK(lab::unbind(self, lab::table_row(no_handle, at, 0, 3)));
    CHECK(frames[pair].type == FrameType::Data);
}

TEST_CASE_FIXTURE(lab::Fresh, "counters count the calls of the vcore that makes them") {
    auto* page = reinterpret_cast<const EnvironmentPage*>(environment_page_address);
    auto* infos = reinterpret_cast<const volatile VcoreInfo*>(info_vcores);
    const volatile VcoreInfo* own = nullptr;
    for (std::size_t i = 0; i < max_vcores && !own; i++)
        if (infos[i].state == VcoreState::Running && infos[i].environment == page->environment)
            own = &infos[i];
    bool found = own != nullptr;
    REQUIRE(found);
    if (lab::start().vcore_count > 1)
        return; // the scheduler may have moved this thread to another vcore
    std::uint64_t before = own->calls;
    for (unsigned i = 0; i < 100; i++)
        (void)sys::version();
    CHECK(own->calls - before >= 100);
    CHECK(own->calls - before < 200);
}
