/* Where the kernel enters the library OS, and how it leaves again without the kernel: exceptions and asynchronous upcalls,
   reflected system calls, and exo_resume. Registers are kept in a RegisterFrame on the kit stack of the thread that ran; an
   entry from inside that stack stays on it. The protocol is in docs/architecture.md, the C++ side in dispatch.hpp. */
#include "libos/upcall/offsets.h"

.text

/* All but rcx and r11, which the kernel clobbered or has saved elsewhere. rsp points to the frame. */
.macro save_general
    movq %r15, FRAME_R15(%rsp)
    movq %r14, FRAME_R14(%rsp)
    movq %r13, FRAME_R13(%rsp)
    movq %r12, FRAME_R12(%rsp)
    movq %rbx, FRAME_RBX(%rsp)
    movq %rbp, FRAME_RBP(%rsp)
    movq %r10, FRAME_R10(%rsp)
    movq %r9, FRAME_R9(%rsp)
    movq %r8, FRAME_R8(%rsp)
    movq %rax, FRAME_RAX(%rsp)
    movq %rdx, FRAME_RDX(%rsp)
    movq %rsi, FRAME_RSI(%rsp)
    movq %rdi, FRAME_RDI(%rsp)
.endm

/* An exception or an asynchronous upcall: masked, every register but rsp, rcx and r11 as it was. */
.globl exo_upcall_entry
.hidden exo_upcall_entry
.type exo_upcall_entry, @function
exo_upcall_entry:
    movq %gs:UPCALL_RSP, %rcx
    movq %gs:VCORE_THREAD, %rsp
    movq %rcx, %r11
    subq THREAD_STACK_BASE(%rsp), %r11
    cmpq THREAD_STACK_BYTES(%rsp), %r11
    jae 1f
    leaq -(RED_ZONE_BYTES + FRAME_BYTES)(%rcx), %rsp
    andq $-16, %rsp
    jmp 2f
1:  movq THREAD_ENTRY_STACK(%rsp), %rsp
    subq $FRAME_BYTES, %rsp
2:  save_general
    cld
    movq %rcx, FRAME_RSP(%rsp)
    movq %gs:UPCALL_RCX, %rax
    movq %rax, FRAME_RCX(%rsp)
    movq %gs:UPCALL_R11, %rax
    movq %rax, FRAME_R11(%rsp)
    movq %gs:UPCALL_RIP, %rax
    movq %rax, FRAME_RIP(%rsp)
    movq %gs:UPCALL_RFLAGS, %rax
    movq %rax, FRAME_RFLAGS(%rsp)
    movq %gs:UPCALL_ERROR_CODE, %rax
    movq %rax, FRAME_ERROR_CODE(%rsp)
    movq %gs:UPCALL_FAULT_ADDRESS, %rax
    movq %rax, FRAME_FAULT_ADDRESS(%rsp)
    movq %gs:UPCALL_CAUSE, %rax
    movq %rax, FRAME_CAUSE(%rsp)
    leaq exo_upcall_handlers(%rip), %rcx
    movq %rsp, %rdi
    call *(%rcx,%rax,8)
    jmp resume_from_stack
.size exo_upcall_entry, . - exo_upcall_entry

/* A foreign system call: masked; rsp and all registers but rcx and r11 are the program's. A thread that lives on its kit stack
   (a native program's) may make one too: then its own frames and red zone stay above what is kept here. */
.globl exo_reflect_entry
.hidden exo_reflect_entry
.type exo_reflect_entry, @function
exo_reflect_entry:
    movq %rsp, %r11
    movq %rsp, %rcx
    movq %gs:VCORE_THREAD, %rsp
    subq THREAD_STACK_BASE(%rsp), %rcx
    cmpq THREAD_STACK_BYTES(%rsp), %rcx
    jb reflect_inside
    movq THREAD_ENTRY_STACK(%rsp), %rsp
reflect_on_stack:
    cmpq $DIRECT_CALLS, %rax
    jae reflect_full
    leaq exo_direct_handlers(%rip), %rcx
    movq (%rcx,%rax,8), %rcx
    testq %rcx, %rcx
    jz reflect_full
    /* The handler keeps callee-saved registers; the program expects the arguments kept as well. */
    pushq %r11
    pushq %gs:UPCALL_REFLECT_RIP
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %r10
    pushq %r8
    pushq %r9
    movq %rcx, %rax
    movq %r10, %rcx
    call *%rax
    popq %r9
    popq %r8
    popq %r10
    popq %rdx
    popq %rsi
    popq %rdi
    popq %rcx
    popq %rsp
    /* Everything is in registers now: an upcall here is like any other. */
    movq $0, %gs:UPCALL_MASKED
    movq %gs:UPCALL_WANTED, %r11
    testq %r11, %gs:UPCALL_PENDING
    jnz pending_after_direct
    jmp *%rcx

