/* The switch between two contexts of the kit: by call, so only what a callee must keep is kept. Vector registers are the
   business of the caller (scheduler.cpp). */
.text

/* exo_switch_stack(save, load, on_vcore) */
.globl exo_switch_stack
.hidden exo_switch_stack
.type exo_switch_stack, @function
exo_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq $0
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq (%rsp), %rax
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    movb $0, (%rdx)
    cmpq (%rsp), %rax
    je 1f
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
1:  addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size exo_switch_stack, . - exo_switch_stack

/* The first switch to a thread returns here; rbx: the thread. */
.globl exo_thread_trampoline
.hidden exo_thread_trampoline
.type exo_thread_trampoline, @function
exo_thread_trampoline:
    xorl %ebp, %ebp
    movq %rbx, %rdi
    call exo_thread_begin
    ud2
.size exo_thread_trampoline, . - exo_thread_trampoline

/* A vcore's first instruction; masked, rdi: its index, rsp: the idle thread's stack. */
.globl exo_vcore_entry
.hidden exo_vcore_entry
.type exo_vcore_entry, @function
exo_vcore_entry:
    xorl %ebp, %ebp
    andq $-16, %rsp
    call exo_vcore_begin
    ud2
.size exo_vcore_entry, . - exo_vcore_entry

.section .note.GNU-stack, "", @progbits
