// The list of tasks. Interface: task.hpp.
#include "libos-hpc/thread/task.hpp"

#include "libos-hpc/start/program.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::hpc {
namespace {

constinit TaskTable table;
constinit Task first_task;

} // namespace

TaskTable& tasks() {
    return table;
}

void TaskTable::add(Task& task) {
    SpinGuard guard(lock_);
    task.next = first_;
    first_ = &task;
    ++count_;
}

bool TaskTable::begin(Task& task, const ThreadSpec& spec) {
    // Under the lock, so that nobody sees the task without its thread: not even the thread itself, which takes the
    // lock before it ends.
    SpinGuard guard(lock_);
    auto thread = Thread::create(spec);
    if (!thread)
        return false;
    task.thread = *thread;
    task.next = first_;
    first_ = &task;
    ++count_;
    return true;
}

void TaskTable::remove(Task& task) {
    SpinGuard guard(lock_);
    for (Task** link = &first_; *link; link = &(*link)->next) {
        if (*link == &task) {
            *link = task.next;
            --count_;
            break;
        }
    }
    ended_cycles_.fetch_add(task.thread->run_cycles(), std::memory_order_relaxed);
}

std::size_t TaskTable::count() {
    SpinGuard guard(lock_);
    return count_;
}

bool open_first_task() {
    Thread& thread = this_thread();
    first_task.id = table.take_id();
    first_task.thread = &thread;
    first_task.in_kit = true;
    thread.set_personal(&first_task);
    thread.set_vectors(VectorState::Kept);
    table.add(first_task);
    return first_task.id == process_id;
}

void name_first_task() {
    std::string_view path = program_path();
    std::string_view name = path.substr(path.rfind('/') + 1).substr(0, task_name_bytes - 1);
    copy_bytes(first_task.name, name.data(), name.size());
}

} // namespace exo::hpc
