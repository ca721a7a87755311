// An environment made by a test, running a function of the test program.
#pragma once

#include "tests/lab/board.hpp"
#include "tests/lab/lab.hpp"

namespace lab {

// The registers that lab_upcall_entry saved; the rest is in the upcall page.
struct UpcallFrame {
    std::uint64_t r15, r14, r13, r12, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, r11, rax;
};

extern "C" void lab_upcall_entry();
extern "C" void lab_gate_entry();
extern "C" char lab_resume_begin[], lab_resume_end[], lab_resume_restart[];

struct ChildStart;
// For child functions: opens the vcore for upcalls with these pending bits, handled by `handler`; stacks are the
// fourth page and the third page of the child's stack.
void open_upcalls(ChildStart* start, void (*handler)(ChildStart*, UpcallFrame*), std::uint64_t wanted);
void open_gate(ChildStart* start,
               void (*gate)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, ChildStart*));

// What a child function is given; lies at the beginning of its board's second page.
struct ChildStart {
    Board* board;
    exo::UpcallPage* upcall;
    exo::Handle frames; // its own frames, free from `free_frame` on
    std::uint64_t first_frame, frame_count, free_frame;
    std::uint64_t environment; // its number
    std::uint64_t vcore;
    exo::Handle given[8]; // what the test granted, in order
    std::uint64_t argument;
    // Called by lab_upcall_entry and lab_gate_entry (upcall.S); set by the child before it opens them.
    void (*handler)(ChildStart*, UpcallFrame*);
    void (*gate)(std::uint64_t badge, std::uint64_t word0, std::uint64_t word1, std::uint64_t word2,
                 std::uint64_t word3, ChildStart*);
};
static_assert(offsetof(ChildStart, handler) == 136);
static_assert(offsetof(ChildStart, gate) == 144);

using ChildFunction = void (*)(ChildStart*);

struct ChildOptions {
    std::uint64_t frame_count = 128; // of its own
    std::uint32_t core = 0;
    std::uint64_t argument = 0;
    bool masked = true; // how its vcore starts
    exo::Rights frame_rights = exo::right::Read | exo::right::Write | exo::right::Execute | exo::right::Dma |
                               exo::right::Retype | exo::right::Grant;
};

class Child {
public:
    // Creates the environment and its vcore 0; does not start it. ok() tells whether all of it worked.
    explicit Child(const ChildOptions& options = {});
    ~Child(); // stops it and takes it apart
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] bool ok() const { return ok_; }
    exo::Handle environment() const { return environment_; }
    std::uint64_t number() const { return number_; }
    exo::Handle frames() const { return child_frames_; } // the child's own name for its frames
    exo::Handle lent() const { return lent_; }           // the test's name for what the child's frames derive from
    std::uint64_t first_frame() const { return first_frame_; }
    std::uint64_t upcall_frame() const { return upcall_frame_; }
    std::uint64_t state_frame() const { return state_frame_; }
    std::uint64_t environment_frame() const { return environment_frame_; }
    Board& board() { return *board_; }
    exo::UpcallPage& upcall_page() { return *upcall_; } // of vcore 0
    ChildStart& start_block() { return *start_; }

    // Grants a capability of the test to the child; its handle goes to given[] in order.
    exo::Handle grant(exo::Handle capability);
    // Slots of a wheel from the test's own: [first, first + count) of the child's core, bound to its vcore 0.
    bool give_time(std::uint32_t first, std::uint32_t count);
    bool start(ChildFunction function);
    // Lets it run until it sets board().done or ends. False when neither happens in time.
    bool finish(std::uint64_t microseconds = 2'000'000);
    exo::EnvironmentState state() const;
    const exo::EnvironmentInfo& info() const;
    // Stops and takes apart; true when nothing is left of it.
    bool destroy();

private:
    bool build(const ChildOptions& options);

    exo::Handle environment_ = exo::no_handle;
    exo::Handle lent_ = exo::no_handle;
    exo::Handle child_frames_ = exo::no_handle;
    std::uint64_t number_ = 0, first_frame_ = 0, next_frame_ = 0, end_frame_ = 0;
    std::uint64_t upcall_frame_ = 0, state_frame_ = 0, environment_frame_ = 0;
    std::uint32_t core_ = 0;
    Board* board_ = nullptr;
    exo::UpcallPage* upcall_ = nullptr;
    ChildStart* start_ = nullptr;
    std::size_t given_count_ = 0;
    bool ok_ = false;
};

} // namespace lab