/* Something arrived meanwhile: become the upcall that would have been. */
pending_after_direct:
    movq $1, %gs:UPCALL_MASKED
    movq $CAUSE_PENDING, %gs:UPCALL_CAUSE
    movq %rcx, %gs:UPCALL_RIP
    movq %rcx, %gs:UPCALL_RCX
    movq $0x202, %r11
    movq %r11, %gs:UPCALL_RFLAGS
    movq %r11, %gs:UPCALL_R11
    movq %rsp, %gs:UPCALL_RSP
    jmp exo_upcall_entry

reflect_inside:
    leaq -RED_ZONE_BYTES(%r11), %rsp
    andq $-16, %rsp
    jmp reflect_on_stack

reflect_full:
    subq $FRAME_BYTES, %rsp
    save_general
    cld
    movq %r11, FRAME_RSP(%rsp)
    movq %gs:UPCALL_REFLECT_RIP, %rax
    movq %rax, FRAME_RIP(%rsp)
    movq %rax, FRAME_RCX(%rsp)
    movq %gs:UPCALL_REFLECT_RFLAGS, %rax
    movq %rax, FRAME_RFLAGS(%rsp)
    movq %rax, FRAME_R11(%rsp)
    movq $CAUSE_REFLECTED, FRAME_CAUSE(%rsp)
    movq %rsp, %rdi
    call *exo_reflect_handler(%rip)
    jmp resume_from_stack
.size exo_reflect_entry, . - exo_reflect_entry

/* exo_resume(frame): masked. */
.globl exo_resume
.hidden exo_resume
.type exo_resume, @function
exo_resume:
    movq %rdi, %rsp
    jmp resume_from_stack

/* An asynchronous interruption between begin and end continues here, masked, with registers half restored. */
.globl exo_resume_restart
.hidden exo_resume_restart
exo_resume_restart:
    movq %gs:VCORE_RESUME_FRAME, %rsp
resume_from_stack:
    movq $1, %gs:UPCALL_MASKED
    movq %rsp, %gs:VCORE_RESUME_FRAME
    movq FRAME_RIP(%rsp), %rax
    movq %rax, %gs:VCORE_RESUME_RIP
    movq FRAME_R15(%rsp), %r15
    movq FRAME_R14(%rsp), %r14
    movq FRAME_R13(%rsp), %r13
    movq FRAME_R12(%rsp), %r12
    movq FRAME_RBX(%rsp), %rbx
    movq FRAME_RBP(%rsp), %rbp
    movq FRAME_R11(%rsp), %r11
    movq FRAME_R10(%rsp), %r10
    movq FRAME_R9(%rsp), %r9
    movq FRAME_R8(%rsp), %r8
    movq FRAME_RCX(%rsp), %rcx
    movq FRAME_RDX(%rsp), %rdx
    movq FRAME_RSI(%rsp), %rsi
    movq FRAME_RDI(%rsp), %rdi
.globl exo_resume_begin
.hidden exo_resume_begin
exo_resume_begin:
    movq $0, %gs:UPCALL_MASKED
    movq %gs:UPCALL_WANTED, %rax
    testq %rax, %gs:UPCALL_PENDING
    jnz pending_at_resume
    addq $FRAME_RFLAGS, %rsp
    popfq
    movq (FRAME_RAX - FRAME_RFLAGS - 8)(%rsp), %rax
    movq (FRAME_RSP - FRAME_RFLAGS - 8)(%rsp), %rsp
    jmp *%gs:VCORE_RESUME_RIP
.globl exo_resume_end
.hidden exo_resume_end
exo_resume_end:

/* Still on the frame; the registers in it are whole, so those in the processor do not matter. */
pending_at_resume:
    movq $1, %gs:UPCALL_MASKED
    movq %rsp, %rbx
    movq %rsp, %rdi
    call exo_dispatch_pending
    movq %rbx, %rsp
    jmp resume_from_stack
.size exo_resume, . - exo_resume

.section .note.GNU-stack, "", @progbits
