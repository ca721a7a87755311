// Threads: beginning, ending, and who they are (clone(2), exit(2), set_tid_address(2), arch_prctl(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/frame.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos-hpc/thread/robust_list.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/memory/heap.hpp"
#include "libos/trace/trace.hpp"
#include "libos/wait/waiters.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

// What a thread of the same program shares; anything less would be a new process.
constexpr std::uint64_t thread_flags =
    clone_flag::vm | clone_flag::fs | clone_flag::files | clone_flag::sighand | clone_flag::thread;
constexpr std::uint64_t known_flags = thread_flags | clone_flag::sysvsem | clone_flag::settls |
                                      clone_flag::parent_settid | clone_flag::child_cleartid | clone_flag::detached |
                                      clone_flag::child_settid | clone_flag::exit_signal_mask;

std::atomic<int> first_task_status{0};

Answer begin_thread(const RegisterFrame& frame, const CloneArguments& wanted) {
    if ((wanted.flags & thread_flags) != thread_flags || (wanted.flags & ~known_flags)) {
        trace_missing("clone of a process", wanted.flags);
        return answer(Errno::NOSYS);
    }
    if (wanted.stack == 0)
        return answer(Errno::INVAL);
    Task* task = heap_new<Task>();
    if (!task)
        return answer(Errno::AGAIN);
    const Task& parent = current_task();
    task->id = tasks().take_id();
    task->blocked = parent.blocked;
    std::copy(parent.name, parent.name + task_name_bytes, task->name);
    std::int32_t id = task->id;
    bool told = (!(wanted.flags & clone_flag::parent_settid) || User<std::int32_t>{wanted.parent_tid}.store(id)) &&
                (!(wanted.flags & clone_flag::child_settid) || User<std::int32_t>{wanted.child_tid}.store(id));
    if (!told) {
        heap_delete(task);
        return answer(Errno::FAULT);
    }
    if (wanted.flags & clone_flag::child_cleartid)
        task->clear_id_address = wanted.child_tid;
    RegisterFrame child = frame;
    child.rax = 0;
    child.rsp = wanted.stack + wanted.stack_bytes;
    ThreadSpec spec;
    spec.frame = &child;
    spec.fs_base = (wanted.flags & clone_flag::settls) ? wanted.tls : thread_fs_base();
    spec.vectors = VectorState::Kept;
    spec.affinity = this_thread().affinity();
    spec.personal = task;
    spec.detached = true;
    if (!tasks().begin(*task, spec)) {
        heap_delete(task);
        return answer(Errno::AGAIN);
    }
    return id;
}

} // namespace

Answer clone(RegisterFrame& frame) {
    CloneArguments wanted{};
    wanted.flags = frame.rdi;
    wanted.stack = frame.rsi;
    wanted.parent_tid = frame.rdx;
    wanted.child_tid = frame.r10;
    wanted.tls = frame.r8;
    return begin_thread(frame, wanted);
}

Answer clone3(RegisterFrame& frame) {
    CloneArguments wanted{};
    std::uint64_t bytes = frame.rsi;
    if (bytes < clone_arguments_min)
        return answer(Errno::INVAL);
    if (bytes > sizeof wanted)
        return answer(Errno::TOOBIG);
    if (!copy_from_user(&wanted, frame.rdi, bytes))
        return answer(Errno::FAULT);
    if (wanted.set_tid_count || (wanted.flags & clone_flag::exit_signal_mask))
        return answer(Errno::INVAL);
    return begin_thread(frame, wanted);
}

Answer exit(int status) {
    Task& task = current_task();
    abandon_robust_list(task);
    if (task.clear_id_address) {
        // Whoever joins may free the thread's stack from here on; this runs on the kit's.
        std::uint64_t address = task.clear_id_address;
        if (User<std::int32_t>{address}.store(0))
            waiters().wake(address, 1);
    }
    if (task.id == process_id)
        first_task_status.store(status, std::memory_order_relaxed);
    bool first = task.id == process_id;
    mask();
    tasks().remove(task);
    this_thread().set_personal(nullptr);
    if (!first)
        heap_delete(&task);
    if (tasks().count() == 0) {
        unmask();
        end_program(first_task_status.load(std::memory_order_relaxed));
    }
    thread_exit(0);
}

Answer exit_group(int status) {
    end_program(status & 0xff);
}

Answer set_tid_address(std::uint64_t address) {
    current_task().clear_id_address = address;
    return current_task().id;
}

Answer gettid() {
    return current_task().id;
}

Answer set_robust_list(std::uint64_t list, std::uint64_t bytes) {
    if (bytes != sizeof(RobustList))
        return answer(Errno::INVAL);
    current_task().robust_list = list;
    return 0;
}

Answer get_robust_list(int id, User<std::uint64_t> list, User<std::uint64_t> bytes) {
    std::uint64_t found = current_task().robust_list;
    if (id && !tasks().with(id, [&](Task& task) { found = task.robust_list; }))
        return answer(Errno::SRCH);
    if (!list.store(found) || !bytes.store(sizeof(RobustList)))
        return answer(Errno::FAULT);
    return 0;
}

Answer arch_prctl(std::uint32_t command, std::uint64_t value) {
    switch (command) {
    case arch_command::set_fs:
        if (value >= user_end)
            return answer(Errno::PERM);
        set_thread_fs_base(value);
        return 0;
    case arch_command::get_fs:
        return User<std::uint64_t>{value}.store(thread_fs_base()) ? 0 : answer(Errno::FAULT);
    case arch_command::set_gs: // the library OS keeps its own page there
    case arch_command::get_gs:
        trace_missing("arch_prctl of GS", command);
        return answer(Errno::PERM);
    default:
        return answer(Errno::INVAL);
    }
}

Answer prctl(int option, std::uint64_t value) {
    Task& task = current_task();
    char name[task_name_bytes] = {};
    switch (option) {
    case prctl_option::set_name:
        if (copy_string_from_user(name, value, task_name_bytes - 1) < 0)
            return answer(Errno::FAULT);
        name[task_name_bytes - 1] = 0;
        std::copy(name, name + task_name_bytes, task.name);
        return 0;
    case prctl_option::get_name:
        return copy_to_user(value, task.name, task_name_bytes) ? 0 : answer(Errno::FAULT);
    default:
        trace_missing("prctl", static_cast<std::uint64_t>(option));
        return answer(Errno::INVAL);
    }
}

} // namespace exo::hpc::call
