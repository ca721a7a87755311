// Unpacks the argument registers into the typed parameters of a handler, runs it unmasked, puts the answer into the
// frame, and hands over to signal delivery before the program goes on. Table: calls.def.
#include "libos-hpc/call/dispatch.hpp"

#include "libos-hpc/call/calls.hpp"
#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/trace/trace.hpp"
#include "libos/upcall/dispatch.hpp"

#include <string_view>
#include <utility>

namespace exo::hpc {
namespace {

using Handler = Answer (*)(RegisterFrame& frame);

template <typename T>
T argument(std::uint64_t word) {
    if constexpr (requires { T{word}.address; })
        return T{word};
    else
        return static_cast<T>(word);
}

std::uint64_t argument_word(const RegisterFrame& frame, std::size_t index) {
    const std::uint64_t words[] = {frame.rdi, frame.rsi, frame.rdx, frame.r10, frame.r8, frame.r9};
    return words[index];
}

template <typename... Parameters>
Answer unpack(Answer (*function)(Parameters...), const RegisterFrame& frame) {
    return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        return function(argument<Parameters>(argument_word(frame, Index))...);
    }(std::index_sequence_for<Parameters...>());
}

// Handlers take their arguments, or the registers themselves.
template <auto Function>
Answer run(RegisterFrame& frame) {
    if constexpr (requires { Function(frame); })
        return Function(frame);
    else
        return unpack(Function, frame);
}

struct Row {
    Handler handler;
    const char* name;
};
constexpr std::size_t rows_max = 512;
struct Table {
    Row row[rows_max];
};

constexpr Table make_table() {
    Table table{};
#define LINUX_CALL(number, name) table.row[number] = {&run<&call::name>, #name};
#define LINUX_MISSING(number, name) table.row[number] = {nullptr, #name};
#include "libos-hpc/call/calls.def"
#undef LINUX_CALL
#undef LINUX_MISSING
    return table;
}
constexpr Table table = make_table();

consteval std::size_t number_of(std::string_view name) {
    for (std::size_t i = 0; i < rows_max; ++i) {
        if (table.row[i].name && name == table.row[i].name)
            return i;
    }
    return rows_max;
}
static_assert(number_of("getpid") == 39 && number_of("gettid") == 186);

Answer answer_call(RegisterFrame& frame) {
    std::uint64_t number = frame.rax;
    if (number >= rows_max || !table.row[number].handler) {
        trace_missing(number < rows_max && table.row[number].name ? table.row[number].name : "linux", number);
        return answer(Errno::NOSYS);
    }
    TraceSpan span(table.row[number].name, number);
    return table.row[number].handler(frame);
}

void reflected(RegisterFrame& frame) {
    Task& task = current_task();
    task.in_kit = true;
    std::uint64_t number = frame.rax;
    {
        UnmaskGuard unmask;
        frame.rax = static_cast<std::uint64_t>(answer_call(frame));
    }
    // What rt_sigreturn leaves in the frame is the interrupted program's, not an answer.
    leave_call(task, frame, number == number_of("rt_sigreturn") ? no_call : number);
    task.in_kit = false;
}

std::int64_t direct_process(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return process_id;
}
std::int64_t direct_parent(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return parent_process_id;
}
std::int64_t direct_root(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return 0;
}
std::int64_t direct_thread(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return current_task().id;
}

} // namespace

void open_dispatch() {
    set_reflect_handler(reflected);
    set_direct_handler(number_of("getpid"), direct_process);
    set_direct_handler(number_of("getppid"), direct_parent);
    set_direct_handler(number_of("gettid"), direct_thread);
    set_direct_handler(number_of("getuid"), direct_root);
    set_direct_handler(number_of("geteuid"), direct_root);
    set_direct_handler(number_of("getgid"), direct_root);
    set_direct_handler(number_of("getegid"), direct_root);
}

} // namespace exo::hpc
